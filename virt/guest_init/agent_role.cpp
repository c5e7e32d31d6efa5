// SPDX-License-Identifier: GPL-3.0-or-later
//
// A service of systemd: the workload is what is in a control group of its own.
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sched.h>

#include "virt/guest_init/agent.h"
#include "virt/guest_init/channel.h"
#include "virt/guest_init/role.h"

namespace isolab::guest {
namespace {

int group = -1; ///< the workload's control group; -1 until it is made
bool disk_is_root = false;
constexpr const char* oom_setting = "/proc/self/oom_score_adj";

int write_text(int folder, const char* name, const char* text) noexcept {
    const int fd = ::openat(folder, name, O_WRONLY | O_CLOEXEC);
    const auto size = static_cast<ssize_t>(std::strlen(text));
    const int error = fd < 0 || ::write(fd, text, static_cast<std::size_t>(size)) != size ? errno : 0;
    ::close(fd);
    return error;
}

/// The group of this process in the unified hierarchy, as /proc/self/cgroup has it: "0::/PATH"; false without one.
bool read_own_group(char* path, std::size_t size) noexcept {
    std::FILE* file = std::fopen("/proc/self/cgroup", "re");
    char line[1024];
    bool found = false;
    while (file != nullptr && !found && std::fgets(line, sizeof line, file) != nullptr) {
        line[std::strcspn(line, "\n")] = '\0';
        found = std::strncmp(line, "0::/", 4) == 0;
    }
    if (file != nullptr)
        std::fclose(file);
    if (found)
        std::snprintf(path, size, "%s", line + 3);
    return found;
}

/// Whether processes of the workload are there still; those that are killed go at once, but not before this returns.
bool is_populated() noexcept {
    char text[128] = "";
    const int fd = ::openat(group, "cgroup.events", O_RDONLY | O_CLOEXEC);
    const ssize_t count = fd < 0 ? -1 : ::read(fd, text, sizeof text - 1);
    ::close(fd);
    return count > 0 && std::strstr(text, "populated 1") != nullptr;
}

void kill_each() noexcept {
    char list[4096] = "";
    const int fd = ::openat(group, "cgroup.procs", O_RDONLY | O_CLOEXEC);
    const ssize_t count = fd < 0 ? -1 : ::read(fd, list, sizeof list - 1);
    ::close(fd);
    list[count > 0 ? count : 0] = '\0';
    char* next = list;
    for (long pid = std::strtol(next, &next, 10); pid > 0 && *next == '\n'; pid = std::strtol(next, &next, 10))
        ::kill(static_cast<pid_t>(pid), SIGKILL);
}

} // namespace

void make_workload_group() noexcept {
    char own[1024];
    if (!read_own_group(own, sizeof own))
        give_up(Step::limits, ENOTSUP, "control groups of version 2");
    for (const char* hierarchy : std::array{"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
        char path[1200];
        std::snprintf(path, sizeof path, "%s%s", hierarchy, own);
        const int parent = ::open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (parent < 0)
            continue;
        [[maybe_unused]] const int unlimited = write_text(parent, "pids.max", "max"); // where it is counted at all
        if (::mkdirat(parent, "workload", 0755) == 0 || errno == EEXIST)
            group = ::openat(parent, "workload", O_PATH | O_DIRECTORY | O_CLOEXEC);
        const int error = errno;
        ::close(parent);
        if (group >= 0)
            return;
        give_up(Step::limits, error, path);
    }
    give_up(Step::limits, ENOTSUP, "control groups of version 2");
}

void avoid_out_of_memory_killer() noexcept {
    [[maybe_unused]] const int less_safe = write_text(AT_FDCWD, oom_setting, "-1000");
}

int join_workload() noexcept {
    if (const int error = write_text(AT_FDCWD, oom_setting, "0"); error != 0)
        return error;
    if (const int error = write_text(group, "cgroup.procs", "0"); error != 0)
        return error;
    return ::unshare(CLONE_NEWCGROUP) == 0 ? 0 : errno; // it sees its group as the root of all
}

void end_workload() noexcept {
    constexpr int rounds = 2000;
    for (int round = 0; group >= 0 && is_populated() && round < rounds; ++round) {
        if (write_text(group, "cgroup.kill", "1") != 0) // Linux before 5.14
            kill_each();
        ::usleep(500);
    }
}

void note_disk_is_root() noexcept { disk_is_root = true; }

void power_off() noexcept {
    end_workload();
    if (disk_is_root && ::chdir("/") == 0)
        ::mount(nullptr, "/", nullptr, MS_REMOUNT | MS_RDONLY, nullptr);
    ::sync();
    wait_received();
    ::kill(1, SIGRTMIN + 4); // systemd(1): "Powers off the machine, starts the poweroff.target unit"
    for (;;)
        ::pause();
}

} // namespace isolab::guest
