// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "engine/base/instance.h"
#include "engine/base/stop.h"
#include "engine/containers/container_settings.h"
#include "engine/containers/ingredients.h"
#include "engine/image/image.h"
#include "engine/rootfs/snapshotter.h"

namespace isolab {

/// A container to be run by its owner (Containers::run()).
struct ContainerRequest {
    Image image;
    ContainerSettings settings;     ///< of the stores' fields none need be set
    std::optional<PortProbe> probe; ///< asked every millisecond inside the container from exec on
    Ingredients ingredients;        ///< of its isolation
    /// Another OCI runtime that makes it from the same configuration, watched by our launcher; empty: our own. Root
    /// only.
    std::optional<std::filesystem::path> runtime;
};

/// What a container uses at one moment. Memory by process is read by the caller from the pids.
struct ContainerUsage {
    std::vector<pid_t> workload_pids;                 ///< host pids of all processes in the container
    pid_t monitor_pid = -1;                           ///< the launcher that watches it
    std::optional<std::uint64_t> cgroup_bytes;        ///< memory charged to the cgroup, caches included
    std::optional<std::uint64_t> cgroup_kernel_bytes; ///< of it: kernel memory (slab, stacks, page tables, sockets)
    std::optional<std::uint64_t> cgroup_cache_bytes;  ///< of it: page cache
    std::optional<std::uint64_t> cgroup_shmem_bytes;  ///< of it: tmpfs, memfd and other shared memory, mapped or not
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
    bool killed = false; ///< by stop(), since it did not heed its stop signal
};

/// A running container that this process owns. Destroying it kills it and removes everything that belongs to it.
/// Methods may be called from any thread except the observer's; stop() may overlap wait().
class Container {
  public:
    virtual ~Container() = default;
    virtual const std::string& id() const noexcept = 0;
    /// Waits until it is gone. An Error of kind timeout or cancelled leaves it running.
    virtual Result<ContainerExit> wait(const StopToken& stop,
                                       std::optional<std::chrono::nanoseconds> timeout = std::nullopt) = 0;
    /// The stop signal of its process, after `grace` SIGKILL, at once when it ignores that signal; returns when
    /// everything is gone.
    virtual Result<ContainerExit> stop(std::chrono::nanoseconds grace) = 0;
    virtual Result<ContainerUsage> usage() const = 0;
    virtual Result<SnapshotDisk> disk() const = 0;
    /// Sends bytes to a port on the container's loopback and returns the answer once it contains `expect`.
    virtual Result<std::string> exchange(std::uint16_t port, const std::string& send, const std::string& expect,
                                         std::chrono::milliseconds timeout) = 0;
};

} // namespace isolab
