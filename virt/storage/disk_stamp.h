// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"
#include "virt/storage/guest_disk.h"

namespace isolab {

/// Writes to the 1024 bytes in front of the superblock, which ext4 leaves to boot loaders and a guest does not look at,
/// what the disk was made from, in which layout, and how it is (FileStamp). For a disk that is complete.
Result<void> stamp_disk(const UniqueFd& disk, const std::string& digest, const std::string& shown);

/// Whether a disk is as it was stamped for an image; some tens of microseconds, nothing is mounted. not_found: there is
/// none, or one that another version of Isolab made, in another layout. corrupt: it is damaged; the error names the
/// file and tells how.
Result<GuestDisk> examine_disk(const std::filesystem::path& path, const std::string& digest);

} // namespace isolab
