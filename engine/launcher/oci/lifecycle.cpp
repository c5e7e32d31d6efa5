// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/oci/lifecycle.h"

#include <cerrno>
#include <csignal>

#include <poll.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/process_identity.h"
#include "engine/base/standard_streams.h"
#include "engine/base/utc_time.h"
#include "engine/launcher/launch/launch_planner.h"
#include "engine/launcher/launch/monitor.h"
#include "engine/launcher/oci/container_lookup.h"
#include "engine/launcher/oci/state_folder.h"
#include "engine/launcher/setup/hook_runner.h"

namespace isolab::launcher {
namespace {

constexpr int death_timeout_ms = 10'000; // a killed process ends when the kernel gets to it

/// Of the uppermost mount that a path leads to.
std::optional<std::uint64_t> mount_id(const std::string& path) {
    struct statx status {};
    if (::statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_MNT_ID, &status) != 0 ||
        (status.stx_mask & STATX_MNT_ID) == 0)
        return std::nullopt;
    return status.stx_mnt_id;
}

/// Takes away what was mounted in the caller's namespace: the root, and with it all below it. Success where nothing
/// was.
Result<void> unmount_root(const ContainerRecord& record) {
    if (!record.covered_mount || mount_id(record.root_path) == record.covered_mount)
        return {};
    if (::umount2(record.root_path.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) != 0 && errno != EINVAL && errno != ENOENT)
        return fail_errno(errno, "unmount the root of container", record.id);
    return {};
}

/// After a start that failed.
void take_back_root(const ContainerRecord& record, const Events& events) {
    if (auto unmounted = unmount_root(record); !unmounted)
        events.warn(unmounted.error().message());
}

ContainerRecord new_record(const Options& options, const LaunchPlan& plan) {
    ContainerRecord record;
    record.id = options.id;
    record.bundle = options.bundle.string();
    record.root_path = plan.mounts.root_path;
    record.control_group = plan.group ? plan.group->path() : "";
    record.scope = plan.layout.scope;
    record.created = utc_text(realtime_now(), 0);
    record.owner = ::geteuid();
    record.late_hooks =
        !plan.spec.hooks.at(HookPoint::poststart).empty() || !plan.spec.hooks.at(HookPoint::poststop).empty();
    record.annotations = plan.spec.annotations;
    if (!plan.mounts.in_own_namespace)
        record.covered_mount = mount_id(record.root_path);
    return record;
}

Result<void> signal_process(const UniqueFd& process, int signal, const std::string& id) {
    if (::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0) == 0)
        return {};
    if (errno == ESRCH)
        return fail(ErrorKind::not_found, "signal container", id, "container not running");
    return fail_errno(errno, "signal container", id);
}

Result<void> end_processes(const ContainerRecord& record, const std::optional<ControlGroup>& group) {
    if (group && group->is_frozen()) // with v1 even SIGKILL would wait until they are thawed
        group->kill_all();
    if (record.pid != 0)
        if (const auto process = open_first_process(record)) {
            ISOLAB_TRY(signal_process(*process, SIGKILL, record.id));
            ISOLAB_TRY(await_death(*process, record.id));
        }
    if (group) // a container in a PID namespace of others leaves processes behind
        group->kill_all();
    return {};
}

/// The hooks for after the start and the end; most containers have none, and their specification is not read again.
Hooks late_hooks_of(const StateFolder& folder, const ContainerRecord& record) {
    const auto spec = record.late_hooks ? folder.read_spec() : Result<RuntimeSpec>{};
    return spec ? spec->hooks : Hooks{};
}

Result<void> remove_state(const StateFolder& folder, const ContainerRecord& record, const Events& events) {
    ISOLAB_TRY(unmount_root(record));
    const Hooks hooks = late_hooks_of(folder, record); // poststop comes after the deletion (runtime.md, "Lifecycle")
    ISOLAB_TRY(folder.remove());
    run_late_hooks(hooks, HookPoint::poststop, record, ContainerStatus::stopped, events);
    return {};
}

tl::expected<void, LaunchFailure> create_in_folder(const StateFolder& folder, const Options& options, Events& events) {
    const auto failure = [](Error error) { return tl::unexpected(LaunchFailure{std::move(error)}); };
    auto plan = make_launch_plan(options, events);
    if (!plan)
        return failure(plan.error());
    if (plan->spec.process.terminal && !plan->console)
        return failure({ErrorKind::invalid_argument, "create container", options.id,
                        "its process has a terminal, and nobody to receive it", "Give --console-socket"});
    ContainerRecord record;
    const Recorder recorder = keep_record(folder, options, *plan, record);
    auto gate = folder.make_start_gate();
    if (!gate)
        return failure(gate.error());
    plan->start_gate = std::move(*gate);
    auto created = create(*plan, events, recorder);
    if (!created)
        take_back_root(record, events);
    return created;
}

