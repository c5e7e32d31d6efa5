// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace isolab {

/// What a file belongs to in an image when the file on disk cannot say so.
struct FileOwner {
    std::uint32_t mode = 0; ///< st_mode: type and 07777 bits
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
};

/// By path relative to the root of a tree; "." is the root itself.
using FileOwners = std::map<std::string, FileOwner>;

} // namespace isolab
