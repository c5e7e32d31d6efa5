// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/lifecycle.h"

#include <cerrno>
#include <csignal>
#include <cstdio>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/launcher/log.h"
#include "engine/launcher/state_folder.h"

namespace isolab::launcher {
namespace {

constexpr int death_timeout_ms = 10'000; // a killed process ends when the kernel gets to it

/// Where the states are; the caches lie beside it.
Result<std::filesystem::path> states_of(const Options& options) {
    if (options.root.empty())
        return fail(ErrorKind::invalid_argument, "keep container states", {}, "no folder is known for them",
                    "Give --root, or set XDG_RUNTIME_DIR");
    std::error_code failed;
    return std::filesystem::absolute(options.root, failed) / "containers";
}

tl::unexpected<Error> wrong_status(const char* operation, const Options& options, ContainerStatus status,
                                   std::string remedy = {}) {
    return fail(ErrorKind::invalid_argument, operation, options.id,
                "the container is " + std::string(container_status_id(status)), std::move(remedy));
}

ContainerRecord new_record(const Options& options, const LaunchPlan& plan) {
    ContainerRecord record;
    record.id = options.id;
    record.bundle = options.bundle.string();
    record.root_path = plan.mounts.root_path;
    record.control_group = plan.group ? plan.group->path() : "";
    record.created = time_text();
    record.owner = ::geteuid();
    record.annotations = plan.spec.annotations;
    return record;
}

/// The container's control group; empty when it has none, or none can be found any more.
std::optional<ControlGroup> group_of(const ContainerRecord& record) {
    const CgroupLayout layout = find_cgroup_layout();
    if (record.control_group.empty() || layout.version == CgroupVersion::none)
        return std::nullopt;
    auto group = ControlGroup::at(layout, record.control_group);
    return group ? std::optional(std::move(*group)) : std::nullopt;
}

Result<void> signal_process(const UniqueFd& process, int signal, const std::string& id) {
    if (::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0) == 0)
        return {};
    if (errno == ESRCH)
        return fail(ErrorKind::not_found, "signal container", id, "container not running");
    return fail_errno(errno, "signal container", id);
}

/// Waits until the kernel has taken the process down: its namespaces and mounts go with it.
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

Result<void> end_processes(const ContainerRecord& record, const std::optional<ControlGroup>& group) {
    if (record.pid != 0)
        if (const auto process = open_first_process(record)) {
            ISOLAB_TRY(signal_process(*process, SIGKILL, record.id));
            ISOLAB_TRY(await_death(*process, record.id));
        }
    if (group)
        group->kill_all();
    return {};
}

Result<void> remove_container(const StateFolder& folder, const ContainerRecord& record) {
    const auto group = group_of(record);
    ISOLAB_TRY(end_processes(record, group));
    if (group)
        ISOLAB_TRY(group->remove());
    return folder.remove();
}

tl::expected<void, LaunchFailure> create_in(const StateFolder& folder, const Options& options, Events& events) {
    const auto failure = [](Error error) { return tl::unexpected(LaunchFailure{std::move(error)}); };
    auto plan = make_launch_plan(options, events);
    if (!plan)
        return failure(plan.error());
    ContainerRecord record = new_record(options, *plan);
    if (auto written = folder.write(record); !written)
        return failure(written.error());
    auto gate = folder.make_start_gate();
    if (!gate)
        return failure(gate.error());
    plan->start_gate = std::move(*gate);
    return create(*plan, events, [&](pid_t pid) -> Result<void> {
        record.pid = pid;
        ISOLAB_ASSIGN(record.start_time, process_start_time(pid));
        if (options.pid_file)
            ISOLAB_TRY(write_file_atomically(*options.pid_file, std::to_string(pid)));
        return folder.write(record);
    });
}

} // namespace

tl::expected<void, LaunchFailure> create_container(const Options& options, Events& events) {
    const auto states = states_of(options);
    if (!states)
        return tl::unexpected(LaunchFailure{states.error()});
    const auto folder = StateFolder::create(*states, options.id);
    if (!folder)
        return tl::unexpected(LaunchFailure{folder.error()});
    auto created = create_in(*folder, options, events);
    if (!created)
        if (auto removed = folder->remove(); !removed)
            events.warn(removed.error().message());
    return created;
}

Result<void> start_created(const Options& options) {
    ISOLAB_ASSIGN(const auto states, states_of(options));
    ISOLAB_ASSIGN(const StateFolder folder, StateFolder::open(states, options.id));
    ISOLAB_ASSIGN(const ContainerRecord record, folder.read());
    if (const auto status = folder.status(record); status != ContainerStatus::created)
        return wrong_status("start container", options, status, "Only a created container can be started");
    return folder.open_start_gate();
}

Result<void> print_state(const Options& options) {
    ISOLAB_ASSIGN(const auto states, states_of(options));
    ISOLAB_ASSIGN(const ContainerView view, look_at(states, options.id));
    std::printf("%s\n", state_document(view.record, view.status).dump(2).c_str());
    return {};
}

Result<void> kill_container(const Options& options) {
    ISOLAB_ASSIGN(const auto states, states_of(options));
    ISOLAB_ASSIGN(const ContainerView view, look_at(states, options.id));
    if (options.all) {
        const auto group = group_of(view.record);
        if (!group)
            return fail(ErrorKind::unsupported, "signal every process of", options.id, "it has no control group");
        for (const pid_t pid : group->processes())
            if (::kill(pid, options.signal) != 0 && errno != ESRCH)
                return fail_errno(errno, "signal process", std::to_string(pid));
        return {};
    }
    if (view.status == ContainerStatus::creating)
        return wrong_status("signal container", options, view.status);
    ISOLAB_ASSIGN(const UniqueFd process, open_first_process(view.record));
    return signal_process(process, options.signal, options.id);
}

Result<void> delete_container(const Options& options) {
    ISOLAB_ASSIGN(const auto states, states_of(options));
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
    return remove_container(*folder, *record);
}

Result<void> list_containers(const Options& options) {
    ISOLAB_ASSIGN(const auto states, states_of(options));
    Json list = Json::array();
    std::string table = "ID                PID         STATUS      BUNDLE                CREATED\n";
    std::string ids;
    for (const std::string& id : container_ids(states)) {
        const auto view = look_at(states, id);
        if (!view)
            continue; // deleted meanwhile
        const Json state = state_document(view->record, view->status);
        list.push_back(state);
        ids += id + "\n";
        char line[64];
        std::snprintf(line, sizeof line, "%-17s %-11d %-11s ", id.c_str(), state["pid"].get<int>(),
                      container_status_id(view->status).data());
        table += line + view->record.bundle + "  " + view->record.created + "\n";
    }
    std::fputs((options.quiet ? ids : options.json ? list.dump() + "\n" : table).c_str(), stdout);
    return {};
}

} // namespace isolab::launcher
