// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/json.h"
#include "engine/runtime/linux_json.h"
#include "engine/runtime/process_json.h"
#include "engine/runtime/resources_json.h"
#include "engine/runtime/spec_json.h"

namespace isolab {
namespace {

Json mounts_to_json(const std::vector<Mount>& mounts) {
    Json list = Json::array();
    for (const Mount& mount : mounts) {
        Json entry{{"destination", mount.destination}, {"type", mount.type}, {"source", mount.source}};
        if (!mount.options.empty())
            entry["options"] = mount.options;
        if (!mount.uid_mappings.empty())
            entry["uidMappings"] = id_mappings_to_json(mount.uid_mappings);
        if (!mount.gid_mappings.empty())
            entry["gidMappings"] = id_mappings_to_json(mount.gid_mappings);
        list.push_back(std::move(entry));
    }
    return list;
}

Json hook_to_json(const Hook& hook) {
    Json entry{{"path", hook.path}};
    if (!hook.args.empty())
        entry["args"] = hook.args;
    if (!hook.env.empty())
        entry["env"] = hook.env;
    if (hook.timeout)
        entry["timeout"] = hook.timeout->count();
    return entry;
}

Json hooks_to_json(const Hooks& hooks) {
    Json document = Json::object();
    for (std::size_t i = 0; i < hooks.lists.size(); ++i)
        for (const Hook& hook : hooks.lists[i])
            document[std::string(hook_point_names[i])].push_back(hook_to_json(hook));
    return document;
}

} // namespace

Json runtime_spec_to_json(const RuntimeSpec& spec) {
    Json document;
    document["ociVersion"] = "1.0.2";
    document["process"] = runtime_process_to_json(spec.process);
    document["root"] = {{"path", spec.root_path}, {"readonly", spec.root_read_only}};
    if (!spec.hostname.empty())
        document["hostname"] = spec.hostname;
    if (!spec.domainname.empty())
        document["domainname"] = spec.domainname;
    document["mounts"] = mounts_to_json(spec.mounts);
    document["linux"] = linux_section_to_json(spec);
    if (!spec.resources.empty())
        document["linux"]["resources"] = resources_to_json(spec.resources);
    if (Json hooks = hooks_to_json(spec.hooks); !hooks.empty())
        document["hooks"] = std::move(hooks);
    if (!spec.annotations.empty())
        document["annotations"] = spec.annotations;
    return document;
}

} // namespace isolab
