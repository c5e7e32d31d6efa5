// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "engine/base/json.h"
#include "engine/runtime/linux_json.h"
#include "engine/runtime/process_json.h"
#include "engine/runtime/resources_json.h"
#include "engine/runtime/spec_fields.h"
#include "engine/runtime/spec_json.h"

namespace isolab {
namespace {

using namespace spec;

Result<void> parse_mounts(const Json& document, RuntimeSpec& spec, const std::string& subject) {
    ISOLAB_ASSIGN(const Json* list, list_of(document, "mounts", subject));
    for (const Json& entry : *list) {
        Mount mount;
        ISOLAB_ASSIGN(mount.destination, json_string(entry, "destination", subject));
        ISOLAB_ASSIGN(mount.type, text_of(entry, "type", subject));
        ISOLAB_ASSIGN(mount.source, text_of(entry, "source", subject));
        ISOLAB_ASSIGN(mount.options, strings_of(entry, "options", subject));
        ISOLAB_ASSIGN(mount.uid_mappings, parse_id_mappings(entry, "uidMappings", subject));
        ISOLAB_ASSIGN(mount.gid_mappings, parse_id_mappings(entry, "gidMappings", subject));
        if (mount.uid_mappings.empty() != mount.gid_mappings.empty())
            return bad(subject, "mount " + mount.destination + " maps only one of uids and gids");
        spec.mounts.push_back(std::move(mount));
    }
    return {};
}

Result<Hook> parse_hook(const Json& entry, const std::string& subject) {
    Hook hook;
    ISOLAB_ASSIGN(hook.path, json_string(entry, "path", subject));
    ISOLAB_ASSIGN(hook.args, strings_of(entry, "args", subject));
    ISOLAB_ASSIGN(hook.env, strings_of(entry, "env", subject));
    if (!hook.path.starts_with("/"))
        return bad(subject, "the path of hook \"" + hook.path + "\" is not absolute");
    if (!member(entry, "timeout").is_null()) {
        ISOLAB_ASSIGN(const std::int64_t seconds, signed_of(entry, "timeout", subject, 1, INT32_MAX));
        hook.timeout = std::chrono::seconds(seconds);
    }
    return hook;
}

Result<Hooks> parse_hooks(const Json& document, const std::string& subject) {
    Hooks hooks;
    for (const auto& [name, list] : document.items()) {
        const auto point = std::ranges::find(hook_point_names, name) - hook_point_names.begin();
        if (point == static_cast<std::ptrdiff_t>(hook_point_names.size()) || !list.is_array())
            return bad(subject, "\"hooks\" has no list \"" + name + "\"");
        for (const Json& entry : list) {
            ISOLAB_ASSIGN(Hook hook, parse_hook(entry, subject));
            hooks.lists[static_cast<std::size_t>(point)].push_back(std::move(hook));
        }
    }
    return hooks;
}

} // namespace

Result<RuntimeSpec> parse_runtime_spec(const Json& document, const std::string& subject) {
    ISOLAB_ASSIGN(const std::string version, json_string(document, "ociVersion", subject));
    if (!version.starts_with("1.") && !version.starts_with("0.")) // drafts of 1.0: what differs is refused by its name
        return fail(ErrorKind::unsupported, "read runtime specification", subject, "its version is " + version);
    RuntimeSpec spec;
    ISOLAB_ASSIGN(spec.root_path, json_string(member(document, "root"), "path", subject));
    ISOLAB_ASSIGN(spec.root_read_only, flag_of(member(document, "root"), "readonly", subject));
    ISOLAB_ASSIGN(spec.process, parse_runtime_process(member(document, "process"), subject));
    ISOLAB_TRY(parse_mounts(document, spec, subject));
    ISOLAB_ASSIGN(spec.hostname, text_of(document, "hostname", subject));
    ISOLAB_ASSIGN(spec.domainname, text_of(document, "domainname", subject));
    ISOLAB_TRY(parse_linux_section(member(document, "linux"), spec, subject));
    ISOLAB_ASSIGN(spec.resources, parse_resources(member(member(document, "linux"), "resources"), subject));
    ISOLAB_ASSIGN(spec.hooks, parse_hooks(member(document, "hooks"), subject));
    ISOLAB_ASSIGN(spec.annotations, texts_of(member(document, "annotations"), "annotation", subject));
    for (const auto& [key, name] : {std::pair("hostname", &spec.hostname), {"domainname", &spec.domainname}})
        if (!name->empty() && !spec.is_separate(&NamespaceSet::uts, "uts"))
            return bad(subject, std::string("\"") + key + "\" needs a uts namespace");
    return spec;
}

} // namespace isolab
