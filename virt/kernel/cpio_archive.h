// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace isolab {

/// Writes an initial file system for Linux: cpio, "newc" format, uncompressed (initramfs buffer format of the kernel's
/// documentation). Everything belongs to root; times are zero, so equal content gives equal bytes.
class CpioArchive {
  public:
    void directory(std::string_view path);
    void file(std::string_view path, std::string_view content, std::uint32_t mode = 0644);
    void character_device(std::string_view path, std::uint32_t major, std::uint32_t minor);

    /// Writes the end mark and gives the archive; nothing may be added afterwards.
    std::string finish();

  private:
    struct Entry {
        std::string_view path;
        std::string_view content;
        std::uint32_t mode = 0, major = 0, minor = 0;
    };
    void add(const Entry& entry);
    std::string bytes_;
    std::uint32_t next_inode_ = 1;
};

} // namespace isolab
