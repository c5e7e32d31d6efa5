// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compare/adapters/image_plan.h"
#include "compare/model/backend.h"
#include "engine/engine.h"

namespace isolab {

/// The contract of a container run where the engine works as `facts` say: a limit that is not enforced is shown as
/// none. Pure.
std::vector<ContractRow> container_contract(const ImagePlan& plan, const Workload& workload, const EngineFacts& facts);

/// The notice "limits" where they are not enforced, otherwise none. Pure.
std::vector<Notice> container_notices(const Workload& workload, const EngineFacts& facts);

/// The container side: our engine behind the comparison's interface. The engine must outlive it.
class ContainerBackend final : public Backend {
  public:
    explicit ContainerBackend(Engine& engine) noexcept : engine_(engine) {}

    std::string side() const override { return "container"; }
    std::string title() const override { return "Container"; }
    std::vector<std::string> marks() const override { return {}; }
    Result<std::unique_ptr<PreparedWorkload>> deploy(const Workload& workload, ProgressSink& progress,
                                                     const StopToken& stop) override;

  private:
    Engine& engine_;
};

} // namespace isolab
