// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/launch/setup_child.h"

#include <cerrno>
#include <csignal>

#include <linux/sched.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/pipe.h"
#include "engine/launcher/setup/setup_channel.h"

namespace isolab::launcher {
namespace {

pid_t clone_process(const CloneRequest& request, unsigned long long extra, int exit_signal, int* pidfd) {
    clone_args arguments{};
    arguments.flags = request.flags | extra;
    arguments.exit_signal = static_cast<decltype(arguments.exit_signal)>(exit_signal);
    arguments.pidfd = reinterpret_cast<std::uintptr_t>(pidfd); // NOLINT: the kernel's interface
    if (request.group >= 0) {
        arguments.flags |= static_cast<unsigned long long>(CLONE_INTO_CGROUP);
        arguments.cgroup = static_cast<decltype(arguments.cgroup)>(request.group);
    }
    return static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
}

void reap(pid_t pid) {
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
}

/// The process in between: enters the namespaces, makes the child, tells its number and ends. The number is the
/// launcher's too, since a process stays in the PID namespace that it was born in (pid_namespaces(7)).
[[noreturn]] void clone_from_inside(const CloneRequest& request, const SocketPair& answers, const UniqueFd& child_end,
                                    const std::function<void(int)>& run) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (request.hidden)
        ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); // nobody inside may look into it (CVE-2016-9962)
    const SetupChannel answer(answers.second.get());
    if (auto entered = request.enter(); !entered) {
        answer.report(ErrorRecord{entered.error(), 125});
        ::_exit(1);
    }
    // The kernel allows no exit signal with CLONE_PARENT: the child inherits ours, SIGCHLD (clone3_args_valid() in
    // Linux's kernel/fork.c). A pidfd would be in this process; the launcher opens its own.
    const pid_t pid = clone_process(request, static_cast<unsigned long long>(CLONE_PARENT), 0, nullptr);
    if (pid == 0)
        run(child_end.get());
    if (pid < 0)
        answer.report(ErrorRecord{system_error(errno, "create a process in the container's namespaces"), 125});
    else
        answer.report(StartedRecord{pid});
    if (pid > 0 && request.admit) {
        if (auto admitted = request.admit(pid); admitted)
            answer.report(StartedRecord{pid});
        else
            answer.report(ErrorRecord{admitted.error(), 125});
    }
    ::_exit(0);
}

Result<pid_t> receive_pid(const UniqueFd& socket) {
    ISOLAB_ASSIGN(const auto answer, receive_record(socket.get()));
    if (answer && std::holds_alternative<StartedRecord>(*answer))
        return std::get<StartedRecord>(*answer).pid;
    if (answer && std::holds_alternative<ErrorRecord>(*answer))
        return fail(std::get<ErrorRecord>(*answer).error);
    return fail(ErrorKind::system, "enter the container's namespaces", {}, "the process that did it was killed");
}

} // namespace

SetupChild::SetupChild(SetupChild&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), pidfd_(std::move(other.pidfd_)), socket_(std::move(other.socket_)) {}

SetupChild::~SetupChild() {
    if (pid_ <= 0)
        return;
    ::kill(pid_, SIGKILL);
    reap(pid_);
}

Result<SetupChild> SetupChild::clone(const CloneRequest& request, const std::function<void(int)>& run) {
    ISOLAB_ASSIGN(SocketPair pair, SocketPair::create());
    SetupChild child;
    child.socket_ = std::move(pair.first);
    return request.enter ? clone_through_another(request, std::move(child), std::move(pair.second), run)
                         : clone_directly(request, std::move(child), std::move(pair.second), run);
}

Result<SetupChild> SetupChild::clone_directly(const CloneRequest& request, SetupChild child, UniqueFd other_end,
                                              const std::function<void(int)>& run) {
    int pidfd = -1;
    const pid_t pid = clone_process(request, static_cast<unsigned long long>(CLONE_PIDFD), SIGCHLD, &pidfd);
    if (pid < 0)
        return fail_errno(errno, "create the container's namespaces");
    if (pid == 0) {
        child.socket_.reset();
        run(other_end.get());
    }
    child.pid_ = pid;
    child.pidfd_.reset(pidfd);
    return child;
}

Result<SetupChild> SetupChild::clone_through_another(const CloneRequest& request, SetupChild child, UniqueFd other_end,
                                                     const std::function<void(int)>& run) {
    ISOLAB_ASSIGN(SocketPair answers, SocketPair::create());
    const pid_t between = ::fork();
    if (between < 0)
        return fail_errno(errno, "start a process");
    if (between == 0) {
        child.socket_.reset();
        answers.first.reset();
        clone_from_inside(request, answers, other_end, run);
    }
    answers.second.reset(); // so that a process in between that is killed ends the stream
    auto pid = receive_pid(answers.first);
    if (pid)
        child.pid_ = *pid; // a child of this process, so the number stays its own until it is reaped
    if (pid && request.admit)
        pid = receive_pid(answers.first);
    reap(between);
    if (!pid)
        return fail(pid.error());
    child.pidfd_.reset(static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0)));
    if (!child.pidfd_)
        return fail_errno(errno, "watch process", std::to_string(*pid));
    return child;
}

/// The socket closed before the setup was complete: the child was killed, or ended without a word.
LaunchFailure SetupChild::explain_death() const {
    siginfo_t info{};
    ::waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &info, WEXITED | WNOWAIT); // the destructor reaps it
    const bool exited = info.si_code == CLD_EXITED;
    return {{ErrorKind::system,
             "start the container",
             {},
             "its process was ended during the setup by " + std::string(exited ? "exit code " : "signal ") +
                 std::to_string(info.si_status),
             !exited && info.si_status == SIGKILL ? "If its memory limit is small, raise it" : ""}};
}

tl::expected<void, LaunchFailure> SetupChild::follow(Events& events) const {
    const auto complete = follow_setup(socket_.get(), events);
    if (!complete)
        return tl::unexpected(complete.error());
    if (!*complete)
        return tl::unexpected(explain_death());
    return {};
}

pid_t SetupChild::release() noexcept { return std::exchange(pid_, -1); }

tl::expected<bool, LaunchFailure> follow_setup(int socket, Events& events) {
    for (bool complete = false;;) {
        auto record = receive_record(socket);
        if (!record)
            return tl::unexpected(LaunchFailure{record.error()});
        if (!*record)
            return complete;
        if (std::holds_alternative<StartedRecord>(**record))
            return true;
        if (auto* failure = std::get_if<ErrorRecord>(&**record))
            return tl::unexpected(LaunchFailure{failure->error, failure->exit_code});
        if (auto* mark = std::get_if<MarkRecord>(&**record)) { // of the setup: the last word before execve(2)
            mark->cpu += process_cpu_time(::getpid()).value_or(Nanoseconds{0});
            complete = true;
        }
        events.send(**record);
    }
}

} // namespace isolab::launcher
