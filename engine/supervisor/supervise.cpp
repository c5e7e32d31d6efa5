// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/supervisor/supervise.h"

#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/json.h"
#include "engine/runtime/watcher_lock.h"
#include "engine/supervisor/supervisor.h"

namespace isolab::supervisor {
namespace {

constexpr int callers_lock = 3;
constexpr int first_client = 4;

tl::unexpected<launcher::LaunchFailure> failure(Error error) {
    return tl::unexpected(launcher::LaunchFailure{std::move(error)});
}

bool is_socket(int fd) {
    struct stat status {};
    return ::fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode);
}

/// Executed when nothing of the container is left, as a process that nobody waits for.
void run_at_end(const std::vector<std::string>& command) {
    if (command.empty() || ::fork() != 0)
        return;
    ::signal(SIGPIPE, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    std::vector<char*> argv;
    for (const std::string& word : command)
        argv.push_back(const_cast<char*>(word.c_str())); // NOLINT: execv(3) does not write to it
    argv.push_back(nullptr);
    ::execv(argv.front(), argv.data());
    ::_exit(127);
}

} // namespace

tl::expected<int, launcher::LaunchFailure> supervise(const launcher::Options& options, launcher::Events& events) {
    auto lock = watch_alone(options.bundle, options.id);
    if (!lock)
        return failure(lock.error());
    auto order = read_json_file(options.bundle / supervision_order_file).and_then([](const Json& document) {
        return order_from_json(document, supervision_order_file);
    });
    if (!order)
        return failure(order.error());
    // The caller reaps this process at once and is not waited for; the lock goes along.
    const pid_t stayed = ::fork();
    if (stayed < 0)
        return failure(system_error(errno, "start a supervisor"));
    if (stayed > 0)
        ::_exit(0);
    ::signal(SIGPIPE, SIG_IGN);
    ::close_range(callers_lock, ~0U, CLOSE_RANGE_CLOEXEC); // what the caller gave is for this process alone
    UniqueFd lock_of_start(options.preserved_fds >= 1 ? callers_lock : -1);
    {
        auto supervisor = Supervisor::open(options, *order);
        if (!supervisor)
            return failure(supervisor.error());
        if (options.preserved_fds >= 2 && is_socket(first_client))
            supervisor->add_client(UniqueFd(first_client));
        if (auto started = supervisor->start(events); !started)
            return started;
        lock_of_start.reset();
        ::close(events.socket());
        ::malloc_trim(0); // what was read and planned is not needed while the container runs
        supervisor->stay();
        // Before the leave: a client that reads nothing keeps nobody from starting the container again.
        lock->reset();
        run_at_end(order->at_end);
        supervisor->take_leave();
    }
    ::_exit(0); // the caller's socket is closed: there is nobody to report to
}

} // namespace isolab::supervisor
