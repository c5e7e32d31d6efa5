// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "compare/model/backend.h"
#include "engine/engine.h"
#include "virt/virt.h"

namespace isolab {

/// The virtual machine side. Images come from the engine's store; the hypervisor is opened when it is first
/// needed, by the owner's function, since that takes long and may fail without harm to the other side.
class VmBackend final : public Backend {
  public:
    /// Gives the opened hypervisor, which must outlive the backend, or the reason why there is none.
    using OpenHypervisor = std::function<Result<Hypervisor*>(const StopToken&)>;

    /// `scratch`: folder on the file system of the layers, for merged trees that live while a disk is built.
    VmBackend(Engine& engine, OpenHypervisor open, std::filesystem::path scratch)
        : engine_(engine), open_(std::move(open)), scratch_(std::move(scratch)) {}

    std::string side() const override { return "vm"; }
    std::string title() const override { return "Virtual machine"; }
    std::map<std::string, std::string> versions() const override;
    std::vector<std::string> marks() const override;
    Result<std::unique_ptr<PreparedWorkload>> deploy(const Workload& workload, ProgressSink& progress,
                                                     const StopToken& stop) override;

  private:
    Engine& engine_;
    OpenHypervisor open_;
    std::filesystem::path scratch_;
};

} // namespace isolab
