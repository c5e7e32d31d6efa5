// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>

#include "compare/adapters/world_set.h"
#include "compare/lab/lab.h"

namespace isolab {

/// A session as a place for experiments. All that it is given must outlive it.
class SessionLab final : public Lab {
  public:
    using FindWorkload = std::function<Result<Workload>(const std::string&)>;

    struct Parts {
        Engine& engine;
        WorldSet& worlds;
        History* history;
        FindWorkload find_workload;
        VmBackend::OpenHypervisor open_hypervisor;
        DataFolder data;
    };
    explicit SessionLab(Parts parts) : parts_(std::move(parts)) {}

    Result<Backend*> world(const std::string& id, const StopToken& stop) override;
    Result<Workload> workload(const std::string& name) override { return parts_.find_workload(name); }
    History* history() override { return parts_.history; }
    std::filesystem::path data_root() const override { return parts_.data.root(); }
    /// Below the data folder's temporary one. Machines are those of the same hypervisor, since a process can have but
    /// one; their disks are in the empty folder.
    Result<std::unique_ptr<Lab>> empty_lab(ProgressSink& progress, const StopToken& stop) override;
    /// It is there already.
    Result<void> bring_image(const Workload& workload, ProgressSink& progress, const StopToken& stop) override;

  private:
    Parts parts_;
};

} // namespace isolab
