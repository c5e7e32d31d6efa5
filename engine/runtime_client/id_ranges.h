// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/process_spec.h"
#include "engine/runtime/runtime_spec.h"

namespace isolab {

/// The ids of a container that an ordinary user starts.
struct UserMappings {
    std::vector<IdMapping> uids;
    std::vector<IdMapping> gids;
};

/// The first range of subuid(5) for a user, by name or number: {first id, count}.
std::optional<std::pair<std::uint32_t, std::uint32_t>>
find_subordinate_range(std::string_view table, const std::string& user_name, std::uint32_t user_id);

/// Root inside is the caller outside, and the others are the user's whole range where there is one: processes change to
/// other users, files to other owners. A process that runs as another user, or in further groups, needs a range of ids
/// from /etc/subuid and /etc/subgid and the program newuidmap; unavailable tells how to get them.
Result<UserMappings> choose_user_mappings(const ProcessSpec& process);

} // namespace isolab
