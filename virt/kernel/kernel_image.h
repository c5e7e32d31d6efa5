// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace isolab {

/// True when `elf` is a 64 bit ELF file with the note that names a PVH entry point (Xen, XEN_ELFNOTE_PHYS32_ENTRY):
/// QEMU then starts it directly, without decompression. `elf` may be any bytes.
bool has_pvh_entry(std::string_view elf) noexcept;

/// True for a file in the x86 boot protocol (Documentation/arch/x86/boot.rst), a "bzImage".
bool is_boot_image(std::string_view image) noexcept;

/// Release text of a boot image, e.g. "6.1.0-56-cloud-amd64"; empty when it carries none.
std::string boot_image_release(std::string_view image);

/// The kernel proper out of a boot image of protocol 2.08 or later, whatever it was compressed with.
/// corrupt when `image` is cut or something else. `subject` names it in errors.
Result<std::string> extract_kernel(std::string_view image, const std::string& subject);

} // namespace isolab
