// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compare/adapters/image_plan.h"
#include "compare/model/backend.h"
#include "engine/engine.h"

namespace isolab {

/// The container side: our engine behind the comparison's interface. The engine must outlive it.
class ContainerBackend final : public Backend {
  public:
    explicit ContainerBackend(Engine& engine) noexcept : engine_(engine) {}

    const World& world() const noexcept override { return world_; }
    std::vector<std::string> marks() const override { return {}; }
    Result<std::unique_ptr<PreparedWorkload>> deploy(const Workload& workload, ProgressSink& progress,
                                                     const StopToken& stop) override;

  private:
    Engine& engine_;
    World world_ = world_of_id("container");
};

} // namespace isolab
