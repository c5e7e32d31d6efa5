// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/launch/helpers.h"

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/parent_death.h"
#include "engine/base/probe.h"

namespace isolab::launcher {

Nanoseconds instance_cpu_time(const RunningContainer& container, pid_t monitor) {
    const Nanoseconds own = process_cpu_time(monitor).value_or(Nanoseconds{0});
    const Nanoseconds first = process_cpu_time(container.pid).value_or(Nanoseconds{0});
    const auto group = container.group ? container.group->usage().cpu : std::nullopt;
    // A v1 group lacks what the first process used before it entered, and some groups count no CPU time at all.
    return own + spent_on(container) + std::max(first, group.value_or(Nanoseconds{0}));
}

bool Helpers::fork_into_network() {
    const pid_t monitor = ::getpid();
    const pid_t pid = ::fork();
    if (pid > 0)
        pids_.push_back(pid);
    if (pid != 0)
        return false;
    pids_.clear();
    die_with(monitor);
    // Entering a network takes CAP_SYS_ADMIN in the user namespace that owns it, so both are entered in one call, which
    // a pidfd makes possible (Linux 5.8, setns(2)).
    const int user = container_.own_user_namespace ? CLONE_NEWUSER : 0;
    if (container_.own_network && ::setns(container_.pidfd.get(), CLONE_NEWNET | user) != 0)
        ::_exit(1);
    return true;
}

void Helpers::start_probe(const PortProbe& probe) {
    const pid_t monitor = ::getpid();
    if (!fork_into_network())
        return;
    const char* path = probe.http_path ? probe.http_path->c_str() : nullptr;
    if (PortProber(probe.port, path).wait() != 0)
        ::_exit(1);
    const Nanoseconds at = monotonic_now();
    events_.send(ProbeReadyRecord{at, instance_cpu_time(container_, monitor)});
    ::_exit(0);
}

void Helpers::start_exchange(const ExchangeRequest& request) {
    if (!fork_into_network())
        return;
    std::vector<char> reply(32768);
    const int error =
        probe_exchange(request.port, request.send.data(), request.send.size(), request.expect.data(),
                       request.expect.size(), reply.data(), reply.size(), static_cast<int>(request.timeout_ms));
    events_.send(ExchangeReply{request.number, error, std::string(reply.data())});
    ::_exit(0);
}

bool Helpers::has(pid_t pid) const { return std::ranges::find(pids_, pid) != pids_.end(); }

void Helpers::reap() {
    std::erase_if(pids_, [](pid_t pid) { return ::waitpid(pid, nullptr, WNOHANG) == pid; });
}

void Helpers::end() {
    for (const pid_t pid : pids_) {
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
    }
    pids_.clear();
}

} // namespace isolab::launcher
