// SPDX-License-Identifier: GPL-3.0-or-later
//
// Containers: those that live as long as their owner.
#include "engine/base/clock.h"
#include "engine/base/pipe.h"
#include "engine/cgroup/cgroup_plan.h"
#include "engine/containers/container_limits.h"
#include "engine/containers/container_network.h"
#include "engine/containers/container_spec.h"
#include "engine/containers/containers.h"
#include "engine/containers/owned_container.h"
#include "engine/network/port_check.h"

namespace isolab {
namespace {

constexpr int child_event_fd = 3;

std::string probe_argument(const PortProbe& probe) {
    return probe.http_path ? "http:" + std::to_string(probe.port) + *probe.http_path
                           : "tcp:" + std::to_string(probe.port);
}

Snapshotter& snapshotter_for(const ContainerTools& tools, const ContainerRequest& request) {
    return request.ingredients.overlay ? *tools.snapshotter : *tools.copier;
}

/// Nobody but a supervisor would serve it its names, set its network up at each start, or follow another container.
Result<void> check_needs_no_supervisor(const ContainerSettings& settings) {
    ISOLAB_ASSIGN(const NetworkChoice choice, parse_network_choice(settings.network));
    if (choice.mode == NetworkMode::none || choice.mode == NetworkMode::host)
        return {};
    return fail(ErrorKind::unsupported, "run container", settings.name,
                "network " + settings.network + " needs a supervisor", "Use the network none or host");
}

/// In the host's network another program's server would answer the probe, and the workload's could not listen.
Result<void> check_port_is_free(const ContainerRequest& request, bool host_network) {
    if (!request.probe || !host_network)
        return {};
    const std::uint16_t port = request.probe->port;
    for (const char* any : {"0.0.0.0", "::"}) {
        const PortRequest wanted{IpAddress::parse(any), port, 0, port, Transport::tcp};
        const auto chosen = choose_host_ports({wanted}, {});
        if (!chosen && chosen.error().kind == ErrorKind::already_exists) // anything else is the workload's business
            return fail(ErrorKind::already_exists, "serve in the host's network", "port " + std::to_string(port),
                        chosen.error().cause, "Stop what uses it, or have the workload use another port");
    }
    return {};
}

Result<OwnedParts> start_launcher(const ContainerTools& tools, const ContainerStore& store,
                                  const ContainerRequest& request, OwnedFolder folder, Snapshot snapshot) {
    ISOLAB_ASSIGN(SocketPair socket, SocketPair::create());
    ISOLAB_ASSIGN(Pipe out, Pipe::create());
    ISOLAB_ASSIGN(Pipe err, Pipe::create());
    std::optional<ControlGroup> group;
    if (tools.layout.version != CgroupVersion::none) {
        ISOLAB_ASSIGN(group, ControlGroup::at(tools.layout, "/isolab/" + folder.id()));
    }
    Command command;
    command.argv = {tools.own_launcher, "run",
                    "--bundle",         folder.path().string(),
                    "--root",           store.root().string(),
                    "--event-fd",       std::to_string(child_event_fd)};
    if (request.probe)
        command.argv.insert(command.argv.end(), {"--probe", probe_argument(*request.probe)});
    if (request.runtime)
        command.argv.insert(command.argv.end(), {"--with", request.runtime->string()});
    command.argv.push_back(folder.id());
    command.fds = {{1, out.write.get()}, {2, err.write.get()}, {child_event_fd, socket.second.get()}};
    command.new_session = true;
    ISOLAB_ASSIGN(ChildProcess launcher, spawn(command));
    return OwnedParts{std::move(folder),
                      std::move(snapshot),
                      &snapshotter_for(tools, request),
                      std::move(group),
                      request.settings.process.stop_signal,
                      request.ingredients.pid,
                      tools.own_launcher,
                      std::move(launcher),
                      std::move(socket.first),
                      std::move(out.read),
                      std::move(err.read)};
}

} // namespace

Result<std::unique_ptr<Container>> Containers::run(const ContainerRequest& request, InstanceObserver& observer,
                                                   const StopToken& stop) const {
    const Nanoseconds cpu_before = thread_cpu_time();
    ISOLAB_TRY(stop.check("start a container"));
    ISOLAB_TRY(check_ingredients(request.ingredients, request.settings));
    ContainerSettings settings = request.settings;
    ISOLAB_TRY(reduce_settings(request.ingredients, settings));
    ISOLAB_TRY(complete(settings, request.image));
    Snapshotter& snapshotter = snapshotter_for(tools_, request);
    settings.snapshotter = snapshotter.id();
    ISOLAB_TRY(check_needs_no_supervisor(settings));
    settings.auto_remove = true;
    if (!tools_.layout.pids_limited && settings.resources.pids_limit == default_pids_limit)
        settings.resources.pids_limit.reset(); // our own precaution, not the user's wish
    ISOLAB_ASSIGN(OwnedFolder folder, OwnedFolder::create(store_, settings));
    StartFacts facts;
    ISOLAB_ASSIGN(facts, base_facts(request.settings)); // with the usual filter, also for more capabilities
    facts.limits = can_limit(tools_.layout, settings);
    facts.kernel_files = request.ingredients.kernel_files;
    ISOLAB_ASSIGN(facts.snapshot, snapshotter.prepare(request.image, folder.path() / "snapshot", stop));
    ISOLAB_ASSIGN(const NetworkGrant granted, ContainerNetwork(tools_.root).grant(settings));
    ISOLAB_TRY(check_port_is_free(request, granted.host));
    ISOLAB_TRY(show_network(settings, granted, facts));
    ISOLAB_TRY(write_spec(settings, facts));
    const PhaseMark prepared{Phase::prepare, monotonic_now(), thread_cpu_time() - cpu_before};
    ISOLAB_ASSIGN(OwnedParts parts,
                  start_launcher(tools_, store_, request, std::move(folder), std::move(facts.snapshot)));
    auto container = std::make_unique<OwnedContainer>(std::move(parts), prepared, observer);
    ISOLAB_TRY(container->wait_for_start(stop));
    return container;
}

} // namespace isolab
