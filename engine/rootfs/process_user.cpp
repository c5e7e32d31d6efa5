// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/process_user.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace isolab {
namespace {

struct UserLine {
    std::string name;
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::string home;
};

struct GroupLine {
    std::string name;
    std::uint32_t gid = 0;
    std::vector<std::string_view> members;
};

bool is_numeric(std::string_view text) { return text.find_first_not_of("0123456789") == std::string_view::npos; }

std::optional<std::uint32_t> parse_id(std::string_view text) {
    std::uint32_t id = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), id);
    if (text.empty() || !is_numeric(text) || parsed.ec != std::errc{} ||
        id == std::numeric_limits<std::uint32_t>::max())
        return std::nullopt;
    return id;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const std::size_t end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos)
            return parts;
        text.remove_prefix(end + 1);
    }
}

std::vector<UserLine> parse_passwd(std::string_view text) {
    std::vector<UserLine> users;
    for (const std::string_view line : split(text, '\n')) {
        const auto fields = split(line, ':');
        if (fields.size() < 6)
            continue;
        const auto uid = parse_id(fields[2]);
        const auto gid = parse_id(fields[3]);
        if (uid && gid)
            users.push_back({std::string(fields[0]), *uid, *gid, std::string(fields[5])});
    }
    return users;
}

std::vector<GroupLine> parse_groups(std::string_view text) {
    std::vector<GroupLine> groups;
    for (const std::string_view line : split(text, '\n')) {
        const auto fields = split(line, ':');
        if (fields.size() < 4)
            continue;
        if (const auto gid = parse_id(fields[2]))
            groups.push_back({std::string(fields[0]), *gid, split(fields[3], ',')});
    }
    return groups;
}

tl::unexpected<Error> invalid(std::string_view spec, const char* cause) {
    return fail(ErrorKind::invalid_argument, "use user", "\"" + std::string(spec) + "\"", cause,
                "Write USER or USER:GROUP, each a name or a number below 4294967295");
}

/// Letters of a name as useradd(8) and real images have them.
bool is_name(std::string_view text) {
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.' || c == '$';
    };
    return !text.empty() && text.front() != '-' && std::ranges::all_of(text, allowed);
}

Result<std::optional<std::uint32_t>> number_or_name(std::string_view part, std::string_view spec) {
    if (!part.empty() && is_numeric(part)) {
        const auto id = parse_id(part);
        if (!id)
            return invalid(spec, "the number is too large");
        return id;
    }
    if (!is_name(part))
        return invalid(spec, part.empty() ? "a part of it is empty" : "it is neither a name nor a number");
    return std::optional<std::uint32_t>{};
}

std::vector<std::uint32_t> memberships(const std::vector<GroupLine>& groups, const std::string& user,
                                       std::uint32_t primary) {
    std::vector<std::uint32_t> gids;
    for (const GroupLine& group : groups)
        if (group.gid != primary && std::ranges::find(group.members, user) != group.members.end())
            gids.push_back(group.gid);
    std::ranges::sort(gids);
    gids.erase(std::unique(gids.begin(), gids.end()), gids.end());
    return gids;
}

Result<std::uint32_t> group_among(const std::vector<GroupLine>& groups, std::string_view part, std::string_view spec) {
    ISOLAB_ASSIGN(const auto number, number_or_name(part, spec));
    if (number)
        return *number;
    const auto found = std::ranges::find(groups, part, &GroupLine::name);
    if (found == groups.end())
        return fail(ErrorKind::not_found, "use group", std::string(part), "the image's /etc/group does not have it");
    return found->gid;
}

} // namespace

Result<ProcessUser> resolve_user(std::string_view passwd, std::string_view group, std::string_view user_spec) {
    const std::size_t colon = user_spec.find(':');
    const std::string_view user_part = user_spec.empty() ? "0" : user_spec.substr(0, colon);
    ISOLAB_ASSIGN(const auto number, number_or_name(user_part, user_spec));
    const auto users = parse_passwd(passwd);
    const auto groups = parse_groups(group);
    const auto found = std::ranges::find_if(
        users, [&](const UserLine& user) { return number ? user.uid == *number : user.name == user_part; });
    if (found == users.end() && !number)
        return fail(ErrorKind::not_found, "use user", std::string(user_part),
                    "the image's /etc/passwd does not have it");
    ProcessUser result;
    result.uid = found != users.end() ? found->uid : *number;
    if (found != users.end()) {
        result.gid = found->gid;
        result.home = found->home.empty() ? "/" : found->home;
    }
    if (colon != std::string_view::npos) {
        ISOLAB_ASSIGN(result.gid, group_among(groups, user_spec.substr(colon + 1), user_spec));
    } else if (found != users.end()) {
        result.additional_gids = memberships(groups, found->name, result.gid);
    }
    return result;
}

Result<std::uint32_t> resolve_group(std::string_view group, std::string_view wanted) {
    return group_among(parse_groups(group), wanted, wanted);
}

} // namespace isolab
