// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/base/file_tree.h"
#include "engine/base/progress.h"
#include "engine/base/stop.h"
#include "virt/storage/guest_disk.h"

namespace isolab {

/// Disks of images: `FOLDER/<digest with '-' for ':'>.ext4`, raw ext4 without journal, each made once and never
/// written again. Safe between processes: a disk is made beside its place and renamed.
class GuestImages {
  public:
    explicit GuestImages(std::filesystem::path folder) : folder_(std::move(folder)) {}

    std::optional<GuestDisk> find(const std::string& digest) const;

    /// Runs mke2fs(8) with the tree as content. Reports progress as task "make-disk". Owners and modes are the
    /// tree's; from a caller without privilege, whose trees are all his own, those of content.owners, or root's.
    Result<GuestDisk> make(const DiskContent& content, const std::string& digest, ProgressSink& progress,
                           const StopToken& stop);

  private:
    std::filesystem::path path_of(const std::string& digest) const;
    std::filesystem::path folder_;
};

/// Bytes that a disk for a tree gets: its content in blocks, inodes, and room for the workload to write
/// (at least 256 MiB). The room costs nothing until it is used. Pure.
std::uint64_t disk_size_for(const TreeSize& tree) noexcept;

} // namespace isolab
