// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/machine_image/boot_disk.h"

#include <array>
#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/random_id.h"
#include "engine/base/short_hash.h"
#include "engine/base/size.h"
#include "engine/base/unique_fd.h"
#include "virt/machine_image/grub_boot.h"
#include "virt/machine_image/image_tools.h"
#include "virt/storage/inode_fields.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t mebibyte_sectors = (1U << 20U) / sector_bytes;
constexpr std::uint64_t bios_first = mebibyte_sectors; ///< partitions begin at whole MiB
constexpr std::uint64_t efi_first = 2 * mebibyte_sectors;
constexpr std::uint64_t efi_mebibytes = 64; ///< the least that all firmwares take for FAT32
constexpr std::uint64_t root_first = efi_first + efi_mebibytes * mebibyte_sectors;
constexpr const char* make_verb = "make the disk";

/// What GRUB 2.06 can read: without the seed of checksums and the orphan file, which newer e2fsprogs add.
constexpr const char* root_features =
    "none,has_journal,ext_attr,resize_inode,dir_index,filetype,extent,64bit,flex_bg,sparse_super,large_file,huge_file,"
    "dir_nlink,extra_isize,metadata_csum";
constexpr const char* root_configuration = "[fs_types]\n\text4 = {\n\t\tblocksize = 4096\n\t\tinode_size = 256\n\t}\n";

const char* source_date() {
    return std::getenv("SOURCE_DATE_EPOCH"); // NOLINT(concurrency-mt-unsafe): never set by this program
}

/// A version 4 GUID.
Guid new_guid(const std::string& what) {
    std::string digits =
        source_date() != nullptr ? short_hash(what + source_date()) + short_hash(source_date() + what) : random_hex(32);
    digits[12] = '4';
    digits[16] = '8';
    return guid_of(digits);
}

std::uint64_t last_root_sector(std::uint64_t size) {
    return (size / sector_bytes - table_sectors) / mebibyte_sectors * mebibyte_sectors - 1;
}

Result<UniqueFd> new_sparse_file(const fs::path& path, std::uint64_t size) {
    UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!fd || ::ftruncate(fd.get(), static_cast<off_t>(size)) != 0)
        return fail_errno(errno, make_verb, path.string());
    return fd;
}

Result<void> write_at(const UniqueFd& fd, std::string_view bytes, std::uint64_t offset) {
    while (!bytes.empty()) {
        const ssize_t written = ::pwrite(fd.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0)
            return fail_errno(errno, make_verb);
        bytes.remove_prefix(static_cast<std::size_t>(written));
        offset += static_cast<std::uint64_t>(written);
    }
    return {};
}

/// Copies the data of `from` and leaves its holes out.
Result<void> copy_at(const fs::path& from, const UniqueFd& to, std::uint64_t offset, const StopToken& stop) {
    constexpr std::size_t piece = 16U << 20U;
    const UniqueFd fd(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd)
        return fail_errno(errno, make_verb, from.string());
    for (off_t at = ::lseek(fd.get(), 0, SEEK_DATA); at >= 0; at = ::lseek(fd.get(), at, SEEK_DATA)) {
        const off_t end = ::lseek(fd.get(), at, SEEK_HOLE);
        while (at < end) {
            ISOLAB_TRY(stop.check(make_verb));
            off_t place = static_cast<off_t>(offset) + at;
            const auto size = std::min<std::size_t>(piece, static_cast<std::size_t>(end - at));
            if (::copy_file_range(fd.get(), &at, to.get(), &place, size, 0) <= 0)
                return fail_errno(errno, make_verb, from.string());
        }
    }
    return errno == ENXIO ? Result<void>{} : fail_errno(errno, make_verb, from.string());
}

/// Metadata of ext4 with its journal, and some room to live.
Result<void> check_room(const BootDiskContent& content) {
    constexpr std::uint64_t spare = std::uint64_t{192} << 20U;
    ISOLAB_ASSIGN(const TreeSize tree, measure_tree(content.tree));
    const std::uint64_t wanted = tree.allocated + tree.allocated / 16 + spare + root_first * sector_bytes;
    if (content.size >= wanted)
        return {};
    return fail(ErrorKind::invalid_argument, make_verb, {},
                "the system takes " + mebibytes_text(wanted) + ", the disk has " + mebibytes_text(content.size),
                "Choose a larger --size");
}

