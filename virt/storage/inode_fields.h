// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "engine/base/error.h"
#include "engine/base/stop.h"
#include "virt/storage/ext4_tools.h"
#include "virt/storage/guest_disk.h"

namespace isolab {

/// Sets with debugfs(8) what mke2fs(8) did not take over from content.tree to the ext4 disk `disk`: times that need
/// more than 32 bits, which e2fsprogs before 1.47.1 cut, and, when `owners` is set because a caller without privilege
/// made the tree, the owners of all files: owner and mode of content.owners, for others user and group 0. Where
/// attributes are too large for an inode, e2fsck(8) counts their blocks, which mke2fs 1.47.0 forgets. Nothing is
/// mounted.
Result<void> correct_inodes(const std::filesystem::path& disk, const DiskContent& content, bool owners,
                            const Ext4Tools& tools, const StopToken& stop);

} // namespace isolab
