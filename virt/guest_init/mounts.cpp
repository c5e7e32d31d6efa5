// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/guest_init/boot.h"

#include <array>
#include <cerrno>

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "virt/guest_init/channel.h"

namespace isolab::guest {
namespace {

struct Mount {
    const char* type;
    const char* target;
    unsigned long flags;
    const char* options;
    bool required;
};

constexpr unsigned long secure = MS_NOSUID | MS_NODEV | MS_NOEXEC;

constexpr std::array early_mounts{
    Mount{"proc", "/proc", secure, nullptr, true},
    Mount{"sysfs", "/sys", secure, nullptr, true},
    Mount{"devtmpfs", "/dev", MS_NOSUID, "mode=0755", true},
};

constexpr std::array root_mounts{
    Mount{"proc", "/proc", secure, nullptr, true},
    Mount{"sysfs", "/sys", secure, nullptr, true},
    Mount{"devtmpfs", "/dev", MS_NOSUID, "mode=0755", true},
    Mount{"devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5", true},
};

constexpr std::array shared_memory_mounts{
    Mount{"tmpfs", "/dev/shm", secure, "mode=1777,size=65536k", true},
    Mount{"mqueue", "/dev/mqueue", secure, nullptr, false},
};

struct Link {
    const char* target;
    const char* path;
};
constexpr std::array device_links{
    Link{"/proc/self/fd", "/dev/fd"},
    Link{"/proc/self/fd/0", "/dev/stdin"},
    Link{"/proc/self/fd/1", "/dev/stdout"},
    Link{"/proc/self/fd/2", "/dev/stderr"},
};

void apply(const Mount& entry) noexcept {
    if (::mkdir(entry.target, 0755) != 0 && errno != EEXIST && entry.required) // a damaged disk says so here first
        give_up(Step::mounts, errno, entry.target);
    if (::mount(entry.type, entry.target, entry.type, entry.flags, entry.options) != 0 && entry.required)
        give_up(Step::mounts, errno, entry.target);
}

void wait_for_disk(const char* disk) noexcept {
    constexpr int rounds = 4000;
    for (int round = 0; round < rounds && ::access(disk, F_OK) != 0; ++round)
        ::usleep(500);
}

} // namespace

void mount_early() noexcept {
    for (const Mount& entry : early_mounts)
        apply(entry);
}

void complete_devices() noexcept {
    for (const Mount& entry : shared_memory_mounts)
        apply(entry);
    for (const Link& link : device_links)
        if (::symlink(link.target, link.path) != 0 && errno != EEXIST)
            give_up(Step::mounts, errno, link.path);
}

void switch_to_disk(const char* disk, const char* place) noexcept {
    wait_for_disk(disk);
    ::mkdir(place, 0755);
    if (::mount(disk, place, "ext4", MS_RELATIME, nullptr) != 0)
        give_up(Step::root_disk, errno, disk);
    if (::chdir(place) != 0 || ::mount(".", "/", nullptr, MS_MOVE, nullptr) != 0 || ::chroot(".") != 0 ||
        ::chdir("/") != 0)
        give_up(Step::root_disk, errno, place);
    for (const Mount& entry : root_mounts)
        apply(entry);
    complete_devices();
}

} // namespace isolab::guest
