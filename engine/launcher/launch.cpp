// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/launch.h"

#include <cerrno>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "engine/launcher/first_process.h"
#include "engine/launcher/hook_runner.h"
#include "engine/launcher/id_maps.h"
#include "engine/launcher/process_attributes.h"
#include "engine/launcher/setup_channel.h"

namespace isolab::launcher {
namespace {

tl::unexpected<LaunchFailure> failure(Error error) { return tl::unexpected(LaunchFailure{std::move(error)}); }

/// Namespaces that clone3(2) makes: the cgroup namespace is made later, when its process is in its group, and the time
/// namespace before, so that its clocks can be set.
constexpr int made_by_clone = CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWUSER;

/// Those that the first process enters itself, in due course.
constexpr int entered_by_child = CLONE_NEWNS | CLONE_NEWCGROUP;

Result<void> enter_joined(const LaunchPlan& plan) {
    for (const OpenedNamespace& one : plan.joined)
        if ((one.kind->flag & entered_by_child) == 0)
            ISOLAB_TRY(enter(one));
    return {};
}

/// A time namespace in which processes made from now on are; its clocks stand still until the first is (
/// time_namespaces(7)).
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

Result<SetupChild> clone_first_process(const LaunchPlan& plan) {
    CloneRequest request;
    for (const NamespaceKind& kind : namespace_kinds)
        if (plan.spec.namespaces.*kind.member)
            request.flags |= static_cast<unsigned long long>(kind.flag & made_by_clone);
    UniqueFd group;
    if (plan.group) {
        ISOLAB_ASSIGN(group, plan.group->open_for_clone());
    }
    request.group = group ? group.get() : -1;
    ISOLAB_TRY(make_time_namespace(plan.spec));
    if (plan.joined_of(CLONE_NEWUSER) != nullptr)
        request.enter = [&plan] { return enter_joined(plan); };
    else
        ISOLAB_TRY(enter_joined(plan));
    return SetupChild::clone(request, [&plan](int socket) { run_first_process(plan, socket); });
}

/// Marks the end of `create` before the child may go on, so that its own mark cannot be the earlier one.
Result<void> admit(const LaunchPlan& plan, const SetupChild& child, Events& events) {
    if (plan.spec.namespaces.user) {
        ISOLAB_TRY(write_id_maps(child.pid(), plan.spec.uid_mappings, plan.spec.gid_mappings));
        ISOLAB_TRY(tell(child.socket(), {&ids_are_mapped, 1}));
    }
    if (plan.group && plan.layout.version == CgroupVersion::v1)
        ISOLAB_TRY(plan.group->attach(child.pid()));
    events.mark(Phase::create, child.pid());
    events.send(StartedRecord{child.pid()});
    return tell(child.socket(), {&group_is_entered, 1});
}

/// The namespaces are made: the runtime's own hooks, and the state for those that the child runs.
Result<void> run_early_hooks(const LaunchPlan& plan, const SetupChild& child) {
    const std::string state = plan.hook_state(child.pid());
    ISOLAB_TRY(run_hooks(plan.spec.hooks, HookPoint::prestart, state));
    ISOLAB_TRY(run_hooks(plan.spec.hooks, HookPoint::create_runtime, state));
    return tell(child.socket(), state);
}

/// Clones the first process and follows it to the end of its setup.
tl::expected<SetupChild, LaunchFailure> set_up_child(const LaunchPlan& plan, Events& events) {
    auto child = clone_first_process(plan);
    if (!child)
        return failure(child.error());
    if (auto admitted = admit(plan, *child, events); !admitted)
        return failure(admitted.error());
    if (plan.has_setup_hooks()) {
        if (auto reached = child->follow(events); !reached)
            return tl::unexpected(reached.error());
        if (auto done = run_early_hooks(plan, *child); !done)
            return failure(done.error());
    }
    if (auto done = child->follow(events); !done)
        return tl::unexpected(done.error());
    return std::move(*child);
}

/// Does `start` with the plan's control group made, and removes it when that fails.
template <class Start> auto in_group(const LaunchPlan& plan, Events& events, Start start) -> decltype(start()) {
    std::optional<ControlGroup> group = plan.group;
    if (group) {
        std::vector<std::string> warnings;
        if (auto made = group->create(plan.spec.resources, &warnings); !made)
            return failure(made.error());
        for (std::string& warning : warnings)
            events.warn(std::move(warning));
    }
    auto result = start();
    if (!result && group)
        if (auto removed = group->remove(); !removed)
            events.warn(removed.error().message());
    return result;
}

/// Until the child has said so it dies with this process.
tl::expected<void, LaunchFailure> untie(SetupChild& child, Events& events) {
    if (auto told = tell(child.socket(), {&state_is_kept, 1}); !told)
        return failure(told.error());
    if (auto untied = child.follow(events); !untied)
        return tl::unexpected(untied.error());
    child.release();
    return {};
}

} // namespace

tl::expected<RunningContainer, LaunchFailure> launch(const LaunchPlan& plan, Events& events, const Recorder& record) {
    return in_group(plan, events, [&]() -> tl::expected<RunningContainer, LaunchFailure> {
        auto child = set_up_child(plan, events);
        if (!child)
            return tl::unexpected(child.error());
        events.mark(Phase::exec, child->pid());
        if (auto recorded = record(child->pid()); !recorded)
            return failure(recorded.error());
        RunningContainer container;
        container.pidfd = child->take_pidfd();
        container.pid = child->release();
        container.group = plan.group;
        container.own_pid_namespace = plan.spec.namespaces.pid;
        container.own_network = plan.spec.namespaces.network;
        container.own_user_namespace = plan.spec.namespaces.user;
        return container;
    });
}

tl::expected<void, LaunchFailure> create(const LaunchPlan& plan, Events& events, const Recorder& record) {
    return in_group(plan, events, [&]() -> tl::expected<void, LaunchFailure> {
        auto child = set_up_child(plan, events);
        if (!child)
            return tl::unexpected(child.error());
        if (auto recorded = record(child->pid()); !recorded)
            return failure(recorded.error());
        return untie(*child, events);
    });
}

} // namespace isolab::launcher
