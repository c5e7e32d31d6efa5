// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "compare/adapters/system_choice.h"
#include "compare/model/backend.h"
#include "engine/base/data_folder.h"
#include "engine/engine.h"
#include "virt/virt.h"

namespace isolab {

/// The virtual machine side. Images come from the engine's store; the hypervisor is opened when it is first
/// needed, by the owner's function, since that takes long and may fail without harm to the other side.
class VmBackend final : public Backend {
  public:
    /// Gives the opened hypervisor, which must outlive the backend, or the reason why there is none.
    using OpenHypervisor = std::function<Result<Hypervisor*>(const StopToken&)>;

    /// `data`: where disks of images are, and merged trees while one is built. `kind`: of the machines; empty: the one
    /// that the hypervisor was opened for. `system`: what machines of kind full boot; `extras`:
    /// what lean ones have more.
    VmBackend(Engine& engine, OpenHypervisor open, DataFolder data, const std::string& world = "vm",
              std::optional<MachineKind> kind = {}, SystemChoice system = {}, MachineExtras extras = {})
        : engine_(engine), open_(std::move(open)), data_(std::move(data)), world_(world_of_id(world)), kind_(kind),
          system_(std::move(system)), extras_(extras) {}

    const World& world() const noexcept override { return world_; }
    std::map<std::string, std::string> versions() const override;
    std::vector<std::string> marks() const override;
    /// Whole machines need an image to boot as well.
    Result<void> check(const StopToken& stop) override;
    Result<std::unique_ptr<PreparedWorkload>> deploy(const Workload& workload, ProgressSink& progress,
                                                     const StopToken& stop) override;

  private:
    Engine& engine_;
    OpenHypervisor open_;
    DataFolder data_;
    World world_;
    std::optional<MachineKind> kind_;
    SystemChoice system_;
    MachineExtras extras_; ///< of lean machines
};

} // namespace isolab
