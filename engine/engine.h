// SPDX-License-Identifier: GPL-3.0-or-later
//
// Start here: the container engine's facade.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/instance.h"
#include "engine/base/prerequisite.h"
#include "engine/base/process_spec.h"
#include "engine/base/progress.h"
#include "engine/base/stop.h"
#include "engine/containers/containers.h"
#include "engine/image/image_store.h"
#include "engine/rootfs/snapshotter.h"

namespace isolab {

struct EngineOptions {
    std::filesystem::path root;             ///< data folder
    std::filesystem::path launcher;         ///< isolab-runtime; empty: beside this program, then PATH
    std::optional<std::string> snapshotter; ///< forced choice; empty: the best that works
    /// Whoever starts containers: where systemd manages control groups, this process enters the scope of this data
    /// folder's containers (cgroup/engine_scope.h).
    bool enter_scope = false;
};

/// What a process override replaces in an image's configuration; empty fields keep the image's.
struct ProcessOverrides {
    std::vector<std::string> command; ///< replaces entrypoint and command together
    std::vector<std::string> env;     ///< added to, or replacing, the image's variables
    std::optional<std::string> cwd;
    std::optional<std::string> user;
    std::vector<std::string> groups; ///< further ones, by the image's name for them or by number
};

struct ContainerRequest {
    Image image;
    ProcessSpec process;
    ResourceLimits limits;
    std::optional<PortProbe> probe; ///< asked every millisecond inside the container from exec on
    std::string hostname;           ///< empty: the container's id
};

/// What a container uses at one moment. Memory by process is read by the caller from the pids.
struct ContainerUsage {
    std::vector<pid_t> workload_pids;                 ///< host pids of all processes in the container
    pid_t monitor_pid = -1;                           ///< the launcher that watches it
    std::optional<std::uint64_t> cgroup_bytes;        ///< memory charged to the cgroup, caches included
    std::optional<std::uint64_t> cgroup_kernel_bytes; ///< of it: kernel memory (slab, stacks, page tables, sockets)
    std::optional<std::uint64_t> cgroup_cache_bytes;  ///< of it: page cache
    std::optional<std::uint64_t> cgroup_peak_bytes;
    /// Of everything that marks count: preparation, launcher, and the cgroup (cpuacct or cpu.stat) or the processes.
    std::optional<Nanoseconds> cpu;
};

/// How a container ended.
struct ContainerExit {
    ExitStatus status;
    Nanoseconds exited_at{0};              ///< the workload's first process ended
    Nanoseconds gone_at{0};                ///< nothing of it is left: processes, mounts, cgroups
    std::optional<Nanoseconds> cpu_total;  ///< workload and monitor
    std::optional<std::uint64_t> peak_rss; ///< largest resident set of any one process (ru_maxrss)
    std::optional<std::uint64_t> cgroup_peak_bytes;
};

/// A running container. Destroying it kills it and removes everything that belongs to it.
/// Methods may be called from any thread except the observer's; stop() may overlap wait().
class Container {
  public:
    virtual ~Container() = default;
    virtual const std::string& id() const noexcept = 0;
    /// Waits until it is gone. An Error of kind timeout or cancelled leaves it running.
    virtual Result<ContainerExit> wait(const StopToken& stop,
                                       std::optional<std::chrono::nanoseconds> timeout = std::nullopt) = 0;
    /// SIGTERM (or the image's stop signal), after `grace` SIGKILL; returns when everything is gone.
    virtual Result<ContainerExit> stop(std::chrono::nanoseconds grace) = 0;
    virtual Result<ContainerUsage> usage() const = 0;
    virtual Result<SnapshotDisk> disk() const = 0;
    /// Sends bytes to a port on the container's loopback and returns the answer once it contains `expect`.
    virtual Result<std::string> exchange(std::uint16_t port, const std::string& send, const std::string& expect,
                                         std::chrono::milliseconds timeout) = 0;
};

/// Facts about how containers are run here, for the environment record and the status line.
struct EngineFacts {
    std::string cgroup_mode; ///< "v2", "v1", "hybrid", "none"
    bool limits_enforced = false;
    std::string limits_reason;      ///< why not, when they are not
    std::string snapshotter;        ///< "overlay", "copy"
    std::string snapshotter_reason; ///< why not overlay, when it is not
    bool rootless = false;
    std::string kernel; ///< uname -r
};

/// The container engine over one data folder. Thread-safe except where noted.
class Engine {
  public:
    static Result<std::unique_ptr<Engine>> open(const EngineOptions& options);
    virtual ~Engine() = default;

    virtual ImageStore& images() noexcept = 0;
    virtual LayerStore& layers() noexcept = 0;
    virtual EngineFacts facts() const = 0;

    /// The image's process with overrides applied, user and group names looked up in the image's own
    /// /etc/passwd and /etc/group (layers must be unpacked). Used for both worlds.
    virtual Result<ProcessSpec> resolve_process(const Image& image, const ProcessOverrides& overrides) const = 0;

    /// Starts a container. Layers must be unpacked (LayerStore::ensure). Returns after execve(2) of the workload
    /// succeeded, with the marks prepare, create, setup and exec delivered; on failure nothing is left behind.
    /// `observer` must outlive the container.
    virtual Result<std::unique_ptr<Container>> start(const ContainerRequest& request, InstanceObserver& observer,
                                                     const StopToken& stop) = 0;

    /// The containers that have names and outlive this program; the object must not outlive the engine.
    virtual Result<Containers> containers() = 0;

    /// Removes what containers of processes that no longer exist left behind (after a crash or SIGKILL).
    virtual Result<void> remove_leftovers() = 0;
};

/// Looks at this machine without changing it: namespaces, cgroups, overlayfs, seccomp, launcher.
std::vector<Prerequisite> check_engine(const EngineOptions& options);

} // namespace isolab
