// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"
#include "engine/network/netlink_socket.h"

namespace isolab {

/// One kernel parameter below /proc/sys, e.g. {"net/ipv4/ip_unprivileged_port_start", "0"}.
struct NetworkSysctl {
    std::string name;
    std::string value;
    bool operator==(const NetworkSysctl&) const = default;
};

/// Writes one in the network namespace of the calling thread; success when this kernel does not have it.
Result<void> write_network_sysctl(const NetworkSysctl& sysctl);

/// A network namespace that stays alive without a process in it, through a file that it is mounted on, so that a
/// container can join it by path. Destroying the object closes descriptors only.
class NetworkNamespace {
  public:
    /// Makes one with its loopback switched on and `sysctls` written, and mounts it at `path`, which must not exist.
    /// On failure nothing is left. The calling thread stays where it is: a short-lived thread does the work, because
    /// unshare(2) changes the namespace of one thread only.
    static Result<NetworkNamespace> create(const std::filesystem::path& path,
                                           const std::vector<NetworkSysctl>& sysctls);

    /// One that create() has made before; not_found when nothing is mounted at `path`.
    static Result<NetworkNamespace> open(const std::filesystem::path& path);

    const std::filesystem::path& path() const noexcept { return path_; }
    int fd() const noexcept { return fd_.get(); }

    /// Talks to the kernel about this namespace, from any thread.
    NetlinkSocket& netlink() noexcept { return netlink_; }

    /// Gives the namespace up: its file goes, and the kernel removes it with all its links as soon as the last process
    /// has left it, without anybody waiting. Success when there is nothing at the path.
    static Result<void> remove(const std::filesystem::path& path);

  private:
    NetworkNamespace(std::filesystem::path path, UniqueFd fd, NetlinkSocket netlink)
        : path_(std::move(path)), fd_(std::move(fd)), netlink_(std::move(netlink)) {}

    std::filesystem::path path_;
    UniqueFd fd_;
    NetlinkSocket netlink_;
};

/// Runs `job` in a thread of its own inside the network namespace of descriptor `fd` and waits for it. Sockets that it
/// opens stay in that namespace wherever they are used later.
Result<void> in_network_namespace(int fd, const std::function<Result<void>()>& job);

} // namespace isolab
