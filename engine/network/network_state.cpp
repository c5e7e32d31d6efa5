// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/network_state.h"

#include <cerrno>

#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/network/attachment_records.h"
#include "engine/network/state_records.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

Result<void> remove_file(const fs::path& path) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
        return fail_errno(errno, "remove", path.string());
    return {};
}

fs::path record_path(const fs::path& folder, const char* kind, const std::string& name) {
    return folder / kind / (name + ".json");
}

} // namespace

Result<NetworkState> NetworkState::open(const fs::path& folder) {
    ISOLAB_TRY(make_private_directory(folder));
    for (const char* name : {"networks", "attachments", "leases", "netns"})
        ISOLAB_TRY(make_directories(folder / name));
    return NetworkState(folder);
}

Result<std::vector<NetworkSpec>> NetworkState::networks() const {
    return read_records<NetworkSpec>(folder_ / "networks", network_from_json);
}

Result<std::optional<NetworkSpec>> NetworkState::find_network(const std::string& name) const {
    ISOLAB_TRY(check_network_name(name, "network"));
    return read_record<NetworkSpec>(record_path(folder_, "networks", name), network_from_json);
}

Result<void> NetworkState::save(const NetworkSpec& network) const {
    return write_file_atomically(record_path(folder_, "networks", network.name), to_json(network).dump(2), 0600, true);
}

Result<void> NetworkState::forget_network(const std::string& name) {
    ISOLAB_TRY(leases_.forget(name));
    return remove_file(record_path(folder_, "networks", name));
}

Result<std::vector<Attachment>> NetworkState::attachments() const { return read_attachments(folder_ / "attachments"); }

Result<std::optional<Attachment>> NetworkState::find_attachment(const std::string& container) const {
    ISOLAB_TRY(check_network_name(container, "container"));
    return read_record<Attachment>(record_path(folder_, "attachments", container), attachment_from_json);
}

Result<void> NetworkState::save(const Attachment& attachment) const {
    return write_file_atomically(record_path(folder_, "attachments", attachment.container), to_json(attachment).dump(2),
                                 0600);
}

Result<void> NetworkState::forget_attachment(const std::string& container) const {
    return remove_file(record_path(folder_, "attachments", container));
}

Result<void> NetworkState::tidy_up() const {
    for (const char* name : {"networks", "attachments", "leases", "."}) {
        std::error_code failed;
        for (const auto& entry : fs::directory_iterator(folder_ / name, failed))
            if (entry.path().filename().string().find(".json.") != std::string::npos) // of write_file_atomically()
                ISOLAB_TRY(remove_file(entry.path()));
    }
    return {};
}

Result<HostChanges> NetworkState::host_changes() const {
    ISOLAB_ASSIGN(const auto changes,
                  read_record<HostChanges>(
                      folder_ / "host.json", [](const Json& json, const std::string&) -> Result<HostChanges> {
                          const auto set = [&](const char* key) { return json.value(key, Json(false)) == Json(true); };
                          return HostChanges{set("forwarding4"), set("forwarding6")};
                      }));
    return changes.value_or(HostChanges{});
}

Result<void> NetworkState::save(const HostChanges& changes) const {
    if (changes == HostChanges{})
        return remove_file(folder_ / "host.json");
    const Json json{{"forwarding4", changes.forwarding4}, {"forwarding6", changes.forwarding6}};
    return write_file_atomically(folder_ / "host.json", json.dump(), 0600, true);
}

Result<RulesMark> NetworkState::rules_mark() const {
    ISOLAB_ASSIGN(
        const auto mark,
        read_record<RulesMark>(
            folder_ / "rules.json", [](const Json& json, const std::string& file) -> Result<RulesMark> {
                ISOLAB_ASSIGN(const auto generation, json_optional_unsigned(json, "generation", file));
                return RulesMark{json.value("boot", std::string()), static_cast<std::uint32_t>(generation.value_or(0))};
            }));
    return mark.value_or(RulesMark{});
}

Result<void> NetworkState::save(const RulesMark& mark) const {
    return write_file_atomically(folder_ / "rules.json",
                                 Json{{"boot", mark.boot}, {"generation", mark.generation}}.dump(), 0600);
}

} // namespace isolab
