// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include "engine/rootfs/merged_tree.h"

namespace isolab {

/// Content of one regular file of merged layers. Symbolic links are followed inside the image only: "/" and ".." end at
/// the merged root. not_found, invalid_argument for what is no regular file, corrupt beyond `limit` bytes or after
/// 40 symbolic links (path_resolution(7)).
Result<std::string> read_merged_file(const MergedDirectory& root, const std::string& path, std::uint64_t limit);

/// A directory of merged layers other than the root, its links followed in the same way. not_found when there is
/// nothing; invalid_argument for a file and for the root.
Result<MergedDirectory> open_merged_directory(const MergedDirectory& root, const std::string& path);

} // namespace isolab
