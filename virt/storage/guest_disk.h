// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "engine/base/file_owner.h"

namespace isolab {

/// What a disk is made from. A tree of a caller without privilege cannot show the owners; then `owners` does.
struct DiskContent {
    std::filesystem::path tree;
    FileOwners owners;
    DiskContent(std::filesystem::path from, FileOwners belonging = {}) // NOLINT: a tree alone is content, too
        : tree(std::move(from)), owners(std::move(belonging)) {}
};

/// A root file system as a disk, made once per image.
struct GuestDisk {
    std::filesystem::path path; ///< raw ext4, never written after it was made
    std::string digest;         ///< the image's digest it was made from
    std::uint64_t logical = 0;  ///< bytes
    std::uint64_t allocated = 0;
    std::uint64_t block_size = 0; ///< bytes, of its file system
    std::uint64_t inode = 0;      ///< of the file: another one may take its place
    std::string replaced;         ///< what was wrong with a former one, when this one had to be made in its place
};

} // namespace isolab
