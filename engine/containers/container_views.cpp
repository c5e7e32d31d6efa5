// SPDX-License-Identifier: GPL-3.0-or-later
//
// Containers: what can be seen of them, and the command lines of what needs a process of its own.
#include <algorithm>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/parallel.h"
#include "engine/base/process_identity.h"
#include "engine/cgroup/control_group.h"
#include "engine/containers/container_network.h"
#include "engine/containers/containers.h"
#include "engine/rootfs/process_user.h"
#include "engine/runtime/watcher_lock.h"
#include "engine/security/capabilities.h"

namespace isolab {
namespace {

Result<SupervisionReport> read_report(const std::filesystem::path& folder) {
    const auto file = folder / supervision_report_file;
    ISOLAB_ASSIGN(const Json document, read_json_file(file));
    return report_from_json(document, file.string());
}

ContainerPhase phase_of(const SupervisionReport& report, const CgroupLayout& layout, const std::string& id) {
    if (report.phase == SupervisionPhase::restarting)
        return ContainerPhase::restarting;
    if (report.phase == SupervisionPhase::ended)
        return ContainerPhase::exited;
    if (layout.version != CgroupVersion::none)
        if (const auto group = ControlGroup::at(layout, "/isolab/" + id); group && group->is_frozen())
            return ContainerPhase::paused;
    return ContainerPhase::running;
}

/// A file of a running container as its processes see it, or nothing.
std::string file_inside(const ProcessIdentity& first, const std::string& path) {
    constexpr std::uint64_t largest = 1U << 20U;
    const auto process = open_process(first);
    const auto root = open_directory("/proc/" + std::to_string(first.pid) + "/root");
    if (!process || !root || !has_number(*process))
        return {};
    auto file = open_in_root(root->get(), path, O_RDONLY | O_NONBLOCK);
    if (!file || !require_regular_file(UniqueFd(::fcntl(file->get(), F_DUPFD_CLOEXEC, 0)), path))
        return {};
    return read_file("/proc/self/fd/" + std::to_string(file->get()), largest).value_or("");
}

} // namespace

std::string_view container_phase_id(ContainerPhase phase) noexcept {
    switch (phase) {
    case ContainerPhase::created:
        return "created";
    case ContainerPhase::running:
        return "running";
    case ContainerPhase::paused:
        return "paused";
    case ContainerPhase::restarting:
        return "restarting";
    case ContainerPhase::exited:
        return "exited";
    }
    return "";
}

Result<ContainerInfo> Containers::look(const std::string& id) const {
    ContainerInfo container;
    ISOLAB_ASSIGN(container.settings, store_.read(id));
    std::error_code failed;
    container.has_checkpoint = std::filesystem::exists(checkpoint_folder(container.settings), failed);
    // The lock first: a report that is read after the watcher was seen alive may be older than its end, never
    // the other way round.
    const bool watched = is_watched(folder(container.settings));
    if (container.settings.owner && watched) { // nothing is reported while its owner lives
        container.phase = ContainerPhase::running;
        return container;
    }
    auto report = read_report(folder(container.settings));
    if (!report && report.error().kind == ErrorKind::not_found) {
        if (container.settings.owner)
            container.phase = ContainerPhase::exited;
        return container;
    }
    ISOLAB_ASSIGN(container.report, std::move(report));
    container.phase = phase_of(container.report, tools_.layout, id);
    if (container.is_up() && !watched) {
        // It may have ended between the two looks.
        if (auto again = read_report(folder(container.settings)); again)
            container.report = std::move(*again);
        container.phase = ContainerPhase::exited;
    }
    if (!container.is_up())
        container.report.process = {}; // what a supervisor that was killed has left there may be any process by now
    else
        container.network = ContainerNetwork(tools_.root).find(id);
    return container;
}

Result<ContainerInfo> Containers::look_tidily(const std::string& id, const StopToken& stop) const {
    ISOLAB_ASSIGN(ContainerInfo container, look(id));
    if (container.is_up())
        return container;
    if (container.phase == ContainerPhase::exited && container.report.phase != SupervisionPhase::ended)
        ISOLAB_TRY(settle(container, stop));
    else if (has_remains(id)) // what it came to before still holds: this start never got as far as a report
        ISOLAB_TRY(end_remains(id, stop));
    return container;
}

Result<ContainerInfo> Containers::inspect(const std::string& reference) const {
    ISOLAB_ASSIGN(const std::string id, store_.resolve(reference));
    return look(id);
}

/// For verbs that need a supervisor: one that runs and belongs to a process is that one's to end or change.
Result<ContainerInfo> Containers::supervised(const std::string& reference, const std::string& operation) const {
    ISOLAB_ASSIGN(ContainerInfo container, inspect(reference));
    if (!container.settings.owner || !container.is_up())
        return container;
    return fail(ErrorKind::unavailable, operation, container.settings.name,
                "it belongs to process " + std::to_string(container.settings.owner->pid) + ", which measures it",
                "It ends with that process");
}

Result<std::vector<ContainerInfo>> Containers::list(const StopToken& stop) {
    ISOLAB_ASSIGN(const std::vector<std::string> ids, store_.ids());
    const ContainerNetwork network(tools_.root);
    std::vector<ContainerInfo> all;
    std::vector<std::optional<Result<ContainerInfo>>> looks(ids.size());
    for_each_index(ids.size(), [&](std::size_t index) { looks[index] = look(ids[index]); });
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const std::string& id = ids[i];
        auto& container = *looks[i];
        if (!container && container.error().kind == ErrorKind::not_found)
            continue; // removed meanwhile
        if (!container)
            return fail(container.error());
        const bool ended = container->phase == ContainerPhase::exited;
        const bool to_end =
            ended && (container->report.phase != SupervisionPhase::ended || container->settings.auto_remove);
        if (to_end || (!container->is_up() && (network.find(id) || has_remains(id)))) {
            [[maybe_unused]] const auto tidied = tidy_up(id, stop); // what cannot be done now is tried again
            container = look(id);
            if (!container)
                continue;
        }
        all.push_back(std::move(*container));
    }
    std::ranges::sort(all, std::ranges::greater{}, [](const auto& one) { return one.settings.created; });
    return all;
}

