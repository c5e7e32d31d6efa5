// SPDX-License-Identifier: GPL-3.0-or-later
//
// Containers: what ends, changes and removes them.
#include <csignal>

#include <unistd.h>

#include "engine/base/data_folder.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/utc_time.h"
#include "engine/cgroup/control_group.h"
#include "engine/containers/container_network.h"
#include "engine/containers/containers.h"
#include "engine/runtime/resources_json.h"
#include "engine/runtime_client/adoption.h"

namespace isolab {
namespace {

constexpr std::chrono::seconds end_patience{15}; // the kernel's time to take a container down

tl::unexpected<Error> not_running(const std::string& operation, const ContainerInfo& container) {
    return fail(ErrorKind::unavailable, operation, container.settings.name,
                "it is " + std::string(container_phase_id(container.phase)));
}

/// Limits that `changes` has replace those that are kept.
Result<CgroupResources> merge_resources(const CgroupResources& kept, const CgroupResources& changes) {
    Json document = resources_to_json(kept);
    document.merge_patch(resources_to_json(changes));
    return parse_resources(document, "the container's limits");
}

} // namespace

Result<int> Containers::stop(const std::string& reference, std::optional<std::chrono::seconds> timeout,
                             const StopToken& stop) {
    ISOLAB_ASSIGN(const ContainerInfo container, supervised(reference, "stop container"));
    const ContainerSettings& settings = container.settings;
    if (!container.is_up())
        return container.report.exit_code;
    auto client = SupervisorClient::connect(folder(settings));
    if (!client) // it ended just now
        return inspect(settings.id).map([](const ContainerInfo& now) { return now.report.exit_code; });
    if (container.phase == ContainerPhase::paused)
        ISOLAB_TRY(unpause(settings.id, stop));
    ISOLAB_TRY(client->send(ClientWord::stop, std::to_string(settings.supervision.stop_signal)));
    const std::chrono::seconds grace = timeout.value_or(settings.stop_timeout);
    auto ended = client->await_end(stop, grace.count() < 0 ? std::nullopt : std::optional<Nanoseconds>(grace));
    if (!ended && ended.error().kind == ErrorKind::timeout) {
        ISOLAB_TRY(client->send(ClientWord::stop, std::to_string(SIGKILL)));
        ended = client->await_end(stop, end_patience);
    }
    if (!ended && ended.error().kind != ErrorKind::unavailable)
        return ended;
    ISOLAB_TRY(tidy_up(settings.id, stop));
    return ended ? *ended : 128 + SIGKILL;
}

Result<void> Containers::kill(const std::string& reference, int signal, const StopToken& stop) {
    ISOLAB_ASSIGN(const ContainerInfo container, supervised(reference, "signal container"));
    if (!container.is_up())
        return not_running("signal container", container);
    ISOLAB_ASSIGN(SupervisorClient client, SupervisorClient::connect(folder(container.settings)));
    if (signal != SIGKILL)
        return client.send(ClientWord::signal, std::to_string(signal));
    ISOLAB_TRY(client.send(ClientWord::stop, std::to_string(signal)));
    if (container.phase == ContainerPhase::paused) // with cgroup v1 a frozen process takes no signal
        if (auto thawed = unpause(container.settings.id, stop);
            !thawed && thawed.error().kind != ErrorKind::unavailable)
            return thawed;
    auto ended = client.await_end(stop, end_patience);
    if (!ended && ended.error().kind != ErrorKind::unavailable)
        return fail(ended.error());
    return tidy_up(container.settings.id, stop);
}

Result<void> Containers::pause(const std::string& reference, const StopToken& stop) {
    ISOLAB_ASSIGN(const ContainerInfo container, supervised(reference, "pause container"));
    if (container.phase != ContainerPhase::running)
        return not_running("pause container", container);
    return run_launcher("pause", container.settings.id, {}, stop);
}

Result<void> Containers::unpause(const std::string& reference, const StopToken& stop) {
    ISOLAB_ASSIGN(const ContainerInfo container, supervised(reference, "unpause container"));
    if (container.phase != ContainerPhase::paused)
        return not_running("unpause container", container);
    return run_launcher("resume", container.settings.id, {}, stop);
}

Result<void> Containers::remove(const std::string& reference, bool force, bool volumes_too, const StopToken& stop) {
    ISOLAB_ASSIGN(const std::string id, store_.resolve(reference));
    ISOLAB_ASSIGN(ContainerInfo container, supervised(id, "remove container"));
    Result<ContainerStore::Lock> lock;
    for (;;) { // to kill it nobody may hold the lock, and so it may be started meanwhile
        if (container.is_up() && !force)
            return fail(ErrorKind::invalid_argument, "remove container", container.settings.name,
                        "it is " + std::string(container_phase_id(container.phase)),
                        "Stop it first, or remove it with --force");
        if (container.is_up())
            if (auto killed = kill(id, SIGKILL, stop); !killed && killed.error().kind != ErrorKind::unavailable)
                return killed;
        lock = store_.lock(id, stop);
        if (!lock && lock.error().kind == ErrorKind::not_found) // it was to be removed at its end
            return {};
        if (!lock)
            return fail(lock.error());
        ISOLAB_ASSIGN(container, look_tidily(id, stop));
        if (!container.is_up())
            break;
        lock = ContainerStore::Lock();
    }
    ISOLAB_TRY(ContainerNetwork(tools_.root).revoke(id));
    ISOLAB_TRY(adopt_container_files(tools_.launcher.string(), folder(container.settings)));
    ISOLAB_TRY(store_.remove(id, container.settings.name));
    if (!volumes_too)
        return {};
    ISOLAB_ASSIGN(const VolumeStore store, volumes());
    for (const ContainerMount& mount : container.settings.mounts)
        if (const auto volume = store.find(mount.volume); mount.kind == "volume" && volume && volume->anonymous)
            if (auto removed = store.remove(mount.volume); !removed && removed.error().kind != ErrorKind::unavailable)
                return removed;
    return {};
}

Result<void> Containers::rename(const std::string& reference, const std::string& name, const StopToken& stop) {
    ISOLAB_ASSIGN(const std::string id, store_.resolve(reference));
    ISOLAB_ASSIGN(const ContainerStore::Lock lock, store_.lock(id, stop));
    ISOLAB_ASSIGN(ContainerSettings settings, store_.read(id));
    if (settings.name == name)
        return {};
    ISOLAB_TRY(store_.rename(settings, name));
    return ContainerNetwork(tools_.root).rename(settings);
}

Result<void> Containers::tell_restart_policy(const ContainerSettings& settings) const {
    ISOLAB_ASSIGN(const SupervisorClient client, SupervisorClient::connect(folder(settings)));
    return client.send(ClientWord::policy, restart_policy_text(settings.supervision.restart));
}

Result<void> Containers::update(const std::string& reference, const UpdateRequest& request,
                                std::vector<std::string>& warnings, const StopToken& stop) {
    ISOLAB_ASSIGN(const std::string id, store_.resolve(reference));
    ISOLAB_ASSIGN(const ContainerStore::Lock lock, store_.lock(id, stop));
    ISOLAB_TRY(supervised(id, "update container"));
    ISOLAB_ASSIGN(ContainerInfo container, look_tidily(id, stop));
    ContainerSettings& settings = container.settings;
    ISOLAB_ASSIGN(settings.resources, merge_resources(settings.resources, request.resources));
    if (container.is_up() && !request.resources.empty()) {
        const auto file = folder(settings) / "update.json";
        CgroupResources changes = request.resources;
        changes.check_before_update = true; // below what it uses would be its end with cgroup v2
        ISOLAB_TRY(write_file_atomically(file, resources_to_json(changes).dump(), 0600));
        auto changed = run_launcher("update", id, {"--resources", file.string()}, stop, &warnings);
        ::unlink(file.c_str());
        ISOLAB_TRY(changed);
        ISOLAB_TRY(store_.write(settings)); // the kernel has them, whatever becomes of the rest
    }
    if (request.restart) {
        settings.supervision.restart = *request.restart;
        auto told = container.is_up() ? tell_restart_policy(settings) : Result<void>{};
        if (!told && look(id).map([](const ContainerInfo& now) { return now.is_up(); }).value_or(true))
            return told; // otherwise it has ended meanwhile, and the next start reads the policy from the store
    }
    return store_.write(settings);
}

Result<void> Containers::end_group(const std::string& id) const {
    if (tools_.layout.version == CgroupVersion::none)
        return {};
    ISOLAB_ASSIGN(const ControlGroup group, ControlGroup::at(tools_.layout, "/isolab/" + id));
    if (!group.exists())
        return {};
    group.kill_all();
    return group.remove();
}

/// Whether a supervisor was killed before it had ended its container or, while it was set up, reported that it runs.
bool Containers::has_remains(const std::string& id) const {
    std::error_code failed;
    if (std::filesystem::exists(DataFolder(store_.root()).containers() / id, failed))
        return true;
    const auto group = ControlGroup::at(tools_.layout, "/isolab/" + id);
    return tools_.layout.version != CgroupVersion::none && group && group->exists();
}

Result<void> Containers::end_remains(const std::string& id, const StopToken& stop) const {
    ISOLAB_TRY(run_launcher("delete", id, {"--force"}, stop));
    ISOLAB_TRY(end_group(id));
    return ContainerNetwork(tools_.root).revoke(id);
}

/// Ends what a supervisor that was killed left behind, and reports what its container came to.
Result<void> Containers::settle(ContainerInfo& container, const StopToken& stop) const {
    const std::string& id = container.settings.id;
    ISOLAB_TRY(end_remains(id, stop));
    SupervisionReport& report = container.report;
    report.phase = SupervisionPhase::ended;
    report.process = {};
    report.exit_code = 128 + SIGKILL;
    report.signal = SIGKILL;
    report.error = "its supervisor was ended";
    report.ended = utc_text(realtime_now()); // nobody saw it; it was before this
    container.phase = ContainerPhase::exited;
    // What cannot be written, on a full disk, is found again by who looks next, and keeps nobody from removing it.
    [[maybe_unused]] const auto written = write_file_atomically(folder(container.settings) / supervision_report_file,
                                                                report_to_json(report).dump(), 0600);
    return {};
}

Result<Networks> Containers::networks() const { return ContainerNetwork(tools_.root).open(); }

Result<std::vector<std::string>> Containers::users_of_network(const std::string& name) const {
    std::vector<std::string> users;
    ISOLAB_ASSIGN(const std::vector<std::string> ids, store_.ids());
    for (const std::string& id : ids)
        if (const auto settings = store_.read(id))
            if (const auto choice = parse_network_choice(settings->network);
                choice && choice->mode == NetworkMode::bridge && choice->name == name)
                users.push_back(settings->name);
    return users;
}

Result<void> Containers::tidy_up_networks() const {
    const ContainerNetwork network(tools_.root);
    ISOLAB_TRY(network.tidy_up());
    if (!network.has_state() || ::geteuid() != 0)
        return {};
    ISOLAB_ASSIGN(Networks open, networks());
    ISOLAB_ASSIGN(const std::vector<NetworkSpec> all, open.networks());
    for (const NetworkSpec& one : all) {
        ISOLAB_ASSIGN(const std::vector<std::string> users, users_of_network(one.name));
        if (users.empty())
            ISOLAB_TRY(open.remove(one.name));
    }
    return {};
}

Result<void> Containers::tidy_up(const StopToken& stop) {
    Result<void> result = store_.tidy_up();
    ISOLAB_ASSIGN(const std::vector<std::string> ids, store_.ids());
    for (const std::string& id : ids)
        if (auto tidied = tidy_up(id, stop); !tidied)
            result = std::move(tidied);
    return result;
}

Result<void> Containers::tidy_up(const std::string& reference, const StopToken& stop) {
    const auto id = store_.resolve(reference);
    if (!id)
        return {}; // somebody else did
    bool remove_it = false;
    {
        const auto lock = store_.lock(*id, stop);
        if (!lock)
            return {};
        ISOLAB_ASSIGN(const ContainerInfo container, look_tidily(*id, stop));
        if (container.is_up())
            return {};
        ISOLAB_TRY(ContainerNetwork(tools_.root).revoke(*id));
        remove_it = container.settings.auto_remove && container.phase == ContainerPhase::exited;
    }
    if (!remove_it)
        return {};
    auto removed = remove(*id, false, true, stop);
    return !removed && removed.error().kind == ErrorKind::not_found ? Result<void>{} : removed;
}

} // namespace isolab
