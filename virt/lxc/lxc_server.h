// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>

#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/base/stop.h"
#include "engine/base/subprocess.h"
#include "engine/base/work_folder.h"
#include "engine/cgroup/cgroup_layout.h"
#include "virt/libvirt/libvirt_handles.h"
#include "virt/lxc/lxc_programs.h"
#include "virt/lxc/namespace_thread.h"
#include "virt/lxc/server_group.h"

namespace isolab {

/// A libvirtd of our own that has the LXC driver alone: no session driver has it, and a machine's own libvirtd may not
/// run, or may not work here. It and its containers are in a mount namespace of their own, in which libvirt's folders
/// are empty ones, so that it neither sees nor disturbs another libvirtd; and where cgroup2 beside v1 has few
/// controllers, without that: libvirt would take it for all there is.
///
/// libvirtd ends what this process started when its connection closes, and itself soon after, however this process
/// ends. Thread-safe.
class LxcServer {
  public:
    /// Starts it and connects; takes some 0.1 s. `scratch`: an existing folder for its files. permission_denied for
    /// others than root; the last line of its log when it does not come up.
    static Result<std::unique_ptr<LxcServer>> start(const LxcPrograms& programs, const std::filesystem::path& scratch,
                                                    const StopToken& stop);
    LxcServer(const LxcServer&) = delete;
    LxcServer& operator=(const LxcServer&) = delete;
    ~LxcServer();

    virConnectPtr connection() const noexcept { return connection_.get(); }
    /// Where its containers are mounted.
    NamespaceThread& mounts() noexcept { return *mounts_; }
    const CgroupLayout& groups() const noexcept { return layout_; }
    /// CPU time of libvirtd and of what it starts, until that enters a container's group; 0 where nothing counts it.
    Nanoseconds cpu() const;

  private:
    LxcServer(WorkFolder folder, CgroupLayout layout) : folder_(std::move(folder)), layout_(std::move(layout)) {}
    Result<void> start_daemon(const LxcPrograms& programs);
    Result<void> connect(const StopToken& stop);
    Error log_says(const std::string& otherwise) const;
    std::filesystem::path log() const { return folder_.path() / "log"; }
    std::filesystem::path socket() const { return folder_.path() / "run" / "libvirt-sock"; }

    WorkFolder folder_;
    CgroupLayout layout_;
    std::optional<ServerGroup> group_;
    std::unique_ptr<NamespaceThread> mounts_;
    std::optional<ChildProcess> daemon_;
    ConnectionHandle connection_;
};

} // namespace isolab
