// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/progress.h"
#include "engine/base/stop.h"
#include "virt/storage/guest_disk.h"

namespace isolab {

/// A disk that lies in the folder, whatever became of it.
struct StoredDisk {
    std::filesystem::path path;
    std::string digest; ///< of the image it was made from, as its name tells
    std::uint64_t allocated = 0;
    std::optional<Error> trouble; ///< why it is not used: damaged, or of another version
};

/// Disks of images: `FOLDER/<digest with '-' for ':'>.ext4`, raw ext4 without journal (make_ext4()), each made once and
/// never written again. Safe between processes, and against power cuts: a disk is made in a folder of its own, flushed
/// and renamed. That it is as it was written is looked at whenever it is asked for. It may be removed at any time, as
/// machines that run keep it open. Needs no privilege, and neither QEMU nor libvirt.
class GuestImages {
  public:
    explicit GuestImages(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// not_found: it was not made yet, or by another version; corrupt: it is damaged, as the error tells.
    Result<GuestDisk> find(const std::string& digest) const;

    /// Gives the disk, made from `content` unless it is there; in the place of one that is damaged, which
    /// GuestDisk::replaced tells then. Reports progress as task "make-disk". corrupt names a file that is damaged again
    /// as soon as it was written.
    Result<GuestDisk> make(const DiskContent& content, const std::string& digest, ProgressSink& progress,
                           const StopToken& stop);

    /// Every disk in the folder, by name.
    Result<std::vector<StoredDisk>> list() const;

    /// Removes the disks of all images but those with the digests `kept`, and what processes that were killed left;
    /// gives those that were removed.
    Result<std::vector<StoredDisk>> remove_all_but(const std::set<std::string>& kept) const;

    /// Removes what processes that were killed left half made.
    Result<void> remove_abandoned() const;

  private:
    Result<GuestDisk> make_anew(const DiskContent& content, const std::string& digest, ProgressSink& progress,
                                const StopToken& stop);
    std::filesystem::path path_of(const std::string& digest) const;
    std::filesystem::path folder_;
};

/// Removes a disk that a guest could not use, so that it is made again; not another one that has taken its place.
Result<void> discard_disk(const GuestDisk& disk);

} // namespace isolab
