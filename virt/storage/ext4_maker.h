// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>

#include "engine/base/error.h"
#include "engine/base/file_tree.h"
#include "engine/base/stop.h"
#include "virt/storage/guest_disk.h"

namespace isolab {

inline constexpr std::uint32_t ext4_block = 4096; ///< bytes

/// Bytes that a disk for a tree gets: its content in blocks, inodes, and room for the workload to write
/// (at least 256 MiB). The room costs nothing until it is used. Pure.
std::uint64_t disk_size_for(const TreeSize& tree) noexcept;

/// Makes `folder`/disk, an ext4 file system without journal that holds the tree, with mke2fs(8) and debugfs(8) of
/// e2fsprogs; nothing is mounted. Blocks of 4 KiB, inodes of 256 bytes and the list of features are ours: neither
/// mke2fs.conf(5) nor the environment of this process counts. `folder` is empty and for this alone; what else is made
/// there may stay. Owners and modes are the tree's; from a caller without privilege, whose trees are all his own, those
/// of content.owners, or root's.
///
/// no_space: where the folder lies. Otherwise the cause is the one that e2fsprogs tell, with the file that they were
/// at.
Result<std::filesystem::path> make_ext4(const std::filesystem::path& folder, const DiskContent& content,
                                        const TreeSize& size, const StopToken& stop);

} // namespace isolab
