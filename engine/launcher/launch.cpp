// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/launch.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/json.h"
#include "engine/launcher/first_process.h"
#include "engine/launcher/id_maps.h"
#include "engine/runtime/spec_json.h"

namespace isolab::launcher {
namespace {

struct NamespaceFlag {
    bool NamespaceSet::*member;
    unsigned long long flag;
};
constexpr std::array namespace_flags{
    // the cgroup namespace is made later, when its process is in its group
    NamespaceFlag{&NamespaceSet::pid, CLONE_NEWPID},  NamespaceFlag{&NamespaceSet::network, CLONE_NEWNET},
    NamespaceFlag{&NamespaceSet::mount, CLONE_NEWNS}, NamespaceFlag{&NamespaceSet::ipc, CLONE_NEWIPC},
    NamespaceFlag{&NamespaceSet::uts, CLONE_NEWUTS},  NamespaceFlag{&NamespaceSet::user, CLONE_NEWUSER},
};

struct NamespaceKind {
    std::string_view type;
    int flag;
};
constexpr std::array joinable_kinds{
    NamespaceKind{"network", CLONE_NEWNET},
    NamespaceKind{"ipc", CLONE_NEWIPC},
    NamespaceKind{"uts", CLONE_NEWUTS},
    NamespaceKind{"pid", CLONE_NEWPID},
};

/// Enters existing namespaces, for the first process that is cloned afterwards; setns(2) checks each one's kind.
Result<void> join_namespaces(const RuntimeSpec& spec) {
    for (const JoinedNamespace& one : spec.joined) {
        const auto* kind = std::ranges::find(joinable_kinds, one.type, &NamespaceKind::type);
        const UniqueFd file(::open(one.path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!file || kind == joinable_kinds.end() || ::setns(file.get(), kind->flag) != 0)
            return fail_errno(errno, "join " + one.type + " namespace", one.path);
    }
    return {};
}

/// The container's first process while it is being set up; killed and reaped unless it was handed over.
struct Child {
    pid_t pid = -1;
    UniqueFd pidfd;
    UniqueFd socket;

    Child() = default;
    Child(Child&& other) noexcept
        : pid(std::exchange(other.pid, -1)), pidfd(std::move(other.pidfd)), socket(std::move(other.socket)) {}
    Child& operator=(Child&&) = delete;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (pid > 0) {
            ::kill(pid, SIGKILL);
            ::waitpid(pid, nullptr, 0);
        }
    }
};

Result<Child> clone_first_process(const LaunchPlan& plan) {
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair.data()) != 0)
        return fail_errno(errno, "create socket pair");
    Child child;
    child.socket.reset(pair[0]);
    const UniqueFd child_end(pair[1]);
    UniqueFd group;
    if (plan.group) {
        ISOLAB_ASSIGN(group, plan.group->open_for_clone());
    }
    int pidfd = -1;
    clone_args arguments{};
    arguments.flags = static_cast<unsigned long long>(CLONE_PIDFD);
    for (const NamespaceFlag& one : namespace_flags)
        arguments.flags |= plan.spec.namespaces.*one.member ? one.flag : 0ULL;
    arguments.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd); // NOLINT: the kernel's interface
    arguments.exit_signal = SIGCHLD;
    if (group) {
        arguments.flags |= static_cast<unsigned long long>(CLONE_INTO_CGROUP);
        arguments.cgroup = static_cast<decltype(arguments.cgroup)>(group.get());
    }
    const auto pid = static_cast<pid_t>(::syscall(SYS_clone3, &arguments, sizeof arguments));
    if (pid < 0)
        return fail_errno(errno, "create the container's namespaces");
    if (pid == 0) {
        child.socket.reset();
        run_first_process(plan, child_end.get());
    }
    child.pid = pid;
    child.pidfd.reset(pidfd);
    return child;
}

Result<void> send_byte(const Child& child, char byte) {
    if (::send(child.socket.get(), &byte, 1, MSG_NOSIGNAL) != 1 && errno != EPIPE)
        return fail_errno(errno, "talk to the container's first process");
    return {}; // a child that is gone has left its error in the socket
}

/// Marks the end of `create` before the child may go on, so that its own mark cannot be the earlier one.
Result<void> admit(const LaunchPlan& plan, const Child& child, Events& events) {
    if (plan.spec.namespaces.user) {
        ISOLAB_TRY(write_id_maps(child.pid, plan.spec.uid_mappings, plan.spec.gid_mappings));
        ISOLAB_TRY(send_byte(child, ids_are_mapped));
    }
    if (plan.group && plan.layout.version == CgroupVersion::v1)
        ISOLAB_TRY(plan.group->attach(child.pid));
    events.mark(Phase::create, child.pid);
    events.send(StartedRecord{child.pid});
    return send_byte(child, group_is_entered);
}

/// The socket closed before the setup was complete: the child was killed, or ended without a word.
LaunchFailure died_in_setup(const Child& child) {
    siginfo_t info{};
    ::waitid(P_PIDFD, static_cast<id_t>(child.pidfd.get()), &info, WEXITED | WNOWAIT);
    const bool exited = info.si_code == CLD_EXITED;
    return {{ErrorKind::system,
             "start the container",
             {},
             "its first process was ended during the setup by " + std::string(exited ? "exit code " : "signal ") +
                 std::to_string(info.si_status),
             !exited && info.si_status == SIGKILL ? "If its memory limit is small, raise it" : ""}};
}

