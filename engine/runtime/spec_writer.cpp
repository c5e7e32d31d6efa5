// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runtime/spec_json.h"

namespace isolab {
namespace {

Json process_to_json(const RuntimeSpec& spec) {
    Json process;
    process["terminal"] = false;
    process["user"] = {{"uid", spec.process.uid}, {"gid", spec.process.gid}};
    if (spec.umask)
        process["user"]["umask"] = *spec.umask;
    if (!spec.process.additional_gids.empty())
        process["user"]["additionalGids"] = spec.process.additional_gids;
    process["args"] = spec.process.args;
    process["env"] = spec.process.env;
    process["cwd"] = spec.process.cwd;
    if (spec.capabilities)
        process["capabilities"] = {{"bounding", spec.capabilities->bounding},
                                   {"effective", spec.capabilities->effective},
                                   {"permitted", spec.capabilities->permitted},
                                   {"inheritable", spec.capabilities->inheritable},
                                   {"ambient", spec.capabilities->ambient}};
    for (const ResourceLimit& limit : spec.rlimits)
        process["rlimits"].push_back({{"type", limit.type}, {"hard", limit.hard}, {"soft", limit.soft}});
    if (spec.oom_score_adj)
        process["oomScoreAdj"] = *spec.oom_score_adj;
    process["noNewPrivileges"] = spec.no_new_privileges;
    return process;
}

Json mounts_to_json(const std::vector<Mount>& mounts) {
    Json list = Json::array();
    for (const Mount& mount : mounts) {
        Json entry{{"destination", mount.destination}, {"type", mount.type}, {"source", mount.source}};
        if (!mount.options.empty())
            entry["options"] = mount.options;
        list.push_back(std::move(entry));
    }
    return list;
}

Json namespaces_to_json(const NamespaceSet& set) {
    Json list = Json::array();
    const auto add = [&](bool present, const char* type) {
        if (present)
            list.push_back({{"type", type}});
    };
    add(set.user, "user");
    add(set.pid, "pid");
    add(set.network, "network");
    add(set.ipc, "ipc");
    add(set.uts, "uts");
    add(set.mount, "mount");
    add(set.cgroup, "cgroup");
    return list;
}

Json mappings_to_json(const std::vector<IdMapping>& mappings) {
    Json list = Json::array();
    for (const IdMapping& mapping : mappings)
        list.push_back({{"containerID", mapping.container}, {"hostID", mapping.host}, {"size", mapping.size}});
    return list;
}

template <class T> void put(Json& object, const char* key, const std::optional<T>& value) {
    if (value)
        object[key] = *value;
}

Json resources_to_json(const CgroupResources& resources) {
    Json document = Json::object();
    Json memory = Json::object();
    put(memory, "limit", resources.memory_limit);
    put(memory, "swap", resources.memory_swap);
    Json cpu = Json::object();
    put(cpu, "shares", resources.cpu_shares);
    put(cpu, "quota", resources.cpu_quota);
    put(cpu, "period", resources.cpu_period);
    if (!memory.empty())
        document["memory"] = std::move(memory);
    if (!cpu.empty())
        document["cpu"] = std::move(cpu);
    if (resources.pids_limit)
        document["pids"]["limit"] = *resources.pids_limit;
    return document;
}

Json linux_to_json(const RuntimeSpec& spec) {
    Json section;
    section["namespaces"] = namespaces_to_json(spec.namespaces);
    for (const JoinedNamespace& one : spec.joined)
        section["namespaces"].push_back({{"type", one.type}, {"path", one.path}});
    if (!spec.uid_mappings.empty())
        section["uidMappings"] = mappings_to_json(spec.uid_mappings);
    if (!spec.gid_mappings.empty())
        section["gidMappings"] = mappings_to_json(spec.gid_mappings);
    for (const DeviceNode& device : spec.devices)
        section["devices"].push_back(
            {{"path", device.path}, {"type", "c"}, {"major", device.major}, {"minor", device.minor}});
    if (!spec.cgroups_path.empty())
        section["cgroupsPath"] = spec.cgroups_path;
    if (!spec.resources.empty())
        section["resources"] = resources_to_json(spec.resources);
    if (!spec.sysctls.empty())
        section["sysctl"] = spec.sysctls;
    section["maskedPaths"] = spec.masked_paths;
    section["readonlyPaths"] = spec.read_only_paths;
    if (spec.seccomp)
        section["seccomp"] = *spec.seccomp;
    return section;
}

} // namespace

Json runtime_spec_to_json(const RuntimeSpec& spec) {
    Json document;
    document["ociVersion"] = "1.0.2";
    document["process"] = process_to_json(spec);
    document["root"] = {{"path", spec.root_path}, {"readonly", spec.root_read_only}};
    if (!spec.hostname.empty())
        document["hostname"] = spec.hostname;
    document["mounts"] = mounts_to_json(spec.mounts);
    document["linux"] = linux_to_json(spec);
    if (!spec.annotations.empty())
        document["annotations"] = spec.annotations;
    return document;
}

} // namespace isolab
