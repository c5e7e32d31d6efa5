// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cerrno>
#include <csignal>
#include <utility>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace isolab::bench {

/// A forked process that runs a function; killed and waited for at the end, and killed with this process. pid() is -1
/// with errno set when there could be none.
class Child {
  public:
    template <typename Function> explicit Child(Function&& function) : pid_(::fork()) {
        if (pid_ != 0)
            return;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::_exit(std::forward<Function>(function)());
    }
    ~Child() { end(); }
    Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
    Child& operator=(Child&&) = delete;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    pid_t pid() const noexcept { return pid_; }

    /// Kills it and waits for it; nothing when there is none.
    void end() noexcept {
        if (const pid_t pid = std::exchange(pid_, -1); pid > 0) {
            ::kill(pid, SIGKILL);
            while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
            }
        }
    }

  private:
    pid_t pid_;
};

} // namespace isolab::bench