/// Passes the child's records on until its end of the socket closes, when execve(2) has succeeded, or until it says
/// that it waits at the start gate.
tl::expected<void, LaunchFailure> follow_setup(const Child& child, Events& events) {
    for (bool complete = false;;) {
        auto record = receive_record(child.socket.get());
        if (!record)
            return tl::unexpected(LaunchFailure{record.error()});
        if (!*record && complete)
            return {};
        if (*record && std::holds_alternative<StartedRecord>(**record)) // it waits at its gate
            return {};
        if (!*record)
            return tl::unexpected(died_in_setup(child));
        if (auto* failure = std::get_if<ErrorRecord>(&**record))
            return tl::unexpected(LaunchFailure{failure->error, failure->exit_code});
        if (auto* mark = std::get_if<MarkRecord>(&**record)) {
            mark->cpu += process_cpu_time(::getpid()).value_or(Nanoseconds{0});
            complete = true;
        }
        events.send(**record);
    }
}

} // namespace

Result<LaunchPlan> make_launch_plan(const Options& options, Events& events) {
    const std::string file = (options.bundle / "config.json").string();
    ISOLAB_ASSIGN(const Json document, read_json_file(file));
    LaunchPlan plan;
    plan.keep_standard_input = options.event_fd < 0;
    ISOLAB_ASSIGN(plan.spec, parse_runtime_spec(document, file));
    std::error_code failed;
    const auto root = std::filesystem::canonical(options.bundle / plan.spec.root_path, failed);
    if (failed)
        return fail_errno(failed.value(), "find root file system", (options.bundle / plan.spec.root_path).string());
    ISOLAB_ASSIGN(plan.mounts, plan_mounts({root.string(), plan.spec.root_read_only, plan.spec.mounts,
                                            plan.spec.devices, plan.spec.masked_paths, plan.spec.read_only_paths}));
    if (plan.spec.seccomp) {
        const SeccompCache cache(options.root.empty() ? options.root : options.root / "cache" / "seccomp");
        ISOLAB_ASSIGN(plan.seccomp, cache.compile(*plan.spec.seccomp, file));
        for (const std::string& warning : plan.seccomp->warnings)
            events.warn(warning);
    }
    plan.layout = find_cgroup_layout();
    std::string group = plan.spec.cgroups_path.empty() ? "/isolab/" + options.id : plan.spec.cgroups_path;
    if (!group.starts_with("/"))
        group.insert(0, "/");
    if (plan.layout.version != CgroupVersion::none) {
        ISOLAB_ASSIGN(plan.group, ControlGroup::at(plan.layout, group));
    } else if (!plan.spec.resources.empty()) {
        return fail(ErrorKind::unsupported, "limit the container's resources", {}, plan.layout.limits_reason);
    }
    return plan;
}

namespace {

tl::unexpected<LaunchFailure> failure(Error error) { return tl::unexpected(LaunchFailure{std::move(error)}); }

/// Clones the first process and follows it to the end of its setup.
tl::expected<Child, LaunchFailure> set_up_child(const LaunchPlan& plan, Events& events) {
    if (auto joined = join_namespaces(plan.spec); !joined)
        return failure(joined.error());
    auto child = clone_first_process(plan);
    if (!child)
        return failure(child.error());
    if (auto admitted = admit(plan, *child, events); !admitted)
        return failure(admitted.error());
    if (auto done = follow_setup(*child, events); !done)
        return tl::unexpected(done.error());
    return std::move(*child);
}

/// Does `start` with the plan's control group made, and removes it when that fails.
template <class Start> auto in_group(const LaunchPlan& plan, Events& events, Start start) -> decltype(start()) {
    std::optional<ControlGroup> group = plan.group;
    if (group)
        if (auto made = group->create(plan.spec.resources); !made)
            return failure(made.error());
    auto result = start();
    if (!result && group)
        if (auto removed = group->remove(); !removed)
            events.warn(removed.error().message());
    return result;
}

} // namespace

tl::expected<RunningContainer, LaunchFailure> launch(const LaunchPlan& plan, Events& events) {
    return in_group(plan, events, [&]() -> tl::expected<RunningContainer, LaunchFailure> {
        auto child = set_up_child(plan, events);
        if (!child)
            return tl::unexpected(child.error());
        events.mark(Phase::exec, child->pid);
        RunningContainer container;
        container.pid = std::exchange(child->pid, -1);
        container.pidfd = std::move(child->pidfd);
        container.group = plan.group;
        container.own_pid_namespace = plan.spec.namespaces.pid;
        container.own_network = plan.spec.namespaces.network;
        container.own_user_namespace = plan.spec.namespaces.user;
        return container;
    });
}

tl::expected<void, LaunchFailure> create(const LaunchPlan& plan, Events& events,
                                         const std::function<Result<void>(pid_t)>& record) {
    return in_group(plan, events, [&]() -> tl::expected<void, LaunchFailure> {
        auto child = set_up_child(plan, events);
        if (!child)
            return tl::unexpected(child.error());
        if (auto recorded = record(child->pid); !recorded)
            return failure(recorded.error());
        if (auto told = send_byte(*child, state_is_kept); !told)
            return failure(told.error());
        auto untied = receive_record(child->socket.get()); // until then it dies with this process
        if (!untied)
            return failure(untied.error());
        if (!*untied)
            return tl::unexpected(died_in_setup(*child));
        child->pid = -1;
        return {};
    });
}

} // namespace isolab::launcher
