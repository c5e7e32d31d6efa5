// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/container_document.h"

#include "engine/base/json.h"
#include "engine/runtime/resources_json.h"

namespace isolab {
namespace {

constexpr const char* never = "0001-01-01T00:00:00Z"; // as docker writes it

Json health_document(const HealthReport& health) {
    Json log = Json::array();
    for (const HealthProbe& probe : health.probes)
        log.push_back(
            {{"Start", probe.started}, {"End", probe.ended}, {"ExitCode", probe.exit_code}, {"Output", probe.output}});
    return {{"Status", health.status}, {"FailingStreak", health.failing_streak}, {"Log", std::move(log)}};
}

Json state_of(const ContainerInfo& container) {
    const SupervisionReport& report = container.report;
    Json state{{"Status", container_phase_id(container.phase)},
               {"Running", container.phase == ContainerPhase::running || container.phase == ContainerPhase::paused},
               {"Paused", container.phase == ContainerPhase::paused},
               {"Restarting", container.phase == ContainerPhase::restarting},
               {"OOMKilled", report.out_of_memory},
               {"Checkpointed", container.has_checkpoint},
               {"Pid", report.process.pid},
               {"ConmonPid", container.is_up() ? report.supervisor : 0},
               {"ExitCode", report.exit_code},
               {"Error", report.error},
               {"StartedAt", report.started.empty() ? never : report.started},
               {"FinishedAt", report.ended.empty() ? never : report.ended}};
    if (report.health)
        state["Health"] = health_document(*report.health);
    return state;
}

Json config_of(const ContainerSettings& settings) {
    const RuntimeProcess& process = settings.process;
    return {{"Hostname", settings.hostname.empty() ? settings.short_id() : settings.hostname},
            {"Domainname", settings.domain_name},
            {"User", process.uid == 0 && process.gid == 0
                         ? ""
                         : std::to_string(process.uid) + ":" + std::to_string(process.gid)},
            {"Tty", process.terminal},
            {"OpenStdin", settings.supervision.standard_input},
            {"Env", process.env},
            {"Cmd", process.args},
            {"Image", settings.image_name},
            {"WorkingDir", process.cwd},
            {"Labels", settings.labels},
            {"StopSignal", settings.supervision.stop_signal},
            {"StopTimeout", settings.stop_timeout.count()}};
}

Json host_config_of(const ContainerSettings& settings) {
    const RestartPolicy& restart = settings.supervision.restart;
    RestartPolicy plain = restart;
    plain.maximum_retries = 0;
    return {{"NetworkMode", settings.network},
            {"RestartPolicy", {{"Name", restart_policy_text(plain)}, {"MaximumRetryCount", restart.maximum_retries}}},
            {"AutoRemove", settings.auto_remove},
            {"Privileged", settings.privileged},
            {"ReadonlyRootfs", settings.read_only_root},
            {"Init", settings.supervision.init},
            {"PidMode", settings.pid_mode},
            {"IpcMode", settings.ipc_mode},
            {"UTSMode", settings.uts_mode},
            {"CgroupnsMode", settings.cgroup_mode.empty() ? "private" : settings.cgroup_mode},
            {"Annotations", settings.annotations},
            {"ShmSize", settings.shm_size},
            {"LogConfig",
             {{"Type", settings.supervision.log.enabled ? "json-file" : "none"},
              {"Config",
               {{"max-size", std::to_string(settings.supervision.log.largest_file)},
                {"max-file", std::to_string(settings.supervision.log.files)}}}}},
            {"ExtraHosts", settings.extra_hosts},
            {"Dns", settings.dns_servers},
            {"DnsSearch", settings.dns_search},
            {"DnsOptions", settings.dns_options},
            {"Resources", resources_to_json(settings.resources)}};
}

Json mounts_of(const ContainerSettings& settings) {
    Json mounts = Json::array();
    for (const ContainerMount& one : settings.mounts)
        mounts.push_back({{"Type", one.kind},
                          {"Name", one.volume},
                          {"Source", one.source},
                          {"Destination", one.target},
                          {"Options", one.options},
                          {"RW", !one.read_only}});
    return mounts;
}

std::string host_address(const PortForward& port) { return port.host_address ? port.host_address->text() : "0.0.0.0"; }

Json network_of(const ContainerInfo& container) {
    Json ports = Json::object();
    Json networks = Json::object();
    std::string address;
    if (container.network) {
        for (const PortForward& port : container.network->ports)
            ports[std::to_string(port.container_port) + "/" + std::string(transport_id(port.transport))].push_back(
                {{"HostIp", host_address(port)}, {"HostPort", std::to_string(port.host_port)}});
        for (const Endpoint& endpoint : container.network->endpoints) {
            if (address.empty())
                address = endpoint.address.text();
            networks[endpoint.network] = {{"IPAddress", endpoint.address.text()},
                                          {"GlobalIPv6Address", endpoint.address6 ? endpoint.address6->text() : ""},
                                          {"Interface", endpoint.interface},
                                          {"DNSNames", container.network->names},
                                          {"Aliases", container.settings.network_aliases}};
        }
    }
    return {{"IPAddress", address}, {"Ports", std::move(ports)}, {"Networks", std::move(networks)}};
}

} // namespace

Json container_document(const ContainerInfo& container) {
    const ContainerSettings& settings = container.settings;
    return {{"Id", settings.id},
            {"Name", settings.name},
            {"Created", settings.created},
            {"State", state_of(container)},
            {"Image", settings.image_digest},
            {"RestartCount", container.report.restarts},
            {"Driver", settings.snapshotter},
            {"Config", config_of(settings)},
            {"HostConfig", host_config_of(settings)},
            {"Mounts", mounts_of(settings)},
            {"NetworkSettings", network_of(container)},
            {"Warnings", container.report.warnings}};
}

std::string ports_text(const ContainerInfo& container) {
    std::string text;
    if (container.network)
        for (const PortForward& port : container.network->ports)
            text += (text.empty() ? "" : ", ") + host_address(port) + ":" + std::to_string(port.host_port) + "->" +
                    std::to_string(port.container_port) + "/" + std::string(transport_id(port.transport));
    return text;
}

} // namespace isolab
