// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runtime_client/id_ranges.h"

#include <array>
#include <charconv>
#include <sstream>

#include <pwd.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"

namespace isolab {
namespace {

std::optional<std::uint32_t> to_number(const std::string& text) {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

std::string user_name(uid_t uid) {
    std::array<char, 4096> buffer{};
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr)
        return {};
    return found->pw_name;
}

std::vector<IdMapping> with_range(std::uint32_t own, std::pair<std::uint32_t, std::uint32_t> range) {
    return {{0, own, 1}, {1, range.first, range.second}};
}

} // namespace

std::optional<std::pair<std::uint32_t, std::uint32_t>>
find_subordinate_range(std::string_view table, const std::string& user, std::uint32_t user_id) {
    std::istringstream lines{std::string(table)};
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string owner;
        std::string first;
        std::string count;
        if (!std::getline(fields, owner, ':') || !std::getline(fields, first, ':') || !std::getline(fields, count))
            continue;
        if ((user.empty() || owner != user) && owner != std::to_string(user_id))
            continue;
        if (const auto begin = to_number(first), size = to_number(count); begin && size && *size > 0)
            return std::pair(*begin, *size);
    }
    return std::nullopt;
}

Result<UserMappings> choose_user_mappings(const ProcessSpec& process) {
    const uid_t uid = ::geteuid();
    const gid_t gid = ::getegid();
    const UserMappings own_ids{{{0, uid, 1}}, {{0, gid, 1}}};
    const bool is_root = process.uid == 0 && process.gid == 0;
    const std::string name = user_name(uid);
    const auto uids = find_subordinate_range(read_file("/etc/subuid").value_or(""), name, uid);
    const auto gids = find_subordinate_range(read_file("/etc/subgid").value_or(""), name, uid);
    const bool has_ranges = find_program("newuidmap") && find_program("newgidmap") && uids && gids;
    if (!has_ranges && is_root)
        return own_ids; // without its further groups; the launcher warns
    if (!has_ranges)
        return fail(
            ErrorKind::unavailable, "run as user", std::to_string(process.uid),
            "an ordinary user can give a container only the user id 0",
            "Install the package uidmap and add a range for this user to /etc/subuid and /etc/subgid, or run as root");
    return UserMappings{with_range(uid, *uids), with_range(gid, *gids)};
}

} // namespace isolab
