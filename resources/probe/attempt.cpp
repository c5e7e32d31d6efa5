// SPDX-License-Identifier: GPL-3.0-or-later
#include "resources/probe/attempt.h"

#include <cerrno>
#include <csignal>
#include <cstring>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "resources/probe/json_text.h"

namespace isolab::probe {

namespace {

constexpr int patience_ms = 1000;

long long milliseconds() {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<long long>(time.tv_sec) * 1000 + time.tv_nsec / 1'000'000;
}

[[noreturn]] void run_and_tell(const std::function<int()>& action, int fd) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::setpgid(0, 0);
    const int error = action();
    _exit(::write(fd, &error, sizeof error) == static_cast<ssize_t>(sizeof error) ? 0 : 1);
}

/// Waits until the pipe has something or has no writer any more; false when a second is over.
bool wait_for(int fd) {
    const long long end = milliseconds() + patience_ms;
    pollfd entry{fd, POLLIN, 0};
    while (true) {
        const long long left = end - milliseconds();
        const int happened = ::poll(&entry, 1, left > 0 ? static_cast<int>(left) : 0);
        if (happened > 0)
            return true;
        if (left <= 0)
            return false;
    }
}

} // namespace

Outcome attempt(const std::function<int()>& action) {
    Outcome outcome;
    int ends[2];
    if (::pipe(ends) != 0)
        return {errno, 0, false};
    const pid_t child = ::fork();
    if (child == 0)
        run_and_tell(action, ends[1]);
    const int fork_error = child < 0 ? errno : 0;
    ::close(ends[1]);
    if (child > 0) { // never -1, which would mean everybody
        outcome.hangs = !wait_for(ends[0]);
        const bool told = !outcome.hangs && ::read(ends[0], &outcome.error, sizeof outcome.error) ==
                                                static_cast<ssize_t>(sizeof outcome.error);
        if (!told)
            outcome.error = 0;
        if (outcome.hangs)
            ::kill(child, SIGKILL);
        int status = 0;
        while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
        }
        if (!told && !outcome.hangs)
            outcome.signal = WIFSIGNALED(status) ? WTERMSIG(status) : SIGKILL;
    }
    ::close(ends[0]);
    return child < 0 ? Outcome{fork_error, 0, false} : outcome;
}

std::string describe(const Outcome& outcome) {
    Object text;
    text.add("works", boolean(outcome.works()));
    if (outcome.hangs)
        text.add_text("error", "hangs");
    else if (outcome.signal != 0)
        text.add_text("error", std::string("killed by signal ") + std::to_string(outcome.signal));
    else if (outcome.error != 0)
        text.add_text("error", std::strerror(outcome.error));
    return text.text();
}

} // namespace isolab::probe
