// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/kernel/cpio_archive.h"

#include <array>
#include <cstdio>

#include <sys/stat.h>

namespace isolab {

void CpioArchive::directory(std::string_view path) { add({path, {}, S_IFDIR | 0755U}); }

void CpioArchive::file(std::string_view path, std::string_view content, std::uint32_t mode) {
    add({path, content, S_IFREG | mode});
}

void CpioArchive::character_device(std::string_view path, std::uint32_t major, std::uint32_t minor) {
    add({path, {}, S_IFCHR | 0600U, major, minor});
}

std::string CpioArchive::finish() {
    add({"TRAILER!!!", {}, 0});
    return std::move(bytes_);
}

void CpioArchive::add(const Entry& entry) {
    const auto pad = [this] { bytes_.append((4 - bytes_.size() % 4) % 4, '\0'); };
    // inode, mode, uid, gid, links, mtime, size, device (2), special device (2), name size, checksum
    const std::array<std::uint32_t, 13> fields{next_inode_++,
                                               entry.mode,
                                               0,
                                               0,
                                               1,
                                               0,
                                               static_cast<std::uint32_t>(entry.content.size()),
                                               0,
                                               0,
                                               entry.major,
                                               entry.minor,
                                               static_cast<std::uint32_t>(entry.path.size() + 1),
                                               0};
    bytes_ += "070701";
    for (const std::uint32_t field : fields) {
        std::array<char, 9> text{};
        std::snprintf(text.data(), text.size(), "%08X", field);
        bytes_ += text.data();
    }
    bytes_.append(entry.path).push_back('\0');
    pad();
    bytes_.append(entry.content);
    pad();
}

} // namespace isolab
