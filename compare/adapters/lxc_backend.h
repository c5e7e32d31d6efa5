// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <mutex>

#include "compare/model/backend.h"
#include "engine/base/data_folder.h"
#include "engine/engine.h"
#include "virt/lxc/lxc.h"

namespace isolab {

/// The world "lxc": containers of libvirt's LXC driver on the engine's layers. The engine must outlive it.
class LxcBackend final : public Backend {
  public:
    /// `init`: LxcOptions::guest_init.
    LxcBackend(Engine& engine, DataFolder data, std::filesystem::path init = {})
        : engine_(engine), data_(std::move(data)), init_(std::move(init)), world_(world_of_id("lxc")) {}

    const World& world() const noexcept override { return world_; }
    std::map<std::string, std::string> versions() const override;
    std::vector<std::string> marks() const override { return {}; }
    /// Starts the libvirtd when that was not done yet.
    Result<void> check(const StopToken& stop) override;
    Result<std::unique_ptr<PreparedWorkload>> deploy(const Workload& workload, ProgressSink& progress,
                                                     const StopToken& stop) override;

  private:
    Result<LxcDriver*> driver(const StopToken& stop);

    Engine& engine_;
    const DataFolder data_;
    const std::filesystem::path init_;
    const World world_;
    mutable std::mutex mutex_; ///< of the field below
    std::unique_ptr<LxcDriver> driver_;
};

} // namespace isolab
