// SPDX-License-Identifier: GPL-3.0-or-later
//
// Partition tables of disks with sectors of 512 bytes: the GUID partition table (UEFI specification 2.10, chapter 5)
// is written and read, the older one in the master boot record only read. Everything here is pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"

namespace isolab {

inline constexpr std::uint64_t sector_bytes = 512;
/// Sectors that a table of 128 entries takes at the beginning of a disk, with the master boot record; at the end it is
/// one less.
inline constexpr std::uint64_t table_sectors = 34;

/// 16 bytes in the order in which they lie on a disk: the first three groups of the text are turned around.
using Guid = std::array<std::uint8_t, 16>;

/// From "C12A7328-F81F-11D2-BA4B-00A0C93EC93B", of which every digit must be there; all zero otherwise.
Guid guid_of(std::string_view text);
std::string guid_text(const Guid& guid); ///< lower case

/// Types of partitions: for the code that a BIOS starts, for UEFI, and for the root of Linux on this processor
/// (the discoverable partitions specification).
inline constexpr std::string_view bios_boot_type = "21686148-6449-6E6F-744E-656564454649";
inline constexpr std::string_view efi_system_type = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B";
inline constexpr std::string_view linux_root_type = "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709";

struct Partition {
    Guid type{};
    Guid id{};
    std::uint64_t first = 0; ///< sector
    std::uint64_t last = 0;  ///< sector, still part of it
    std::string name;        ///< ASCII, at most 36 characters
};

/// A table's two copies. The head begins with the master boot record, whose first 440 bytes are zero: boot code goes
/// there.
struct GptBytes {
    std::string head; ///< sectors 0 to 33
    std::string tail; ///< the last 33 sectors of the disk
};

/// The table of a disk of so many sectors. Partitions lie between the copies and do not overlap; at most 128.
GptBytes gpt_bytes(std::uint64_t sectors, const Guid& disk, const std::vector<Partition>& partitions);

/// What a disk says about itself.
struct PartitionTable {
    bool boot_code = false;            ///< there is something for a BIOS to execute
    bool efi_system = false;           ///< there is a partition for UEFI
    std::uint64_t end = 0;             ///< sectors that the disk must have at least
    std::vector<Partition> partitions; ///< of the GPT; none of an older table
};

/// Reads the table in the first `table_sectors` of a disk. corrupt: `subject` has none, or one that is damaged.
Result<PartitionTable> read_partition_table(std::string_view head, const std::string& subject);

} // namespace isolab
