// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "engine/base/error.h"
#include "engine/base/file_owner.h"
#include "engine/base/stop.h"
#include "virt/machine_image/partition_table.h"

namespace isolab {

/// Names that do not repeat: of the disk, its partitions and its file systems.
struct DiskIdentity {
    Guid disk{};
    Guid bios_partition{};
    Guid efi_partition{};
    Guid root_partition{};
    Guid root_file_system{};
    std::uint32_t efi_volume = 0;

    /// New ones at each call; when SOURCE_DATE_EPOCH is set, the same for it and `what`.
    static DiskIdentity make(const std::string& what);
};

/// "1234-ABCD", as it is shown and as /etc/fstab names it.
std::string volume_text(std::uint32_t volume);

/// What a disk that boots is made of. GRUB's images lie in the tree: boot/grub/i386-pc/{boot,core}.img and
/// boot/grub/x86_64-efi/core.efi.
struct BootDiskContent {
    std::filesystem::path tree; ///< the root file system
    FileOwners owners;          ///< of its files, where the tree is one of a caller without privilege
    DiskIdentity identity;
    std::uint64_t size = 0; ///< bytes of the disk, whole MiB
};

/// Makes `work`/disk.raw: a GPT disk that both firmwares boot, with GRUB in a BIOS boot partition, in an EFI system
/// partition and the tree in an ext4 file system, by mke2fs(8), debugfs(8), mkfs.vfat(8) and mcopy(1). Needs neither
/// privilege nor loop devices; nothing is mounted. `work` is for this alone. invalid_argument when the tree does not
/// fit into the size.
Result<std::filesystem::path> make_boot_disk(const std::filesystem::path& work, const BootDiskContent& content,
                                             const StopToken& stop);

} // namespace isolab
