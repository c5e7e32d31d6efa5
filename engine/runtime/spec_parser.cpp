// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "engine/runtime/spec_json.h"

namespace isolab {
namespace {

tl::unexpected<Error> bad(const std::string& subject, const std::string& cause) {
    return fail(ErrorKind::corrupt, "read runtime specification", subject, cause);
}

tl::unexpected<Error> unsupported(const std::string& subject, const std::string& field) {
    return fail(ErrorKind::unsupported, "run", subject, field + " is not supported", "Remove it from config.json");
}

/// The member of an object, or null; never throws.
const Json& member(const Json& object, const char* key) {
    static const Json null;
    if (!object.is_object())
        return null;
    const auto field = object.find(key);
    return field == object.end() ? null : *field;
}

bool is_filled(const Json& value) { return !value.is_null() && !value.empty() && value != Json(false); }

Result<std::uint32_t> id_of(const Json& object, const char* key, const std::string& subject) {
    ISOLAB_ASSIGN(const auto value, json_optional_unsigned(object, key, subject));
    if (value.value_or(0) > std::numeric_limits<std::uint32_t>::max())
        return bad(subject, std::string("\"") + key + "\" is not a 32-bit number");
    return static_cast<std::uint32_t>(value.value_or(0));
}

std::optional<std::int64_t> signed_of(const Json& object, const char* key) {
    const Json& value = member(object, key);
    return value.is_number_integer() ? std::optional(value.get<std::int64_t>()) : std::nullopt;
}

Result<std::vector<std::string>> strings_of(const Json& object, const char* key, const std::string& subject) {
    return object.is_object() ? json_strings(object, key, subject) : std::vector<std::string>{};
}

Result<std::map<std::string, std::string>> texts_of(const Json& object, const char* what, const std::string& subject) {
    std::map<std::string, std::string> texts;
    for (const auto& [key, value] : object.items()) {
        if (!object.is_object() || !value.is_string())
            return bad(subject, std::string(what) + " \"" + key + "\" is not text");
        texts.emplace(key, value.get<std::string>());
    }
    return texts;
}

Result<std::vector<std::uint32_t>> numbers_of(const Json& object, const char* key, const std::string& subject) {
    std::vector<std::uint32_t> numbers;
    for (const Json& value : member(object, key)) {
        if (!value.is_number_unsigned() || value.get<std::uint64_t>() > std::numeric_limits<std::uint32_t>::max())
            return bad(subject, std::string("\"") + key + "\" must hold ids");
        numbers.push_back(value.get<std::uint32_t>());
    }
    return numbers;
}

Result<void> parse_user(const Json& user, ProcessSpec& process, RuntimeSpec& spec, const std::string& subject) {
    if (!user.is_object())
        return {};
    ISOLAB_ASSIGN(process.uid, id_of(user, "uid", subject));
    ISOLAB_ASSIGN(process.gid, id_of(user, "gid", subject));
    ISOLAB_ASSIGN(process.additional_gids, numbers_of(user, "additionalGids", subject));
    if (member(user, "umask").is_number()) {
        ISOLAB_ASSIGN(spec.umask, id_of(user, "umask", subject));
    }
    return {};
}

Result<void> parse_capabilities(const Json& document, RuntimeSpec& spec, const std::string& subject) {
    if (!document.is_object())
        return {};
    CapabilitySets sets;
    ISOLAB_ASSIGN(sets.bounding, strings_of(document, "bounding", subject));
    ISOLAB_ASSIGN(sets.effective, strings_of(document, "effective", subject));
    ISOLAB_ASSIGN(sets.permitted, strings_of(document, "permitted", subject));
    ISOLAB_ASSIGN(sets.inheritable, strings_of(document, "inheritable", subject));
    ISOLAB_ASSIGN(sets.ambient, strings_of(document, "ambient", subject));
    spec.capabilities = std::move(sets);
    return {};
}

Result<void> parse_process(const Json& process, RuntimeSpec& spec, const std::string& subject) {
    if (!process.is_object())
        return bad(subject, "\"process\" is missing");
    for (const char* key :
         {"terminal", "scheduler", "ioPriority", "execCPUAffinity", "apparmorProfile", "selinuxLabel"})
        if (is_filled(member(process, key)))
            return unsupported(subject, std::string("process.") + key);
    ISOLAB_ASSIGN(spec.process.args, strings_of(process, "args", subject));
    ISOLAB_ASSIGN(spec.process.env, strings_of(process, "env", subject));
    ISOLAB_ASSIGN(spec.process.cwd, json_string(process, "cwd", subject));
    if (spec.process.args.empty() || spec.process.args.front().empty())
        return bad(subject, "\"process.args\" names no command");
    if (!spec.process.cwd.starts_with("/"))
        return bad(subject, "\"process.cwd\" is not an absolute path");
    ISOLAB_TRY(parse_user(member(process, "user"), spec.process, spec, subject));
    ISOLAB_TRY(parse_capabilities(member(process, "capabilities"), spec, subject));
    spec.no_new_privileges = member(process, "noNewPrivileges") == Json(true);
    if (const auto adjustment = signed_of(process, "oomScoreAdj"))
        spec.oom_score_adj = static_cast<int>(*adjustment);
    for (const Json& limit : member(process, "rlimits")) {
        ISOLAB_ASSIGN(std::string type, json_string(limit, "type", subject));
        ISOLAB_ASSIGN(const auto soft, json_optional_unsigned(limit, "soft", subject));
        ISOLAB_ASSIGN(const auto hard, json_optional_unsigned(limit, "hard", subject));
        spec.rlimits.push_back({std::move(type), soft.value_or(0), hard.value_or(0)});
    }
    return {};
}

Result<void> parse_mounts(const Json& document, RuntimeSpec& spec, const std::string& subject) {
    for (const Json& entry : member(document, "mounts")) {
        Mount mount;
        ISOLAB_ASSIGN(mount.destination, json_string(entry, "destination", subject));
        ISOLAB_ASSIGN(const auto type, json_optional_string(entry, "type", subject));
        ISOLAB_ASSIGN(const auto source, json_optional_string(entry, "source", subject));
        ISOLAB_ASSIGN(mount.options, strings_of(entry, "options", subject));
        if (is_filled(member(entry, "uidMappings")) || is_filled(member(entry, "gidMappings")))
            return unsupported(subject, "an id-mapped mount");
        mount.type = type.value_or("");
        mount.source = source.value_or("");
        spec.mounts.push_back(std::move(mount));
    }
    return {};
}

struct NamespaceName {
    const char* type;
    bool NamespaceSet::*member;
};
constexpr std::array namespace_names{
    NamespaceName{"pid", &NamespaceSet::pid},       NamespaceName{"network", &NamespaceSet::network},
    NamespaceName{"mount", &NamespaceSet::mount},   NamespaceName{"ipc", &NamespaceSet::ipc},
    NamespaceName{"uts", &NamespaceSet::uts},       NamespaceName{"user", &NamespaceSet::user},
    NamespaceName{"cgroup", &NamespaceSet::cgroup},
};

constexpr std::array<std::string_view, 4> joinable_namespaces{"network", "ipc", "uts", "pid"};

Result<void> parse_joined(const std::string& type, const Json& path, RuntimeSpec& spec, const std::string& subject) {
    if (std::ranges::find(joinable_namespaces, type) == joinable_namespaces.end())
        return unsupported(subject, "joining an existing " + type + " namespace");
    if (!path.is_string() || !path.get<std::string>().starts_with("/"))
        return bad(subject, "the path of the " + type + " namespace is not an absolute path");
    spec.joined.push_back({type, path.get<std::string>()});
    return {};
}

Result<void> parse_namespaces(const Json& list, RuntimeSpec& spec, const std::string& subject) {
    std::set<std::string> seen;
    for (const Json& entry : list) {
        ISOLAB_ASSIGN(const std::string type, json_string(entry, "type", subject));
        if (!seen.insert(type).second)
            return bad(subject, "namespace \"" + type + "\" is listed twice");
        const auto* name = std::ranges::find_if(namespace_names, [&](const auto& one) { return type == one.type; });
        if (name == namespace_names.end())
            return unsupported(subject, "namespace \"" + type + "\"");
        if (is_filled(member(entry, "path")))
            ISOLAB_TRY(parse_joined(type, member(entry, "path"), spec, subject));
        else
            spec.namespaces.*name->member = true;
    }
    if (!spec.namespaces.mount)
        return unsupported(subject, "a container without a mount namespace of its own");
    return {};
}

/// Whether the container has a namespace that is not the caller's.
bool is_separate(const RuntimeSpec& spec, bool NamespaceSet::*which, std::string_view type) {
    return spec.namespaces.*which ||
           std::ranges::any_of(spec.joined, [&type](const JoinedNamespace& one) { return one.type == type; });
}

Result<std::vector<IdMapping>> parse_mappings(const Json& list, const std::string& subject) {
    std::vector<IdMapping> mappings;
    for (const Json& entry : list) {
        IdMapping mapping;
        ISOLAB_ASSIGN(mapping.container, id_of(entry, "containerID", subject));
        ISOLAB_ASSIGN(mapping.host, id_of(entry, "hostID", subject));
        ISOLAB_ASSIGN(mapping.size, id_of(entry, "size", subject));
        mappings.push_back(mapping);
    }
    return mappings;
}

Result<void> parse_resources(const Json& resources, CgroupResources& into, const std::string& subject) {
    for (const char* key : {"blockIO", "hugepageLimits", "rdma", "unified", "network"})
        if (is_filled(member(resources, key)))
            return unsupported(subject, std::string("linux.resources.") + key);
    const Json& memory = member(resources, "memory");
    const Json& cpu = member(resources, "cpu");
    if (is_filled(member(cpu, "cpus")) || is_filled(member(cpu, "mems")))
        return unsupported(subject, "linux.resources.cpu.cpus");
    into.memory_limit = signed_of(memory, "limit");
    into.memory_swap = signed_of(memory, "swap");
    into.cpu_quota = signed_of(cpu, "quota");
    into.pids_limit = signed_of(member(resources, "pids"), "limit");
    if (cpu.is_object()) {
        ISOLAB_ASSIGN(into.cpu_period, json_optional_unsigned(cpu, "period", subject));
        ISOLAB_ASSIGN(into.cpu_shares, json_optional_unsigned(cpu, "shares", subject));
    }
    return {};
}

Result<void> parse_devices(const Json& list, RuntimeSpec& spec, const std::string& subject) {
    for (const Json& entry : list) {
        ISOLAB_ASSIGN(std::string path, json_string(entry, "path", subject));
        ISOLAB_ASSIGN(const std::uint32_t major, id_of(entry, "major", subject));
        ISOLAB_ASSIGN(const std::uint32_t minor, id_of(entry, "minor", subject));
        if (member(entry, "type") != Json("c"))
            return unsupported(subject, "device " + path + ", which is not a character device,");
        spec.devices.push_back({std::move(path), major, minor});
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
        if (!is_separate(spec, scope->owner, scope->type))
            return bad(subject, "kernel parameter \"" + name + "\" needs a namespace of the container's own");
    }
    return {};
}

Result<void> parse_linux(const Json& section, RuntimeSpec& spec, const std::string& subject) {
    for (const char* key : {"intelRdt", "personality", "netDevices", "memoryPolicy", "timeOffsets", "mountLabel"})
        if (is_filled(member(section, key)))
            return unsupported(subject, std::string("linux.") + key);
    ISOLAB_TRY(parse_namespaces(member(section, "namespaces"), spec, subject));
    ISOLAB_ASSIGN(spec.uid_mappings, parse_mappings(member(section, "uidMappings"), subject));
    ISOLAB_ASSIGN(spec.gid_mappings, parse_mappings(member(section, "gidMappings"), subject));
    ISOLAB_ASSIGN(spec.masked_paths, strings_of(section, "maskedPaths", subject));
    ISOLAB_ASSIGN(spec.read_only_paths, strings_of(section, "readonlyPaths", subject));
    ISOLAB_TRY(parse_devices(member(section, "devices"), spec, subject));
    ISOLAB_TRY(parse_resources(member(section, "resources"), spec.resources, subject));
    ISOLAB_ASSIGN(spec.sysctls, texts_of(member(section, "sysctl"), "kernel parameter", subject));
    ISOLAB_TRY(check_sysctls(spec, subject));
    if (member(section, "cgroupsPath").is_string())
        spec.cgroups_path = member(section, "cgroupsPath").get<std::string>();
    if (is_filled(member(section, "seccomp")))
        spec.seccomp = member(section, "seccomp");
    return {};
}

} // namespace

Result<RuntimeSpec> parse_runtime_spec(const Json& document, const std::string& subject) {
    ISOLAB_ASSIGN(const std::string version, json_string(document, "ociVersion", subject));
    if (!version.starts_with("1."))
        return fail(ErrorKind::unsupported, "read runtime specification", subject, "its version is " + version);
    RuntimeSpec spec;
    for (const auto& hook : member(document, "hooks").items())
        if (is_filled(hook.value()))
            return unsupported(subject, "hook \"" + hook.key() + "\"");
    ISOLAB_ASSIGN(spec.root_path, json_string(member(document, "root"), "path", subject));
    spec.root_read_only = member(member(document, "root"), "readonly") == Json(true);
    ISOLAB_TRY(parse_process(member(document, "process"), spec, subject));
    ISOLAB_TRY(parse_mounts(document, spec, subject));
    if (member(document, "hostname").is_string())
        spec.hostname = member(document, "hostname").get<std::string>();
    ISOLAB_TRY(parse_linux(member(document, "linux"), spec, subject));
    ISOLAB_ASSIGN(spec.annotations, texts_of(member(document, "annotations"), "annotation", subject));
    if (!spec.hostname.empty() && !is_separate(spec, &NamespaceSet::uts, "uts"))
        return bad(subject, "\"hostname\" needs a uts namespace");
    return spec;
}

} // namespace isolab
