// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace isolab {

/// How a file holds a disk.
enum class DiskFormat : std::uint8_t { raw, qcow2 };

/// As QEMU and libvirt call it.
constexpr const char* disk_format_id(DiskFormat format) noexcept {
    return format == DiskFormat::qcow2 ? "qcow2" : "raw";
}

} // namespace isolab
