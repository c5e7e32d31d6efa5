// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compare/adapters/contract.h"
#include "compare/adapters/image_plan.h"
#include "compare/model/backend.h"
#include "engine/engine.h"

namespace isolab {

/// A world whose processes are the host's: our engine behind the comparison's interface, with all its isolation or with
/// less. The engine must outlive it.
class ContainerBackend final : public Backend {
  public:
    explicit ContainerBackend(Engine& engine, ContainerSide side = {}) noexcept
        : engine_(engine), side_(std::move(side)) {}

    const World& world() const noexcept override { return side_.world; }
    std::vector<std::string> marks() const override { return {}; }
    /// Other runtimes must be installed, and are used as root only.
    Result<void> check(const StopToken& stop) override;
    Result<std::unique_ptr<PreparedWorkload>> deploy(const Workload& workload, ProgressSink& progress,
                                                     const StopToken& stop) override;

  private:
    Engine& engine_;
    const ContainerSide side_;
};

} // namespace isolab
