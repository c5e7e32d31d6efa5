// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>

#include "engine/base/error.h"
#include "virt/storage/disk_format.h"

namespace isolab {

/// Writes an empty qcow2 file of `size` bytes (a multiple of 512) on top of the file `base`: version 3, clusters
/// of 64 KiB (QEMU's docs/interop/qcow2.txt). The file is sparse and takes a few KiB until the guest writes.
/// `base` is stored as given and should be absolute, at most 1023 bytes. Fails when `path` exists.
Result<void> create_qcow2_overlay(const std::filesystem::path& path, const std::filesystem::path& base,
                                  std::uint64_t size, DiskFormat base_format = DiskFormat::raw);

} // namespace isolab
