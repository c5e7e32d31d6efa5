// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/containers.h"

#include <array>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "engine/base/data_folder.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/pipe.h"
#include "engine/base/utc_time.h"
#include "engine/cgroup/cgroup_plan.h"
#include "engine/cgroup/control_group.h"
#include "engine/containers/container_confinement.h"
#include "engine/containers/container_limits.h"
#include "engine/containers/container_network.h"
#include "engine/containers/container_resolver.h"
#include "engine/containers/container_spec.h"
#include "engine/containers/shared_namespaces.h"
#include "engine/runtime/launch_protocol.h"
#include "engine/runtime/spec_json.h"
#include "engine/runtime_client/adoption.h"
#include "engine/runtime_client/id_ranges.h"

namespace isolab {
namespace {

// Descriptors of the supervisor, as supervisor/supervise.h wants them.
constexpr int child_lock_fd = 3;
constexpr int child_client_fd = 4;
static_assert(SharedNamespaces::first_number == child_client_fd + 1);

constexpr std::chrono::seconds after_kill{15}; // the kernel's time to take a container down

/// Waits until there is a record to receive, or none any more.
Result<void> await_record(int socket, const StopToken& stop) {
    for (;;) {
        ISOLAB_TRY(stop.check("start the container"));
        std::array<pollfd, 2> fds{{{socket, POLLIN, 0}, {stop.fd(), POLLIN, 0}}};
        if (::poll(fds.data(), fds.size(), -1) > 0 && fds[0].revents != 0)
            return {};
    }
}

} // namespace

Result<Image> container_image(const ContainerSettings& settings) {
    ISOLAB_ASSIGN(Digest digest, Digest::parse(settings.image_digest));
    Image image{settings.image_name, std::move(digest), {}, {}, 0};
    image.config.diff_ids = settings.layers;
    return image;
}

Result<Containers> Containers::open(ContainerTools tools) {
    ISOLAB_ASSIGN(ContainerStore store, ContainerStore::open(DataFolder(tools.root).instances()));
    ISOLAB_TRY(store.tidy_up());
    return Containers(std::move(tools), std::move(store));
}

/// Adds what the image and this machine tell. Refuses what no start could ever do, while the user still looks.
Result<void> Containers::complete(ContainerSettings& settings, const Image& image) const {
    ISOLAB_TRY(check_network_settings(settings));
    ISOLAB_TRY(check_limits(settings.resources));
    settings.created = utc_text(realtime_now());
    settings.image_name = image.name;
    settings.image_digest = image.digest.text();
    settings.layers = image.config.diff_ids;
    settings.snapshotter = tools_.snapshotter->id();
    return {};
}

Result<void> Containers::create(ContainerSettings& settings, const Image& image, const StopToken& stop) {
    ISOLAB_TRY(complete(settings, image));
    ISOLAB_TRY(missing_limits(settings, tools_.layout));
    ISOLAB_ASSIGN(const ContainerStore::Lock lock, store_.reserve(settings));
    const auto made = [&]() -> Result<void> {
        ISOLAB_TRY(make_volumes(settings));
        StartFacts facts;
        ISOLAB_ASSIGN(facts, base_facts(settings));
        ISOLAB_ASSIGN(facts.snapshot, tools_.snapshotter->prepare(image, folder(settings) / "snapshot", stop));
        ISOLAB_TRY(write_spec(settings, facts)); // files can be copied into it before it ever starts
        return store_.write(settings);
    }();
    if (!made) [[maybe_unused]]
        const auto removed = store_.remove(settings.id, settings.name);
    return made;
}

/// What is the same for each start of it, but for the snapshot.
Result<StartFacts> Containers::base_facts(const ContainerSettings& settings) const {
    StartFacts facts;
    facts.control_group = tools_.layout.version != CgroupVersion::none;
    facts.limits = can_limit(tools_.layout, settings);
    ISOLAB_ASSIGN(facts.seccomp, seccomp_of(settings, tools_.seccomp));
    if (settings.privileged)
        facts.devices = host_devices();
    if (::geteuid() != 0) {
        ISOLAB_ASSIGN(UserMappings mappings, choose_user_mappings(settings.process));
        facts.uid_mappings = std::move(mappings.uids);
        facts.gid_mappings = std::move(mappings.gids);
    }
    return facts;
}

/// The supervisor knows nothing of networks, and starts the container again when ours has ended long ago.
Result<Hook> Containers::network_hook(const ContainerSettings& settings) const {
    constexpr std::chrono::seconds patience{30};
    if (tools_.helper.empty())
        return fail(ErrorKind::unavailable, "set up a network without root", {},
                    "the program isolab-container-helper is not beside " + tools_.launcher.string(),
                    "Use --network none or host");
    Hook hook{tools_.helper.front(), tools_.helper, {}, patience};
    hook.args.insert(hook.args.end(), {"network-start", settings.id, (folder(settings) / "resolv.conf").string()});
    for (const char* name : {"PATH", "HOME", "XDG_RUNTIME_DIR", "TMPDIR", "LANG"})
        if (const char* value = std::getenv(name)) // NOLINT(concurrency-mt-unsafe): nobody sets variables here
            hook.env.push_back(std::string(name) + "=" + value);
    return hook;
}

Result<Snapshot> Containers::snapshot(const ContainerSettings& settings) const {
    ISOLAB_ASSIGN(const Image image, container_image(settings));
    return tools_.snapshotter->open(image, folder(settings) / "snapshot");
}

Result<void> Containers::write_spec(const ContainerSettings& settings, const StartFacts& facts) const {
    const RuntimeSpec spec = make_container_spec(settings, facts);
    return write_file_atomically(folder(settings) / "config.json", runtime_spec_to_json(spec).dump(), 0600);
}

Result<void> Containers::write_order(const ContainerSettings& settings, const StartFacts& facts) const {
    SupervisionOrder order = settings.supervision;
    order.names = facts.names;
    order.restore = facts.restore;
    if (!tools_.helper.empty()) {
        order.at_end = tools_.helper;
        order.at_end.insert(order.at_end.end(), {"tidy", settings.id});
    }
    return write_file_atomically(folder(settings) / supervision_order_file, order_to_json(order).dump(), 0600);
}

/// The network's part of the facts, and the texts that the container has in /etc.
Result<void> Containers::show_network(const ContainerSettings& settings, const NetworkGrant& granted,
                                      StartFacts& facts) const {
    facts.joined.insert(facts.joined.end(), granted.joined.begin(), granted.joined.end());
    facts.host_network = granted.host;
    facts.names = granted.names;
    if (granted.late) {
        ISOLAB_ASSIGN(facts.network_hook, network_hook(settings));
    }
    const auto show = [&](const char* name, const std::string& text, std::filesystem::path& place) -> Result<void> {
        if (text.empty())
            return {};
        place = folder(settings) / name;
        return write_file_atomically(place, text, 0644);
    };
    ISOLAB_TRY(show("hosts", granted.hosts, facts.hosts_file));
    ISOLAB_TRY(show("resolv.conf", granted.resolv, facts.resolv_file));
    return show("hostname", hostname_of(settings) + "\n", facts.hostname_file);
}

Result<void> Containers::spawn_supervisor(const ContainerSettings& settings, const SupervisorLegacy& legacy,
                                          std::vector<std::string>& warnings, const StopToken& stop) const {
    ISOLAB_ASSIGN(SocketPair ends, SocketPair::create());
    const UniqueFd nobody(::open("/dev/null", O_RDONLY | O_CLOEXEC)); // no socket: there is no first client
    const int event_fd = legacy.shared.past_last_number();
    Command command;
    command.argv = {tools_.launcher.string(),  "--root",     store_.root().string(),  "supervise", "--bundle",
                    folder(settings).string(), "--event-fd", std::to_string(event_fd)};
    command.fds = {{child_lock_fd, legacy.lock.descriptor()},
                   {child_client_fd, legacy.client_end != nullptr ? legacy.client_end->get() : nobody.get()},
                   {event_fd, ends.second.get()}};
    for (std::size_t i = 0; i < legacy.shared.files.size(); ++i)
        command.fds.emplace_back(SharedNamespaces::first_number + static_cast<int>(i), legacy.shared.files[i].get());
    command.argv.insert(command.argv.end(), {"--preserve-fds", std::to_string(event_fd - child_lock_fd), settings.id});
    command.new_session = true;
    ISOLAB_ASSIGN(ChildProcess launcher, spawn(command));
    ends.second.reset();
    std::optional<Error> failure;
    bool executed = false;
    for (;;) { // to the end, which is when the supervisor has reported that it runs
        ISOLAB_TRY(await_record(ends.first.get(), stop));
        ISOLAB_ASSIGN(const auto record, receive_record(ends.first.get()));
        if (!record)
            break;
        if (const auto* warning = std::get_if<WarningRecord>(&*record))
            warnings.push_back(warning->text);
        else if (const auto* error = std::get_if<ErrorRecord>(&*record))
            failure = error->error;
        else if (const auto* mark = std::get_if<MarkRecord>(&*record))
            executed = executed || mark->phase == Phase::exec;
    }
    ISOLAB_TRY(launcher.wait());
    if (executed && !failure)
        return {};
    return fail(
        failure.value_or(Error{ErrorKind::system, "start container", settings.name, "its supervisor was ended", {}}));
}

Result<void> Containers::start(const std::string& reference, const UniqueFd* client_end,
                               std::vector<std::string>& warnings, const StopToken& stop) {
    ISOLAB_ASSIGN(const std::string id, store_.resolve(reference));
    ISOLAB_ASSIGN(const ContainerStore::Lock lock, store_.lock(id, stop));
    ISOLAB_ASSIGN(ContainerInfo container, look_tidily(id, stop));
    const ContainerSettings& settings = container.settings;
    if (container.is_up() && client_end == nullptr)
        return {};
    if (container.is_up())
        return fail(ErrorKind::already_exists, "start container", settings.name, "it is running already",
                    "See isolab container attach");
    return start_locked(settings, lock, client_end, std::nullopt, warnings, stop);
}

Result<void> Containers::start_locked(const ContainerSettings& settings, const ContainerStore::Lock& lock,
                                      const UniqueFd* client_end, std::optional<RestoreOrder> restored,
                                      std::vector<std::string>& warnings, const StopToken& stop) const {
    const FindContainer find = [this](const std::string& other) -> Result<SharingContainer> {
        ISOLAB_ASSIGN(const ContainerInfo found, inspect(other));
        if (found.report.process.pid > 0)
            return SharingContainer{found.settings.id, found.report.process};
        return fail(ErrorKind::unavailable, "share namespaces with container", other, "it is not running",
                    "Start it first");
    };
    ISOLAB_ASSIGN(const std::string unlimited, missing_limits(settings, tools_.layout));
    if (!unlimited.empty())
        warnings.push_back(unlimited);
    StartFacts facts;
    ISOLAB_ASSIGN(facts, base_facts(settings));
    facts.restore = std::move(restored);
    ISOLAB_ASSIGN(facts.snapshot, snapshot(settings));
    ISOLAB_TRY(fill_volumes(settings));
    ISOLAB_ASSIGN(const SharedNamespaces shared, open_shared_namespaces(settings, find));
    facts.joined = shared.joined;
    const ContainerNetwork network(tools_.root);
    ISOLAB_ASSIGN(NetworkGrant granted, network.grant(settings));
    const auto started = [&]() -> Result<void> {
        ISOLAB_TRY(show_network(settings, granted, facts));
        ISOLAB_TRY(write_spec(settings, facts));
        ISOLAB_TRY(write_order(settings, facts));
        return spawn_supervisor(settings, {lock, client_end, shared}, warnings, stop);
    }();
    warnings.insert(warnings.end(), granted.warnings.begin(), granted.warnings.end());
    if (!started && started.error().kind == ErrorKind::already_exists) [[maybe_unused]] // one is leaving just now
        const auto revoked = network.revoke(settings.id);
    else if (!started) [[maybe_unused]]
        const auto ended = give_up_start(settings);
    return started;
}

/// Its supervisor may have been killed; or it runs by now, and the start was given up too late.
Result<void> Containers::give_up_start(const ContainerSettings& settings) const {
    if (auto client = SupervisorClient::connect(folder(settings)))
        if (client->send(ClientWord::stop, std::to_string(SIGKILL))) [[maybe_unused]]
            const auto ended = client->await_end({}, after_kill);
    return end_remains(settings.id, {});
}

Result<void> Containers::run_launcher(const std::string& verb, const std::string& id,
                                      const std::vector<std::string>& options, const StopToken& stop,
                                      std::vector<std::string>* warnings) const {
    std::vector<std::string> argv{tools_.launcher.string(), "--root", store_.root().string(), verb};
    argv.insert(argv.end(), options.begin(), options.end());
    argv.push_back(id);
    ISOLAB_ASSIGN(const CommandOutput output, run_command(argv, stop));
    if (output.code == 0) {
        if (warnings != nullptr && !output.err.empty())
            warnings->push_back(output.err.substr(0, output.err.find_last_not_of('\n') + 1));
        return {};
    }
    const std::string_view text = output.err;
    const auto prefix = text.find("isolab-runtime: ");
    const std::string_view cause = prefix == std::string_view::npos ? text : text.substr(prefix + 16);
    return fail(ErrorKind::system, verb + " container", id.substr(0, 12),
                std::string(cause.substr(0, cause.find('\n'))));
}

} // namespace isolab
