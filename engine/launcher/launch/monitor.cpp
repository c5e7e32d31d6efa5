// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/launch/monitor.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <sstream>
#include <vector>

#include <malloc.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/launcher/launch/helpers.h"

namespace isolab::launcher {
namespace {

constexpr std::array forwarded_signals{SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT};

Nanoseconds cpu_of(const rusage& usage) {
    const auto of = [](const timeval& time) {
        return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
    };
    return of(usage.ru_utime) + of(usage.ru_stime);
}

/// Processes of the container whose parents have ended. The first process is left for reap().
void reap_orphans(const RunningContainer& container, Helpers& helpers) {
    for (;;) {
        siginfo_t ended{};
        if (::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid == 0 ||
            ended.si_pid == container.pid)
            return;
        if (helpers.has(ended.si_pid))
            helpers.reap();
        else
            ::waitpid(ended.si_pid, nullptr, 0);
    }
}

/// Kills children of this process, and what their ends leave to it, until there is none.
void end_orphans() {
    for (;;) {
        const std::string file = "/proc/self/task/" + std::to_string(::getpid()) + "/children"; // the only thread
        std::istringstream children(read_file(file).value_or(""));
        bool killed = false;
        for (pid_t child = 0; children >> child;) // a child's number is its own until it is reaped
            killed = ::kill(child, SIGKILL) == 0 || killed;
        if (!killed || (::waitpid(-1, nullptr, 0) < 0 && errno != EINTR))
            return;
    }
}

void take_signal(const UniqueFd& signals, const RunningContainer& container, Helpers& helpers, StreamRelay* relay) {
    signalfd_siginfo info{};
    if (::read(signals.get(), &info, sizeof info) != static_cast<ssize_t>(sizeof info))
        return;
    if (info.ssi_signo == SIGCHLD)
        container.leaves_orphans ? reap_orphans(container, helpers) : helpers.reap();
    else if (info.ssi_signo == SIGWINCH && relay != nullptr)
        relay->resize();
    else
        signal_container(container, static_cast<int>(info.ssi_signo));
}

/// False when the caller is gone.
bool take_request(const Events& events, const RunningContainer& container, Helpers& helpers) {
    const auto record = receive_record(events.socket());
    if (!record || !*record)
        return false;
    if (const auto* signal = std::get_if<SignalRequest>(&**record))
        signal_container(container, signal->signal);
    if (const auto* exchange = std::get_if<ExchangeRequest>(&**record))
        helpers.start_exchange(*exchange);
    return true;
}

/// Until the first process can be reaped.
void serve_until_end(const RunningContainer& container, const UniqueFd& signals, const Events& events, Helpers& helpers,
                     StreamRelay* relay) {
    const std::array own{pollfd{container.pidfd.get(), POLLIN, 0}, pollfd{signals.get(), POLLIN, 0},
                         pollfd{events.socket(), POLLIN, 0}};
    std::vector<pollfd> fds(own.begin(), own.end());
    for (;;) {
        if (relay != nullptr) {
            fds.resize(own.size());
            const auto more = relay->watched();
            fds.insert(fds.end(), more.begin(), more.end());
        }
        if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR)
            return;
        if (relay != nullptr)
            relay->serve({fds.begin() + own.size(), fds.end()});
        if (fds[0].revents != 0)
            return;
        if (fds[1].revents != 0)
            take_signal(signals, container, helpers, relay);
        if (fds[2].revents != 0 && !take_request(events, container, helpers)) {
            fds[2].fd = -1; // poll(2) would report the closed end again and again
            signal_container(container, SIGKILL);
        }
    }
}

Nanoseconds own_cpu_time() { return process_cpu_time(::getpid()).value_or(Nanoseconds{0}); }

} // namespace

ExitRecord reap(const RunningContainer& container, bool counted) {
    ExitRecord record;
    record.at = monotonic_now();
    const Nanoseconds own = own_cpu_time() + spent_on(container);
    int status = 0;
    rusage usage{};
    while (::wait4(container.pid, &status, 0, &usage) < 0 && errno == EINTR) {
    }
    record.status.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    record.status.code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    record.cpu = own + cpu_of(usage);
    record.peak_rss = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
    if (counted && container.group) {
        const CgroupUsage used = container.group->usage();
        record.cgroup_peak = used.memory_peak_bytes;
        record.cpu = own + std::max(cpu_of(usage), used.cpu.value_or(Nanoseconds{0}));
        // The kernel may have ended another process of the group, and this one ended for its own reasons.
        record.status.out_of_memory = used.oom_kills > 0 && record.status.code == 128 + SIGKILL;
    }
    return record;
}

Result<void> remove_group(const RunningContainer& container) {
    if (container.group && !container.own_pid_namespace) // otherwise all have died with the first (pid_namespaces(7))
        container.group->kill_all();
    if (container.leaves_orphans) // also those that have left the group; and none stays a zombie
        end_orphans();
    if (container.take_down)
        container.take_down();
    return container.group ? container.group->remove() : Result<void>{};
}

void signal_container(const RunningContainer& container, int number) {
    ::syscall(SYS_pidfd_send_signal, container.pidfd.get(), number, nullptr, 0);
}

Result<UniqueFd> open_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGCHLD);
    for (const int number : forwarded_signals)
        ::sigaddset(&set, number);
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
    UniqueFd signals(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals)
        return fail_errno(errno, "receive signals");
    return signals;
}

int watch(const RunningContainer& container, const Options& options, const UniqueFd& signals, Events& events,
          StreamRelay* relay) {
    ::malloc_trim(0); // what was read and planned is not needed while the container runs
    Helpers helpers(container, events);
    if (options.probe && events.socket() >= 0)
        helpers.start_probe(*options.probe);
    serve_until_end(container, signals, events, helpers, relay);
    const Nanoseconds own_at_exit = own_cpu_time() + spent_on(container);
    const ExitRecord exit = reap(container, events.socket() >= 0);
    if (relay != nullptr)
        relay->drain();
    events.send(exit); // first: removing the group may take a second
    helpers.end();
    if (auto removed = remove_group(container); !removed)
        events.warn(removed.error().message());
    events.send(GoneRecord{monotonic_now(), exit.cpu + (own_cpu_time() + spent_on(container) - own_at_exit)});
    return exit.status.code;
}

} // namespace isolab::launcher
