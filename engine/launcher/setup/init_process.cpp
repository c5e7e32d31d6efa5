// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/setup/init_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/unique_fd.h"
#include "engine/launcher/setup/process_setup.h"
#include "engine/launcher/setup/process_title.h"

namespace isolab::launcher {
namespace {

/// Signals that tell of this process's own doing are not the workload's.
bool is_passed_on(int signal) { return signal != SIGCHLD && signal != SIGTTIN && signal != SIGTTOU; }

int exit_code_of_status(int status) { return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status); }

/// Reaps what has ended; the workload's exit code once it is among it, -1 before.
int reap_children(pid_t workload) {
    int code = -1;
    for (;;) {
        int status = 0;
        const pid_t ended = ::waitpid(-1, &status, WNOHANG);
        if (ended < 0 && errno == EINTR)
            continue;
        if (ended <= 0)
            return code;
        if (ended == workload)
            code = exit_code_of_status(status);
    }
}

[[noreturn]] void stay_until_end_of(pid_t workload, const sigset_t& all) {
    set_process_title(
        "isolab-init"); // everybody in the container can read the command line, which has the host's paths
    // Nothing of the host stays open for as long as the container lives, and nobody inside can look at what this is.
    ::close_range(0, ~0U, 0);
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    ::prctl(PR_SET_NAME, "isolab-init", 0, 0, 0);
    for (;;) {
        siginfo_t info{};
        const int signal = ::sigwaitinfo(&all, &info);
        if (signal == SIGCHLD) {
            if (const int code = reap_children(workload); code >= 0)
                ::_exit(code);
        } else if (signal > 0 && is_passed_on(signal)) {
            ::kill(workload, signal);
        }
    }
}

/// A process group of its own, so that the terminal's keys reach the workload and not init.
void take_foreground() {
    ::setpgid(0, 0);
    sigset_t output;
    sigset_t before;
    ::sigemptyset(&output);
    ::sigaddset(&output, SIGTTOU); // tcsetpgrp(3) would stop this process: its group is in the background still
    ::sigprocmask(SIG_BLOCK, &output, &before);
    ::tcsetpgrp(STDIN_FILENO, ::getpid());
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
}

} // namespace

Result<void> become_init(bool terminal) {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::sigprocmask(SIG_BLOCK, &all, &before); // before the fork, so that init misses none
    const pid_t workload = ::fork();
    if (workload < 0)
        return fail_errno(errno, "start the workload below init");
    if (workload > 0)
        stay_until_end_of(workload, all);
    die_with_parent();
    if (terminal)
        take_foreground();
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    return {};
}

} // namespace isolab::launcher
