// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compare/backend.h"
#include "engine/engine.h"

namespace isolab {

/// The container side: our engine behind the comparison's interface. The engine must outlive it.
class ContainerBackend final : public Backend {
  public:
    explicit ContainerBackend(Engine& engine) noexcept : engine_(engine) {}

    std::string side() const override { return "container"; }
    std::string title() const override { return "Container"; }
    Result<std::vector<ContractRow>> contract(const Workload& workload) override;
    std::vector<std::string> marks() const override { return {}; }
    Result<std::vector<DeploymentStep>> deploy(const Workload& workload, ProgressSink& progress,
                                               const StopToken& stop) override;
    Result<std::unique_ptr<Instance>> start(const Workload& workload, InstanceObserver& observer,
                                            const StopToken& stop) override;

  private:
    Engine& engine_;
};

} // namespace isolab
