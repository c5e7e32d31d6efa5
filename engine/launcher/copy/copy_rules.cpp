// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/copy/copy_rules.h"

#include <optional>

#include <unistd.h>

namespace isolab::launcher {
namespace {

std::optional<std::uint32_t> to_host(const std::vector<IdMapping>& map, std::uint32_t id) {
    if (map.empty())
        return id;
    for (const IdMapping& line : map)
        if (id >= line.container && id - line.container < line.size)
            return line.host + (id - line.container);
    return std::nullopt;
}

std::optional<std::uint32_t> to_container(const std::vector<IdMapping>& map, std::uint32_t id) {
    if (map.empty())
        return id;
    for (const IdMapping& line : map)
        if (id >= line.host && id - line.host < line.size)
            return line.container + (id - line.host);
    return std::nullopt;
}

} // namespace

CopyRules::Owner CopyRules::default_owner() const {
    if (in_user_namespace)
        return {0, 0}; // the caller outside
    if (!into_container)
        return {::geteuid(), ::getegid()};
    return {to_host(uids, 0).value_or(0), to_host(gids, 0).value_or(0)};
}

CopyRules::Owner CopyRules::owner_of(const struct stat& source) const {
    const Owner usual = default_owner();
    if (!keep_all || (!into_container && in_user_namespace))
        return usual;
    if (!into_container)
        return {to_container(uids, source.st_uid).value_or(source.st_uid),
                to_container(gids, source.st_gid).value_or(source.st_gid)};
    if (!in_user_namespace)
        return {to_host(uids, source.st_uid).value_or(usual.uid), to_host(gids, source.st_gid).value_or(usual.gid)};
    // Seen from inside, so first what the number is outside; that is the number it keeps, if the container has it.
    const auto uid = to_host(uids, source.st_uid);
    const auto gid = to_host(gids, source.st_gid);
    return {uid && to_host(uids, *uid) ? *uid : usual.uid, gid && to_host(gids, *gid) ? *gid : usual.gid};
}

mode_t CopyRules::permissions_of(const struct stat& source) const {
    if (into_container && keep_all)
        return source.st_mode & 07777U;
    return source.st_mode & (S_ISDIR(source.st_mode) ? 01777U : 00777U);
}

bool CopyRules::keeps_attribute(std::string_view name) const {
    if (name.starts_with("trusted.overlay.") || name.starts_with("user.overlay."))
        return false;
    return name.starts_with("user.") || (into_container && keep_all && name != "security.selinux");
}

} // namespace isolab::launcher