tl::expected<ForegroundContainer, LaunchFailure> start_in_folder(const StateFolder& folder, const Options& options,
                                                                 Events& events) {
    const auto failure = [](Error error) { return tl::unexpected(LaunchFailure{std::move(error)}); };
    auto plan = make_launch_plan(options, events);
    if (!plan)
        return failure(plan.error());
    ContainerRecord record;
    const Recorder recorder = keep_record(folder, options, *plan, record);
    auto console = LocalConsole::open(plan->spec.process.terminal && !plan->console);
    if (!console)
        return failure(console.error());
    if (UniqueFd sender = console->take_sender())
        plan->console = std::move(sender);
    auto container = launch(*plan, events, recorder);
    if (!container) {
        take_back_root(record, events);
        return tl::unexpected(container.error());
    }
    run_late_hooks(plan->spec.hooks, HookPoint::poststart, record, ContainerStatus::running, events);
    return ForegroundContainer{std::move(*container), std::move(*console)};
}

Result<StateFolder> new_folder(const Options& options) {
    ISOLAB_ASSIGN(const auto states, states_of(options));
    return StateFolder::create(states, options.id);
}

/// Nothing is left behind by a start that failed.
template <class Outcome> Outcome clean_up_after(Outcome outcome, const StateFolder& folder, const Events& events) {
    if (!outcome)
        if (auto removed = folder.remove(); !removed)
            events.warn(removed.error().message());
    return outcome;
}

} // namespace

Result<void> await_death(const UniqueFd& process, const std::string& id) {
    pollfd one{process.get(), POLLIN, 0};
    int ready = 0;
    do
        ready = ::poll(&one, 1, death_timeout_ms);
    while (ready < 0 && errno == EINTR);
    if (ready > 0)
        return {};
    return fail(ErrorKind::timeout, "end container", id, "its first process did not end in 10 s after SIGKILL",
                "It may wait for a disk or network that does not answer; try again later");
}

void run_late_hooks(const Hooks& hooks, HookPoint point, const ContainerRecord& record, ContainerStatus status,
                    const Events& events) {
    if (hooks.at(point).empty())
        return;
    if (auto done = run_hooks(hooks, point, state_document(record, status).dump()); !done)
        events.warn(done.error().message());
}

Result<void> remove_container(const StateFolder& folder, const ContainerRecord& record, const Events& events) {
    const auto group = group_of(record);
    ISOLAB_TRY(end_processes(record, group));
    if (group)
        ISOLAB_TRY(group->remove());
    return remove_state(folder, record, events);
}

Recorder keep_record(const StateFolder& folder, const Options& options, LaunchPlan& plan, ContainerRecord& record) {
    record = new_record(options, plan);
    plan.hook_state = [&record](pid_t pid) {
        ContainerRecord creating = record;
        creating.pid = pid;
        return state_document(creating, ContainerStatus::creating).dump();
    };
    const auto announce = [&folder, &plan, &record]() -> Result<void> {
        ISOLAB_TRY(folder.write(record));
        return folder.write_spec(plan.spec_text);
    };
    const auto keep = [&folder, &options, &record](pid_t pid) -> Result<void> {
        record.pid = pid;
        ISOLAB_ASSIGN(const ProcessIdentity process, identify_process(pid));
        record.start_time = process.start_time;
        if (options.pid_file)
            ISOLAB_TRY(write_user_file(*options.pid_file, std::to_string(pid)));
        return folder.write(record);
    };
    return {announce, keep};
}

tl::expected<void, LaunchFailure> create_container(const Options& options, Events& events) {
    const auto folder = new_folder(options);
    if (!folder)
        return tl::unexpected(LaunchFailure{folder.error()});
    return clean_up_after(create_in_folder(*folder, options, events), *folder, events);
}

tl::expected<ForegroundContainer, LaunchFailure> start_in_foreground(const Options& options, Events& events) {
    const auto folder = new_folder(options);
    if (!folder)
        return tl::unexpected(LaunchFailure{folder.error()});
    return clean_up_after(start_in_folder(*folder, options, events), *folder, events);
}

