// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

namespace isolab::test {

inline constexpr int no_namespaces = 77; ///< this machine does not let the user make them

inline bool write_text(const char* path, const std::string& text) {
    const int fd = ::open(path, O_WRONLY | O_CLOEXEC);
    const bool written = fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (fd >= 0)
        ::close(fd);
    return written;
}

/// Runs `job` in a child process that is root in a user namespace of its own, and in further new namespaces
/// (CLONE_NEW* of `flags`); for tests in programs of one thread. What the job returns, or no_namespaces.
inline int in_own_namespaces(int flags, const std::function<int()>& job) {
    const std::string uid_map = "0 " + std::to_string(::geteuid()) + " 1\n";
    const std::string gid_map = "0 " + std::to_string(::getegid()) + " 1\n";
    const pid_t child = ::fork();
    if (child == 0) {
        const bool ready = ::unshare(CLONE_NEWUSER | flags) == 0 && write_text("/proc/self/setgroups", "deny") &&
                           write_text("/proc/self/uid_map", uid_map) && write_text("/proc/self/gid_map", gid_map);
        ::_exit(ready ? job() : no_namespaces);
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child || !WIFEXITED(status))
        return -1;
    return WEXITSTATUS(status);
}

} // namespace isolab::test
