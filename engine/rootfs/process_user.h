// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"

namespace isolab {

/// The ids that a process of an image runs with.
struct ProcessUser {
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::vector<std::uint32_t> additional_gids; ///< sorted; without `gid`; empty when a group was given explicitly
    std::string home = "/";                     ///< from passwd(5); "/" for unknown ids
};

/// Looks up an image's "user[:group]" (OCI image spec 1.1, config.md, "User") in the text of its own /etc/passwd and
/// /etc/group; either may be empty. A name must exist there; a number need not. An empty text means root. A user
/// without a group gets the primary group and the memberships of its line in passwd, a plain number that passwd does
/// not know gets group 0.
///
/// Pure and strict: "1000:", ":5", "-1", "+1", blanks, and numbers of 2^32 - 1 or more (which chown(2) and
/// setuid(2) take for "unchanged") are invalid_argument; an unknown name is not_found. Malformed lines of
/// passwd and group are passed over, as the C library does.
Result<ProcessUser> resolve_user(std::string_view passwd, std::string_view group, std::string_view user_spec);

/// Looks up a group, by name or number, in the text of the image's /etc/group; errors as above.
Result<std::uint32_t> resolve_group(std::string_view group, std::string_view wanted);

} // namespace isolab