tl::expected<void, LaunchFailure> start_created(const Options& options, Events& events) {
    const auto failure = [](Error error) { return tl::unexpected(LaunchFailure{std::move(error)}); };
    auto opened = [&]() -> Result<std::pair<StateFolder, ContainerRecord>> {
        ISOLAB_ASSIGN(const auto states, states_of(options));
        ISOLAB_ASSIGN(StateFolder folder, StateFolder::open(states, options.id));
        ISOLAB_ASSIGN(ContainerRecord record, folder.read());
        if (const auto status = folder.status(record); status != ContainerStatus::created)
            return wrong_status("start container", options, status, "Only a created container can be started");
        return std::pair{std::move(folder), std::move(record)};
    }();
    if (!opened)
        return failure(opened.error());
    auto& [folder, record] = *opened;
    const auto gate = folder.open_start_gate();
    if (!gate)
        return failure(gate.error());
    const auto complete = follow_setup(gate->get(), events);
    if (!complete)
        return tl::unexpected(complete.error());
    if (!*complete)
        return failure({ErrorKind::system, "start container", options.id, "its first process was ended", {}});
    const Hooks hooks = late_hooks_of(folder, record);
    folder.unlock(); // a hook may take its time, and the container can be ended and removed meanwhile
    run_late_hooks(hooks, HookPoint::poststart, record, ContainerStatus::running, events);
    return {};
}

Result<void> forget_container(const Options& options, Events& events) {
    ISOLAB_ASSIGN(const auto states, states_of(options));
    ISOLAB_ASSIGN(const StateFolder folder, StateFolder::open(states, options.id));
    ISOLAB_ASSIGN(const ContainerRecord record, folder.read());
    return remove_state(folder, record, events);
}

Result<void> print_state(const Options& options, Events& /*events*/) {
    ISOLAB_ASSIGN(const ContainerView view, look_at_named(options));
    return write_standard_output(state_document(view.record, view.status).dump(2) + "\n");
}

Result<void> kill_container(const Options& options, Events& /*events*/) {
    ISOLAB_ASSIGN(const ContainerView view, look_at_named(options));
    if (options.all) {
        const auto group = group_of(view.record);
        if (!group)
            return fail(ErrorKind::unsupported, "signal every process of", options.id, "it has no control group");
        for (const pid_t pid : group->processes(GroupMembers::all))
            if (::kill(pid, options.signal) != 0 && errno != ESRCH)
                return fail_errno(errno, "signal process", std::to_string(pid));
        return {};
    }
    if (view.status == ContainerStatus::creating)
        return wrong_status("signal container", options, view.status);
    ISOLAB_ASSIGN(const UniqueFd process, open_first_process(view.record));
    return signal_process(process, options.signal, options.id);
}

/// A verb that is at work on the container waits for its first process, and has the lock as long: it goes on when that
/// process has ended. One that is not found is no error here.
void end_first_process(const std::filesystem::path& states, const std::string& id) {
    const auto view = look_at(states, id);
    const auto process = view ? open_first_process(view->record) : fail(view.error());
    if (process)
        (void)signal_process(*process, SIGKILL, id);
}

Result<void> delete_container(const Options& options, Events& events) {
    ISOLAB_ASSIGN(const auto states, states_of(options));
    if (options.force)
        end_first_process(states, options.id);
    auto folder = StateFolder::open(states, options.id);
    if (!folder && folder.error().kind == ErrorKind::not_found && options.force)
        return {};
    if (!folder)
        return fail(folder.error());
    const auto record = folder->read();
    if (!record && options.force) // its creator was killed before it had made anything
        return folder->remove();
    if (!record)
        return fail(record.error());
    if (const auto status = folder->status(*record); status == ContainerStatus::running && !options.force)
        return wrong_status("delete container", options, status, "Kill it first, or use --force");
    return remove_container(*folder, *record, events);
}

namespace {

/// Columns of a table, each as wide as its longest cell.
template <std::size_t columns> std::string aligned(const std::vector<std::array<std::string, columns>>& rows) {
    std::array<std::size_t, columns> widths{};
    for (const auto& row : rows)
        for (std::size_t i = 0; i + 1 < columns; ++i) // nothing follows the last
            widths[i] = std::max(widths[i], row[i].size() + 2);
    std::string table;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < columns; ++i)
            table += row[i] + std::string(std::max(widths[i], row[i].size()) - row[i].size(), ' ');
        table += '\n';
    }
    return table;
}

} // namespace

Result<void> list_containers(const Options& options, Events& /*events*/) {
    ISOLAB_ASSIGN(const auto states, states_of(options));
    Json list = Json::array();
    std::vector<std::array<std::string, 5>> rows{{"ID", "PID", "STATUS", "BUNDLE", "CREATED"}};
    std::string ids;
    for (const std::string& id : container_ids(states)) {
        const auto view = look_with_group(states, id);
        if (!view)
            continue; // deleted meanwhile
        const Json state = state_document(view->record, view->status);
        list.push_back(state);
        ids += id + "\n";
        rows.push_back({id, std::to_string(state["pid"].get<int>()), std::string(container_status_id(view->status)),
                        view->record.bundle, view->record.created});
    }
    return write_standard_output(options.quiet ? ids : options.json ? list.dump() + "\n" : aligned(rows));
}

} // namespace isolab::launcher
