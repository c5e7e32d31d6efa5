// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/network_namespace.h"

#include <cerrno>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/netlink.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/statfs.h>

#include "engine/network/links.h"

namespace isolab {
namespace {

constexpr const char* own_namespace = "/proc/thread-self/ns/net";
constexpr int loopback_index = 1; // of every network namespace

Result<void> in_thread(const std::function<Result<void>()>& job) {
    Result<void> outcome;
    std::thread([&] { outcome = job(); }).join();
    return outcome;
}

Result<UniqueFd> open_namespace(const std::filesystem::path& path) {
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd)
        return fail_errno(errno, "open network namespace", path.string());
    struct statfs status {};
    if (::fstatfs(fd.get(), &status) != 0 || status.f_type != NSFS_MAGIC)
        return fail(ErrorKind::not_found, "open network namespace", path.string(), "nothing is mounted there");
    return fd;
}

Result<void> mount_own_namespace(const std::filesystem::path& path) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400));
    if (!file)
        return fail_errno(errno, "create network namespace file", path.string());
    if (::mount(own_namespace, path.c_str(), nullptr, MS_BIND, nullptr) != 0)
        return fail_errno(errno, "mount network namespace at", path.string());
    return {};
}

/// What the thread does that becomes the new namespace's first inhabitant.
Result<void> enter_new_namespace(const std::vector<NetworkSysctl>& sysctls, std::optional<NetlinkSocket>& netlink) {
    if (::unshare(CLONE_NEWNET) != 0)
        return fail_errno(errno, "create", "network namespace");
    for (const NetworkSysctl& sysctl : sysctls)
        ISOLAB_TRY(write_network_sysctl(sysctl));
    ISOLAB_ASSIGN(netlink, NetlinkSocket::open(NETLINK_ROUTE));
    return switch_on(*netlink, loopback_index, "lo");
}

} // namespace

Result<void> write_network_sysctl(const NetworkSysctl& sysctl) {
    const std::string path = "/proc/sys/" + sysctl.name;
    const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file && errno == ENOENT)
        return {};
    if (!file || ::write(file.get(), sysctl.value.data(), sysctl.value.size()) < 0)
        return fail_errno(errno, "set kernel parameter", sysctl.name);
    return {};
}

Result<NetworkNamespace> NetworkNamespace::create(const std::filesystem::path& path,
                                                  const std::vector<NetworkSysctl>& sysctls) {
    std::optional<NetlinkSocket> netlink;
    auto made = in_thread([&]() -> Result<void> {
        ISOLAB_TRY(enter_new_namespace(sysctls, netlink));
        return mount_own_namespace(path);
    });
    auto fd = made ? open_namespace(path) : tl::unexpected(made.error());
    if (!fd && fd.error().kind != ErrorKind::already_exists) [[maybe_unused]]
        const auto removed = remove(path);
    if (!fd)
        return tl::unexpected(fd.error());
    return NetworkNamespace(path, std::move(*fd), std::move(*netlink));
}

Result<NetworkNamespace> NetworkNamespace::open(const std::filesystem::path& path) {
    ISOLAB_ASSIGN(UniqueFd fd, open_namespace(path));
    std::optional<NetlinkSocket> netlink;
    ISOLAB_TRY(in_network_namespace(fd.get(), [&]() -> Result<void> {
        ISOLAB_ASSIGN(netlink, NetlinkSocket::open(NETLINK_ROUTE));
        return {};
    }));
    return NetworkNamespace(path, std::move(fd), std::move(*netlink));
}

Result<void> NetworkNamespace::remove(const std::filesystem::path& path) {
    while (::umount2(path.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) == 0) {
    }
    if (errno != EINVAL && errno != ENOENT) // EINVAL: nothing is mounted there any more
        return fail_errno(errno, "unmount network namespace", path.string());
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
        return fail_errno(errno, "remove network namespace file", path.string());
    return {};
}

Result<void> in_network_namespace(int fd, const std::function<Result<void>()>& job) {
    return in_thread([&]() -> Result<void> {
        if (::setns(fd, CLONE_NEWNET) != 0)
            return fail_errno(errno, "enter", "network namespace");
        return job();
    });
}

} // namespace isolab
