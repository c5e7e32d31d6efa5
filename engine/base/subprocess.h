// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/types.h>

#include "engine/base/error.h"
#include "engine/base/stop.h"
#include "engine/base/unique_fd.h"

namespace isolab {

/// A program to start. `argv[0]` without a slash is searched in PATH.
struct Command {
    std::vector<std::string> argv;
    std::optional<std::vector<std::string>> env; ///< "NAME=value" entries; empty optional: inherit
    /// Descriptors of the child: {fd in the child, fd here}. 0, 1, 2 that are not named become /dev/null; whatever
    /// else is open beyond the highest of them is closed.
    std::vector<std::pair<int, int>> fds;
    bool new_session = false; ///< setsid(2): keeps a terminal's Ctrl-C away from the child
    std::string program;      ///< path of what is executed; empty: argv[0]
};

/// How a child ended and what it used (wait4(2)).
struct ChildExit {
    int code = 0; ///< 128 + signal when killed
    int signal = 0;
    rusage usage{};
};

/// A running child process. Destroying a child that still runs kills it (SIGKILL) and reaps it.
class ChildProcess {
  public:
    ChildProcess(pid_t pid, UniqueFd pidfd) noexcept : pid_(pid), pidfd_(std::move(pidfd)) {}
    ChildProcess(ChildProcess&& other) noexcept;
    ChildProcess& operator=(ChildProcess&& other) noexcept;
    ~ChildProcess();

    pid_t pid() const noexcept { return pid_; }
    int pidfd() const noexcept { return pidfd_.get(); }

    /// Sends a signal through the pidfd; harmless when the child is gone already.
    void kill(int signal) noexcept;

    /// Waits for the end. On stop or timeout the child keeps running and an error is returned.
    Result<ChildExit> wait(const StopToken& stop = {}, std::optional<std::chrono::nanoseconds> timeout = std::nullopt);

  private:
    pid_t pid_ = -1;
    UniqueFd pidfd_;
    bool reaped_ = false;
};

/// Starts a program with posix_spawn(3) (no copy of this process's memory, safe with threads).
Result<ChildProcess> spawn(const Command& command);

struct CommandOutput {
    int code = 0;
    std::string out;
    std::string err;
};

/// Runs a program to its end and collects what it printed. A non-zero exit code is not an Error here;
/// a program that cannot be started, a stop or a timeout is (the child is killed then).
Result<CommandOutput> run_command(const std::vector<std::string>& argv, const StopToken& stop = {},
                                  std::chrono::nanoseconds timeout = std::chrono::minutes(10));

/// The same for a program with an environment or a path of its own; `command.fds` and `new_session` are set here.
Result<CommandOutput> run_captured(Command command, const StopToken& stop = {},
                                   std::chrono::nanoseconds timeout = std::chrono::minutes(10));

/// run_command(), but a non-zero exit code becomes an Error that carries the last line of its standard error.
Result<std::string> run_checked(const std::vector<std::string>& argv, const StopToken& stop = {},
                                std::chrono::nanoseconds timeout = std::chrono::minutes(10));

/// Absolute path of a program searched in PATH, then /usr/sbin and /sbin; empty when there is none.
std::optional<std::string> find_program(const std::string& name);

} // namespace isolab