Result<std::vector<std::string>> Containers::ended(const StopToken& stop) {
    ISOLAB_ASSIGN(const std::vector<ContainerInfo> all, list(stop));
    std::vector<std::string> found;
    for (const ContainerInfo& one : all)
        if (!one.is_up())
            found.push_back(one.settings.id);
    return found;
}

Result<SupervisorClient> Containers::connect(const std::string& reference) const {
    ISOLAB_ASSIGN(const ContainerInfo container, supervised(reference, "reach container"));
    if (!container.is_up())
        return fail(ErrorKind::unavailable, "reach container", container.settings.name,
                    "it is " + std::string(container_phase_id(container.phase)), "Start it first");
    return SupervisorClient::connect(folder(container.settings));
}

Result<int> Containers::wait(const std::string& reference, const StopToken& stop) const {
    ISOLAB_ASSIGN(const ContainerInfo container, supervised(reference, "wait for container"));
    if (container.phase == ContainerPhase::created)
        return fail(ErrorKind::invalid_argument, "wait for container", container.settings.name, "it was never started",
                    "Start it first");
    if (!container.is_up())
        return container.report.exit_code;
    auto client = SupervisorClient::connect(folder(container.settings));
    auto ended = client ? client->await_end(stop, std::nullopt) : fail(client.error());
    if (ended || ended.error().kind != ErrorKind::unavailable)
        return ended;
    return inspect(container.settings.id).map([](const ContainerInfo& now) { return now.report.exit_code; });
}

Result<Command> Containers::exec_command(const std::string& reference, const ExecRequest& request) const {
    ISOLAB_ASSIGN(const ContainerInfo container, supervised(reference, "run a command in container"));
    const ContainerSettings& settings = container.settings;
    if (container.phase != ContainerPhase::running)
        return fail(ErrorKind::unavailable, "run a command in container", settings.name,
                    "it is " + std::string(container_phase_id(container.phase)),
                    container.phase == ContainerPhase::paused ? "Unpause it first" : "Start it first");
    if (request.command.empty())
        return fail(ErrorKind::invalid_argument, "run a command in container", settings.name, "none was given");
    Command command;
    auto& argv = command.argv;
    argv = {tools_.launcher.string(), "--root", store_.root().string(), "exec"};
    if (request.terminal)
        argv.emplace_back("--tty");
    if (request.detach)
        argv.emplace_back("--detach");
    if (request.cwd)
        argv.insert(argv.end(), {"--cwd", *request.cwd});
    for (const std::string& variable : request.env)
        argv.insert(argv.end(), {"--env", variable});
    if (request.privileged)
        for (const std::string& name : capability_names(~CapabilityMask{0} >> 23U))
            argv.insert(argv.end(), {"--cap", name});
    if (!request.user.empty()) {
        ISOLAB_ASSIGN(const ProcessUser user,
                      resolve_user(file_inside(container.report.process, "/etc/passwd"),
                                   file_inside(container.report.process, "/etc/group"), request.user));
        argv.insert(argv.end(), {"--user", std::to_string(user.uid) + ":" + std::to_string(user.gid)});
        for (const std::uint32_t group : user.additional_gids)
            argv.insert(argv.end(), {"--additional-gids", std::to_string(group)});
    }
    argv.push_back(settings.id);
    argv.insert(argv.end(), request.command.begin(), request.command.end());
    return command;
}

Result<Command> Containers::processes_command(const std::string& reference,
                                              const std::vector<std::string>& ps_options) const {
    ISOLAB_ASSIGN(const ContainerInfo container, supervised(reference, "show the processes of container"));
    if (!container.is_up())
        return fail(ErrorKind::unavailable, "show the processes of container", container.settings.name,
                    "it is " + std::string(container_phase_id(container.phase)));
    Command command;
    command.argv = {tools_.launcher.string(), "--root", store_.root().string(), "ps", container.settings.id};
    command.argv.insert(command.argv.end(), ps_options.begin(), ps_options.end());
    return command;
}

Result<ControlGroup> Containers::group(const std::string& id) const {
    if (tools_.layout.version == CgroupVersion::none)
        return fail(ErrorKind::unsupported, "measure container", id, tools_.layout.limits_reason);
    return ControlGroup::at(tools_.layout, "/isolab/" + id);
}

Result<GroupOverview> Containers::overview(const std::string& id) const {
    return group(id).map([](const ControlGroup& group) { return group.overview(); });
}

Result<Nanoseconds> Containers::cpu_time(const std::string& id) const {
    return group(id).map([](const ControlGroup& group) { return group.cpu_time(); });
}

Result<SnapshotDisk> Containers::disk(const ContainerInfo& container) const {
    ISOLAB_ASSIGN(const Snapshot found, snapshot(container.settings));
    return tools_.snapshotter->disk(found);
}

} // namespace isolab
