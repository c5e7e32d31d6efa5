// SPDX-License-Identifier: GPL-3.0-or-later
//
// Start here: containers of libvirt's LXC driver.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/instance.h"
#include "engine/base/process_spec.h"
#include "engine/base/stop.h"
#include "engine/cgroup/control_group.h"
#include "virt/lxc/overlay_root.h"
#include "virt/machine/machine.h"

namespace isolab {

struct LxcRequest {
    OverlayRoot root; ///< its directories must outlive the container
    ProcessSpec process;
    ResourceLimits limits; ///< memory_bytes must be given
    std::optional<PortProbe> probe;
    std::string hostname;
    ProcessConfinement confinement;
    Nanoseconds spent{0}; ///< CPU time that its caller spent on preparing it, part of all that is told
};

struct LxcUsage {
    std::vector<pid_t> workload; ///< host pids of the container's processes but its init
    std::vector<pid_t> monitors; ///< libvirt_lxc and the container's init
    CgroupUsage group;           ///< of all of them
};

/// A running container. Destroying it ends it; nothing of it is left but what was written into its root. Methods may be
/// called from any thread except the observer's; stop() may overlap wait(). What its methods tell is what those of
/// Machine do.
class LxcContainer {
  public:
    virtual ~LxcContainer() = default;
    virtual const std::string& id() const noexcept = 0;
    virtual Result<MachineExit> wait(const StopToken& stop,
                                     std::optional<std::chrono::nanoseconds> timeout = std::nullopt) = 0;
    /// The stop signal, after `grace` SIGKILL; returns when libvirt has taken the container down.
    virtual Result<MachineExit> stop(std::chrono::nanoseconds grace) = 0;
    virtual Result<LxcUsage> usage() const = 0;
    virtual Result<Nanoseconds> cpu() const = 0;
    virtual Result<std::string> exchange(std::uint16_t port, const std::string& send, const std::string& expect,
                                         std::chrono::milliseconds timeout) = 0;
};

struct LxcOptions {
    std::filesystem::path scratch;    ///< an existing folder for the server's files
    std::filesystem::path guest_init; ///< isolab-lxc-init; empty: beside this program
    std::chrono::nanoseconds start_deadline = std::chrono::seconds(30);
};

/// libvirt's LXC driver, in a libvirtd of our own (lxc_server.h). Thread-safe.
class LxcDriver {
  public:
    /// Starts the libvirtd. unavailable, with the package: something is not installed; permission_denied: not root.
    static Result<std::unique_ptr<LxcDriver>> open(const LxcOptions& options, const StopToken& stop);
    virtual ~LxcDriver() = default;

    virtual const std::string& libvirt_version() const noexcept = 0; ///< "9.0.0"

    /// Starts a container and waits until the workload was executed in it, with the marks prepare, create, setup and
    /// exec delivered: `create` lasts until libvirt has made the container and its init, a program of ours, runs. On
    /// failure nothing is left behind. `observer` must outlive it.
    virtual Result<std::unique_ptr<LxcContainer>> start(const LxcRequest& request, InstanceObserver& observer,
                                                        const StopToken& stop) = 0;
};

/// Whether a container could be made: the programs are there and this is root. The Error that open() would have.
Result<void> check_lxc();

} // namespace isolab
