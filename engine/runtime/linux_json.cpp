// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runtime/linux_json.h"

#include <algorithm>
#include <array>
#include <set>

#include <net/if.h>
#include <sys/personality.h>

#include "engine/base/json.h"
#include "engine/runtime/spec_fields.h"

namespace isolab {
namespace {

using namespace spec;

struct NamespaceName {
    const char* type;
    bool NamespaceSet::*member;
};
constexpr std::array namespace_names{
    NamespaceName{"user", &NamespaceSet::user},       NamespaceName{"pid", &NamespaceSet::pid},
    NamespaceName{"network", &NamespaceSet::network}, NamespaceName{"ipc", &NamespaceSet::ipc},
    NamespaceName{"uts", &NamespaceSet::uts},         NamespaceName{"mount", &NamespaceSet::mount},
    NamespaceName{"cgroup", &NamespaceSet::cgroup},   NamespaceName{"time", &NamespaceSet::time},
};

Result<void> parse_namespaces(const Json& section, RuntimeSpec& spec, const std::string& subject) {
    std::set<std::string> seen;
    ISOLAB_ASSIGN(const Json* list, list_of(section, "namespaces", subject));
    for (const Json& entry : *list) {
        ISOLAB_ASSIGN(const std::string type, json_string(entry, "type", subject));
        ISOLAB_ASSIGN(std::string path, text_of(entry, "path", subject));
        const auto* name = std::ranges::find_if(namespace_names, [&](const auto& one) { return type == one.type; });
        if (name == namespace_names.end())
            return unsupported(subject, "namespace \"" + type + "\"");
        if (!seen.insert(type).second)
            return bad(subject, "namespace \"" + type + "\" is listed twice");
        if (!path.empty() && !path.starts_with("/"))
            return bad(subject, "the path of the " + type + " namespace is not an absolute path");
        if (path.empty())
            spec.namespaces.*name->member = true;
        else
            spec.joined.push_back({type, std::move(path)});
    }
    if (!spec.is_separate(&NamespaceSet::mount, "mount") && spec.is_separate(&NamespaceSet::user, "user"))
        return bad(subject, "a user namespace cannot mount in the caller's mount namespace: list \"mount\" too");
    return {};
}

Result<void> parse_clock_offsets(const Json& offsets, RuntimeSpec& spec, const std::string& subject) {
    for (const auto& [clock, offset] : offsets.items()) {
        if (clock != "monotonic" && clock != "boottime")
            return bad(subject, "\"timeOffsets\" knows no clock \"" + clock + "\"");
        ClockOffset one{clock, 0, 0};
        ISOLAB_ASSIGN(one.seconds, signed_of(offset, "secs", subject));
        ISOLAB_ASSIGN(const std::uint64_t nanoseconds, unsigned_of(offset, "nanosecs", subject, 999'999'999));
        one.nanoseconds = static_cast<std::uint32_t>(nanoseconds);
        spec.clock_offsets.push_back(std::move(one));
    }
    if (!spec.clock_offsets.empty() && !spec.namespaces.time)
        return bad(subject, "\"timeOffsets\" needs a time namespace of the container's own");
    return {};
}

/// As the kernel takes names (dev_valid_name()).
bool is_net_device_name(const std::string& name) {
    return !name.empty() && name.size() < IFNAMSIZ && name != "." && name != ".." &&
           name.find_first_of(std::string_view("/:% \t\n\v\f\r\0", 11)) == std::string::npos;
}

Result<void> parse_net_devices(const Json& devices, RuntimeSpec& spec, const std::string& subject) {
    if (!devices.is_null() && !devices.is_object())
        return bad(subject, "\"netDevices\" is not an object");
    std::set<std::string> names;
    for (const auto& [host_name, device] : devices.items()) {
        if (!device.is_object())
            return bad(subject, "network device \"" + host_name + "\" is not an object");
        ISOLAB_ASSIGN(std::string name, text_of(device, "name", subject));
        if (name.empty())
            name = host_name;
        if (!is_net_device_name(host_name) || !is_net_device_name(name))
            return bad(subject, "\"" + host_name + "\" or \"" + name + "\" is no name of a network device");
        if (!names.insert(name).second)
            return bad(subject, "two network devices are to be named \"" + name + "\"");
        spec.net_devices.push_back({host_name, std::move(name)});
    }
    if (!spec.net_devices.empty() && !spec.is_separate(&NamespaceSet::network, "network"))
        return bad(subject, "\"netDevices\" needs a network namespace of the container's own");
    if (!spec.net_devices.empty() && spec.is_separate(&NamespaceSet::user, "user"))
        return bad(subject, "\"netDevices\" cannot be in a container with a user namespace");
    return {};
}

Result<void> parse_devices(const Json& section, RuntimeSpec& spec, const std::string& subject) {
    ISOLAB_ASSIGN(const Json* list, list_of(section, "devices", subject));
    for (const Json& entry : *list) {
        DeviceNode device;
        ISOLAB_ASSIGN(device.path, json_string(entry, "path", subject));
        ISOLAB_ASSIGN(const std::string type, json_string(entry, "type", subject));
        ISOLAB_ASSIGN(device.major, id_of(entry, "major", subject));
        ISOLAB_ASSIGN(device.minor, id_of(entry, "minor", subject));
        if (!device.path.starts_with("/") || type.size() != 1 || std::string_view("cubp").find(type) == type.npos)
            return bad(subject, "device \"" + device.path + "\" has no absolute path, or not type c, u, b or p");
        device.type = type == "u" ? 'c' : type.front(); // "u": a character device without buffering; they all are
        if (!member(entry, "fileMode").is_null()) {
            ISOLAB_ASSIGN(const std::uint64_t mode, unsigned_of(entry, "fileMode", subject, UINT32_MAX));
            device.mode = static_cast<unsigned>(mode) & 07777U; // podman sends the type's bits too
        }
        ISOLAB_ASSIGN(device.uid, id_of(entry, "uid", subject));
        ISOLAB_ASSIGN(device.gid, id_of(entry, "gid", subject));
        spec.devices.push_back(std::move(device));
    }
    return {};
}

/// Kernel parameters that exist once per namespace (sysctl(2), namespaces(7)), and the namespace they belong to. All
/// others would change the host.
struct SysctlScope {
    std::string_view prefix;
    bool NamespaceSet::*owner;
    std::string_view type;
};
constexpr std::array sysctl_scopes{
    SysctlScope{"net.", &NamespaceSet::network, "network"}, SysctlScope{"fs.mqueue.", &NamespaceSet::ipc, "ipc"},
    SysctlScope{"kernel.shm", &NamespaceSet::ipc, "ipc"},   SysctlScope{"kernel.msg", &NamespaceSet::ipc, "ipc"},
    SysctlScope{"kernel.sem", &NamespaceSet::ipc, "ipc"},   SysctlScope{"kernel.domainname", &NamespaceSet::uts, "uts"},
};

Result<void> check_sysctls(const RuntimeSpec& spec, const std::string& subject) {
    for (const auto& [name, value] : spec.sysctls) {
        std::string dotted = name;
        if (const auto separator = name.find_first_of("./"); separator != std::string::npos && name[separator] == '/')
            std::ranges::replace(dotted, '/', '.');
        const auto* scope = std::ranges::find_if(
            sysctl_scopes, [&dotted](const SysctlScope& one) { return dotted.starts_with(one.prefix); });
        if (scope == sysctl_scopes.end())
            return bad(subject, "kernel parameter \"" + name + "\" belongs to the whole machine");
        if (!spec.is_separate(scope->owner, scope->type))
            return bad(subject, "kernel parameter \"" + name + "\" needs a namespace of the container's own");
    }
    return {};
}

/// Domains are those of personality(2) that the specification names.
Result<std::optional<unsigned long>> parse_personality(const Json& document, const std::string& subject) {
    if (!is_filled(document))
        return std::nullopt;
    ISOLAB_ASSIGN(const std::string domain, json_string(document, "domain", subject));
    if (is_filled(member(document, "flags")))
        return unsupported(subject, "a flag of linux.personality"); // the specification defines none
    if (domain != "LINUX" && domain != "LINUX32")
        return unsupported(subject, "personality \"" + domain + "\"");
    return domain == "LINUX32" ? static_cast<unsigned long>(PER_LINUX32) : static_cast<unsigned long>(PER_LINUX);
}

Result<std::optional<MemoryPolicy>> parse_memory_policy(const Json& document, const std::string& subject) {
    if (!is_filled(document))
        return std::nullopt;
    MemoryPolicy policy;
    ISOLAB_ASSIGN(policy.mode, json_string(document, "mode", subject));
    ISOLAB_ASSIGN(policy.nodes, text_of(document, "nodes", subject));
    ISOLAB_ASSIGN(policy.flags, strings_of(document, "flags", subject));
    return policy;
}

Result<void> parse_attributes(const Json& section, RuntimeSpec& spec, const std::string& subject) {
    ISOLAB_ASSIGN(spec.cgroups_path, text_of(section, "cgroupsPath", subject));
    ISOLAB_ASSIGN(spec.root_propagation, text_of(section, "rootfsPropagation", subject));
    ISOLAB_ASSIGN(spec.mount_label, text_of(section, "mountLabel", subject));
    ISOLAB_ASSIGN(spec.personality, parse_personality(member(section, "personality"), subject));
    ISOLAB_ASSIGN(spec.memory_policy, parse_memory_policy(member(section, "memoryPolicy"), subject));
    if (is_filled(member(section, "seccomp")))
        spec.seccomp = share(member(section, "seccomp"));
    return {};
}

Json namespaces_to_json(const RuntimeSpec& spec) {
    Json list = Json::array();
    for (const NamespaceName& name : namespace_names)
        if (spec.namespaces.*name.member)
            list.push_back({{"type", name.type}});
    for (const JoinedNamespace& one : spec.joined)
        list.push_back({{"type", one.type}, {"path", one.path}});
    return list;
}

Json device_to_json(const DeviceNode& device) {
    Json entry{
        {"path", device.path}, {"type", std::string(1, device.type)}, {"major", device.major}, {"minor", device.minor}};
    if (device.mode)
        entry["fileMode"] = *device.mode;
    if (device.uid != 0 || device.gid != 0) {
        entry["uid"] = device.uid;
        entry["gid"] = device.gid;
    }
    return entry;
}

void put_text(Json& section, const char* key, const std::string& text) {
    if (!text.empty())
        section[key] = text;
}

} // namespace

bool RuntimeSpec::is_separate(bool NamespaceSet::*own, std::string_view type) const {
    return namespaces.*own ||
           std::ranges::any_of(joined, [&type](const JoinedNamespace& one) { return one.type == type; });
}

Result<std::vector<IdMapping>> parse_id_mappings(const Json& object, const char* key, const std::string& subject) {
    std::vector<IdMapping> mappings;
    ISOLAB_ASSIGN(const Json* list, list_of(object, key, subject));
    for (const Json& entry : *list) {
        IdMapping mapping;
        ISOLAB_ASSIGN(mapping.container, id_of(entry, "containerID", subject));
        ISOLAB_ASSIGN(mapping.host, id_of(entry, "hostID", subject));
        ISOLAB_ASSIGN(mapping.size, id_of(entry, "size", subject));
        mappings.push_back(mapping);
    }
    return mappings;
}

Result<void> parse_linux_section(const Json& section, RuntimeSpec& spec, const std::string& subject) {
    if (is_filled(member(section, "intelRdt")))
        return unsupported(subject, "linux.intelRdt");
    ISOLAB_TRY(parse_namespaces(section, spec, subject));
    ISOLAB_TRY(parse_net_devices(member(section, "netDevices"), spec, subject));
    ISOLAB_TRY(parse_clock_offsets(member(section, "timeOffsets"), spec, subject));
    ISOLAB_ASSIGN(spec.uid_mappings, parse_id_mappings(section, "uidMappings", subject));
    ISOLAB_ASSIGN(spec.gid_mappings, parse_id_mappings(section, "gidMappings", subject));
    ISOLAB_ASSIGN(spec.masked_paths, strings_of(section, "maskedPaths", subject));
    ISOLAB_ASSIGN(spec.read_only_paths, strings_of(section, "readonlyPaths", subject));
    ISOLAB_TRY(parse_devices(section, spec, subject));
    ISOLAB_ASSIGN(spec.sysctls, texts_of(member(section, "sysctl"), "kernel parameter", subject));
    ISOLAB_TRY(check_sysctls(spec, subject));
    return parse_attributes(section, spec, subject);
}

Json id_mappings_to_json(const std::vector<IdMapping>& mappings) {
    Json list = Json::array();
    for (const IdMapping& mapping : mappings)
        list.push_back({{"containerID", mapping.container}, {"hostID", mapping.host}, {"size", mapping.size}});
    return list;
}

Json linux_section_to_json(const RuntimeSpec& spec) {
    Json section;
    section["namespaces"] = namespaces_to_json(spec);
    for (const ClockOffset& offset : spec.clock_offsets)
        section["timeOffsets"][offset.clock] = {{"secs", offset.seconds}, {"nanosecs", offset.nanoseconds}};
    if (!spec.uid_mappings.empty())
        section["uidMappings"] = id_mappings_to_json(spec.uid_mappings);
    if (!spec.gid_mappings.empty())
        section["gidMappings"] = id_mappings_to_json(spec.gid_mappings);
    for (const DeviceNode& device : spec.devices)
        section["devices"].push_back(device_to_json(device));
    put_text(section, "cgroupsPath", spec.cgroups_path);
    put_text(section, "rootfsPropagation", spec.root_propagation);
    put_text(section, "mountLabel", spec.mount_label);
    for (const NetDevice& device : spec.net_devices)
        section["netDevices"][device.host_name] = {{"name", device.name}};
    if (!spec.sysctls.empty())
        section["sysctl"] = spec.sysctls;
    section["maskedPaths"] = spec.masked_paths;
    section["readonlyPaths"] = spec.read_only_paths;
    if (spec.seccomp)
        section["seccomp"] = *spec.seccomp;
    if (spec.personality)
        section["personality"]["domain"] = *spec.personality == PER_LINUX32 ? "LINUX32" : "LINUX";
    if (spec.memory_policy)
        section["memoryPolicy"] = {{"mode", spec.memory_policy->mode},
                                   {"nodes", spec.memory_policy->nodes},
                                   {"flags", spec.memory_policy->flags}};
    return section;
}

} // namespace isolab