Result<fs::path> make_root(const fs::path& work, const BootDiskContent& content, const StopToken& stop) {
    const fs::path root = work / "root.ext4";
    const fs::path configuration = work / "mke2fs.conf";
    const std::uint64_t sectors = last_root_sector(content.size) - root_first + 1;
    ISOLAB_TRY(write_file_atomically(configuration, root_configuration));
    ISOLAB_TRY(new_sparse_file(root, sectors * sector_bytes));
    ISOLAB_ASSIGN(const std::string program, find_image_tool(mke2fs));
    const std::string uuid = guid_text(content.identity.root_file_system);
    std::vector<std::string> variables{"MKE2FS_CONFIG=" + configuration.string()};
    if (source_date() != nullptr)
        variables.push_back(std::string("E2FSPROGS_FAKE_TIME=") + source_date());
    ISOLAB_TRY(check_image_tool({program,
                                 "-q",
                                 "-F",
                                 "-t",
                                 "ext4",
                                 "-b",
                                 "4096",
                                 "-I",
                                 "256",
                                 "-O",
                                 root_features,
                                 "-E",
                                 "root_owner=0:0,hash_seed=" + uuid,
                                 "-U",
                                 uuid,
                                 "-L",
                                 "root",
                                 "-d",
                                 content.tree.string(),
                                 root.string()},
                                stop, {}, variables));
    ISOLAB_TRY(correct_inodes(root, DiskContent(content.tree, content.owners), !content.owners.empty(),
                              Ext4Tools(configuration), stop));
    return root;
}

Result<fs::path> make_efi_partition(const fs::path& work, const BootDiskContent& content, const StopToken& stop) {
    const fs::path partition = work / "efi.vfat";
    const fs::path folder = work / "EFI";
    ISOLAB_TRY(new_sparse_file(partition, efi_mebibytes << 20U));
    ISOLAB_TRY(make_directories(folder / "BOOT"));
    std::error_code error;
    fs::copy_file(content.tree / "boot/grub/x86_64-efi/core.efi", folder / "BOOT/BOOTX64.EFI", error);
    if (error)
        return fail_errno(error.value(), "use GRUB's image for UEFI", "core.efi");
    ISOLAB_ASSIGN(const std::string make, find_image_tool(mkfs_vfat));
    ISOLAB_ASSIGN(const std::string copy, find_image_tool(mcopy));
    ISOLAB_TRY(check_image_tool({make, "-F", "32", "-s", "1", "-n", "EFI", "-i",
                                 fmt::format("{:08x}", content.identity.efi_volume), partition.string()},
                                stop));
    ISOLAB_TRY(check_image_tool({copy, "-s", "-i", partition.string(), folder.string(), "::"}, stop));
    return partition;
}

Result<void> write_boot_code(const UniqueFd& disk, const fs::path& grub) {
    ISOLAB_ASSIGN(const std::string boot_image, read_file(grub / "boot.img"));
    ISOLAB_ASSIGN(std::string core_image, read_file(grub / "core.img"));
    ISOLAB_ASSIGN(const std::string code, grub_boot_code(boot_image, bios_first));
    ISOLAB_ASSIGN(const std::string core, grub_core_sectors(std::move(core_image), bios_first, efi_first - bios_first));
    ISOLAB_TRY(write_at(disk, code, 0));
    return write_at(disk, core, bios_first * sector_bytes);
}

} // namespace

DiskIdentity DiskIdentity::make(const std::string& what) {
    DiskIdentity identity{new_guid(what + "disk"), new_guid(what + "bios"),        new_guid(what + "efi"),
                          new_guid(what + "root"), new_guid(what + "file system"), 0};
    for (const std::uint8_t byte :
         {identity.efi_partition[0], identity.efi_partition[1], identity.efi_partition[2], identity.efi_partition[3]})
        identity.efi_volume = identity.efi_volume << 8U | byte;
    return identity;
}

std::string volume_text(std::uint32_t volume) { return fmt::format("{:04X}-{:04X}", volume >> 16U, volume & 0xFFFFU); }

Result<fs::path> make_boot_disk(const fs::path& work, const BootDiskContent& content, const StopToken& stop) {
    ISOLAB_TRY(check_room(content));
    ISOLAB_ASSIGN(const fs::path root, make_root(work, content, stop));
    ISOLAB_ASSIGN(const fs::path efi, make_efi_partition(work, content, stop));
    const fs::path path = work / "disk.raw";
    ISOLAB_ASSIGN(const UniqueFd disk, new_sparse_file(path, content.size));
    const DiskIdentity& identity = content.identity;
    const GptBytes table = gpt_bytes(
        content.size / sector_bytes, identity.disk,
        {{guid_of(bios_boot_type), identity.bios_partition, bios_first, efi_first - 1, "bios"},
         {guid_of(efi_system_type), identity.efi_partition, efi_first, root_first - 1, "efi"},
         {guid_of(linux_root_type), identity.root_partition, root_first, last_root_sector(content.size), "root"}});
    ISOLAB_TRY(write_at(disk, table.head, 0));
    ISOLAB_TRY(write_at(disk, table.tail, content.size - table.tail.size()));
    ISOLAB_TRY(write_boot_code(disk, content.tree / "boot/grub/i386-pc"));
    ISOLAB_TRY(copy_at(efi, disk, efi_first * sector_bytes, stop));
    ISOLAB_TRY(copy_at(root, disk, root_first * sector_bytes, stop));
    return path;
}

} // namespace isolab
