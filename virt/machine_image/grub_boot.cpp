// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/machine_image/grub_boot.h"

#include "virt/machine_image/partition_table.h"

namespace isolab {
namespace {

constexpr std::size_t boot_code_end = 440;     ///< then come the disk's signature and the partitions
constexpr std::size_t kernel_sector_at = 0x5C; ///< boot.img: where the core image begins
constexpr std::size_t drive_check_at = 0x66;   ///< boot.img: a jump around the drive that the BIOS named
constexpr std::size_t blocklist_at = 0x1F4;    ///< diskboot.img: the last of its lists of sectors
constexpr std::uint64_t load_segment = 0x820;  ///< where the rest goes: behind the first sector, which is at 0x8000

void put_little_endian(std::string& bytes, std::size_t at, std::uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i)
        bytes[at + i] = static_cast<char>(value >> (8U * i) & 0xFFU);
}

} // namespace

Result<std::string> grub_boot_code(const std::string& boot_image, std::uint64_t core_sector) {
    if (boot_image.size() != sector_bytes || !boot_image.ends_with("\x55\xAA"))
        return fail(ErrorKind::corrupt, "use GRUB's boot sector", "boot.img", "it is no boot sector");
    std::string code = boot_image.substr(0, boot_code_end);
    put_little_endian(code, kernel_sector_at, core_sector, 8);
    put_little_endian(code, drive_check_at, 0x9090, 2); // no jump: a hard disk, whatever a BIOS says
    return code;
}

Result<std::string> grub_core_sectors(std::string core_image, std::uint64_t core_sector, std::uint64_t room) {
    core_image.resize((core_image.size() + sector_bytes - 1) / sector_bytes * sector_bytes);
    const std::uint64_t sectors = core_image.size() / sector_bytes;
    if (sectors < 2 || sectors > room || sectors - 1 > 0xFFFF)
        return fail(ErrorKind::corrupt, "use GRUB's core image", "core.img",
                    "it has " + std::to_string(sectors) + " sectors, and there is room for " + std::to_string(room));
    put_little_endian(core_image, blocklist_at, core_sector + 1, 8);
    put_little_endian(core_image, blocklist_at + 8, sectors - 1, 2);
    put_little_endian(core_image, blocklist_at + 10, load_segment, 2);
    return core_image;
}

} // namespace isolab
