// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/launch/launch.h"

#include <cerrno>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "engine/base/json.h"
#include "engine/launcher/launch/net_devices.h"
#include "engine/launcher/setup/first_process.h"
#include "engine/launcher/setup/hook_runner.h"
#include "engine/launcher/setup/id_maps.h"
#include "engine/launcher/setup/process_attributes.h"
#include "engine/launcher/setup/setup_channel.h"
#include "engine/security/user_namespaces.h"

namespace isolab::launcher {
namespace {

tl::unexpected<LaunchFailure> failure(Error error) { return tl::unexpected(LaunchFailure{std::move(error)}); }

/// Namespaces that clone3(2) makes. The cgroup namespace is made later: its root is the group that the process is in at
/// that moment (cgroup_namespaces(7)). The time namespace is made before, so that its clocks can be set. The network
/// namespace takes longer than all others together; the child makes it while this process makes the control group.
constexpr int made_by_clone = CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWUSER;

/// Those that the first process enters itself: this process still needs the host's paths, and the cgroup namespace
/// comes after the group.
constexpr int entered_by_child = CLONE_NEWNS | CLONE_NEWCGROUP;

Result<void> enter_joined(const LaunchPlan& plan) {
    for (const OpenedNamespace& one : plan.joined)
        if ((one.kind->flag & entered_by_child) == 0)
            ISOLAB_TRY(enter(one));
    return {};
}

/// Puts the processes made from now on into a new time namespace. Its clocks can be set only until the first process is
/// in it (time_namespaces(7)).
Result<void> make_time_namespace(const RuntimeSpec& spec) {
    if (!spec.namespaces.time)
        return {};
    if (::unshare(CLONE_NEWTIME) != 0)
        return fail_errno(errno, "make a time namespace");
    const UniqueFd file(::open("/proc/self/timens_offsets", O_WRONLY | O_CLOEXEC));
    std::string text;
    for (const ClockOffset& offset : spec.clock_offsets)
        text += offset.clock + " " + std::to_string(offset.seconds) + " " + std::to_string(offset.nanoseconds) + "\n";
    if (!file || ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        return fail_errno(errno, "set the clocks of the time namespace");
    return {};
}

/// An ordinary user may map a single id only. The process in between is root of the user namespace that keeps the ids,
/// the parent of the new one, and may map all of them (user_namespaces(7)).
void clone_with_kept_ids(const LaunchPlan& plan, CloneRequest& request) {
    // /proc/PID of a process that is not dumpable belongs to root, and uid_map could not be written (proc(5)). Nobody
    // else is in this namespace to look.
    request.hidden = false;
    request.enter = [&plan]() -> Result<void> {
        if (::setns(plan.kept_ids.get(), CLONE_NEWUSER) != 0)
            return fail_errno(errno, "enter the user namespace that keeps the ids");
        ISOLAB_TRY(make_time_namespace(plan.spec));
        return enter_joined(plan);
    };
    request.admit = [&plan](pid_t pid) {
        return write_inherited_id_maps(pid, plan.spec.uid_mappings, plan.spec.gid_mappings);
    };
}

/// Kinds of the namespaces that this process is in, or its children, while it clones the first one.
int kinds_left_to_clone(const LaunchPlan& plan) {
    int kinds = plan.spec.namespaces.time ? CLONE_NEWTIME : 0;
    for (const OpenedNamespace& one : plan.joined)
        kinds |= one.kind->flag & ~entered_by_child;
    return kinds;
}

Result<SetupChild> clone_first_process(const LaunchPlan& plan) {
    CloneRequest request;
    NamespaceReturn own;
    for (const NamespaceKind& kind : namespace_kinds)
        if (plan.spec.namespaces.*kind.member)
            request.flags |= static_cast<unsigned long long>(kind.flag & made_by_clone);
    UniqueFd group;
    if (plan.group) {
        ISOLAB_ASSIGN(group, plan.group->open_for_clone());
    }
    request.group = group ? group.get() : -1;
    if (plan.kept_ids) {
        clone_with_kept_ids(plan, request);
    } else if (plan.joined_of(CLONE_NEWUSER) != nullptr) {
        request.enter = [&plan]() -> Result<void> {
            ISOLAB_TRY(make_time_namespace(plan.spec));
            return enter_joined(plan);
        };
    } else {
        ISOLAB_ASSIGN(own, NamespaceReturn::remember(kinds_left_to_clone(plan)));
        ISOLAB_TRY(make_time_namespace(plan.spec));
        ISOLAB_TRY(enter_joined(plan));
    }
    ISOLAB_ASSIGN(SetupChild child,
                  SetupChild::clone(request, [&plan](int socket) { run_first_process(plan, socket); }));
    ISOLAB_TRY(own.go_back());
    return child;
}

/// The plan's control group while its container starts; removed again unless the container keeps it.
class NewGroup {
  public:
    NewGroup(const LaunchPlan& plan, const Recorder& record, Events& events)
        : plan_(plan), record_(record), events_(events) {}
    NewGroup(const NewGroup&) = delete;
    NewGroup& operator=(const NewGroup&) = delete;
    ~NewGroup() {
        if (!made_)
            return;
        if (auto removed = plan_.group->remove(); !removed)
            events_.warn(removed.error().message());
    }

    /// Announces the container, then makes its group if the plan has one.
    Result<void> make() {
        ISOLAB_TRY(record_.announce());
        if (!plan_.group)
            return {};
        std::vector<std::string> warnings;
        ISOLAB_TRY(plan_.group->create(plan_.spec.resources, &warnings));
        made_ = true;
        for (std::string& warning : warnings)
            events_.warn(std::move(warning));
        return {};
    }
    void keep() noexcept { made_ = false; }

  private:
    const LaunchPlan& plan_;
    const Recorder& record_;
    Events& events_;
    bool made_ = false;
};

/// A cgroup2 group must exist before its process, which is born in it. A v1 group is made while the process mounts.
bool is_born_in_group(const LaunchPlan& plan) { return plan.layout.version == CgroupVersion::v2; }

/// Marks the end of `create` before the child may go on, so that its own mark cannot be the earlier one.
Result<void> admit(const LaunchPlan& plan, NewGroup& group, const SetupChild& child, Events& events) {
    if (plan.spec.namespaces.user) {
        if (!plan.kept_ids)
            ISOLAB_TRY(write_id_maps(child.pid(), plan.spec.uid_mappings, plan.spec.gid_mappings));
        ISOLAB_TRY(tell(child.socket(), {&ids_are_mapped, 1}));
    }
    std::vector<UniqueFd> entrance;
    if (!is_born_in_group(plan))
        ISOLAB_TRY(group.make()); // after the ids, for which the child waits: it mounts while the group is made
    if (plan.group) {
        ISOLAB_ASSIGN(entrance, plan.group->open_entrance());
    }
    events.mark(Phase::create, child.pid());
    events.send(StartedRecord{child.pid()});
    ISOLAB_TRY(tell_entrance(child.socket(), entrance));
    if (!plan.agent)
        return {};
    ISOLAB_ASSIGN(const Json state, parse_json(plan.hook_state(child.pid()), "state"));
    return tell(child.socket(), plan.agent->message(state, child.pid()));
}

/// What is done once the namespaces exist: moves network devices in, runs the hooks of the runtime's namespaces, and
/// sends the state, for which the child waits before it runs its own.
Result<void> furnish(const LaunchPlan& plan, const SetupChild& child) {
    ISOLAB_TRY(move_net_devices(plan.spec.net_devices, child.pid()));
    const std::string state = plan.hook_state(child.pid());
    ISOLAB_TRY(run_hooks(plan.spec.hooks, HookPoint::prestart, state));
    ISOLAB_TRY(run_hooks(plan.spec.hooks, HookPoint::create_runtime, state));
    return tell(child.socket(), state);
}

/// Clones the first process and follows it to the end of its setup.
tl::expected<SetupChild, LaunchFailure> set_up_child(const LaunchPlan& plan, NewGroup& group, Events& events) {
    if (is_born_in_group(plan))
        if (auto made = group.make(); !made)
            return failure(made.error());
    auto child = clone_first_process(plan);
    if (!child)
        return failure(child.error());
    if (auto admitted = admit(plan, group, *child, events); !admitted)
        return failure(admitted.error());
    if (plan.pauses_in_setup()) {
        if (auto reached = child->follow(events); !reached)
            return tl::unexpected(reached.error());
        if (auto done = furnish(plan, *child); !done)
            return failure(done.error());
    }
    if (auto done = child->follow(events); !done)
        return tl::unexpected(done.error());
    return std::move(*child);
}

/// Lets the child outlive this process, and waits for its word that it does: until then it dies with this process.
tl::expected<void, LaunchFailure> untie(SetupChild& child, Events& events) {
    if (auto told = tell(child.socket(), {&state_is_kept, 1}); !told)
        return failure(told.error());
    if (auto untied = child.follow(events); !untied)
        return tl::unexpected(untied.error());
    child.release();
    return {};
}

/// Adds how to lift them where user namespaces are restricted. Such a restriction makes the clone fail, or lets it
/// succeed and refuses any later step of the setup.
LaunchFailure explain_failure(LaunchFailure failure, const LaunchPlan& plan) {
    constexpr int before_workload = 125; // later codes are about its program
    if (plan.spec.namespaces.user && ::geteuid() != 0 && failure.exit_code == before_workload)
        failure.error = explain_user_namespace_error(std::move(failure.error), UserNamespaceSwitches::read());
    return failure;
}

} // namespace

tl::expected<RunningContainer, LaunchFailure> launch(const LaunchPlan& plan, Events& events, const Recorder& record) {
    NewGroup group(plan, record, events); // destroyed after the child: a group with a process in it cannot be removed
    auto child = set_up_child(plan, group, events);
    if (!child)
        return tl::unexpected(explain_failure(child.error(), plan));
    events.mark(Phase::exec, child->pid());
    if (auto recorded = record.keep(child->pid()); !recorded)
        return failure(recorded.error());
    group.keep();
    RunningContainer container;
    container.pidfd = child->take_pidfd();
    container.pid = child->release();
    container.group = plan.group;
    container.own_pid_namespace = plan.spec.namespaces.pid;
    container.own_network = plan.spec.namespaces.network;
    container.own_user_namespace = plan.spec.namespaces.user;
    return container;
}

tl::expected<void, LaunchFailure> create(const LaunchPlan& plan, Events& events, const Recorder& record) {
    NewGroup group(plan, record, events);
    auto child = set_up_child(plan, group, events);
    if (!child)
        return tl::unexpected(explain_failure(child.error(), plan));
    if (auto recorded = record.keep(child->pid()); !recorded)
        return failure(recorded.error());
    // Not before the record is on disk: a container that outlives this program must be found again.
    if (auto untied = untie(*child, events); !untied)
        return untied;
    group.keep();
    return {};
}

} // namespace isolab::launcher
