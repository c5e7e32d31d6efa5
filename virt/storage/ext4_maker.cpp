// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/storage/ext4_maker.h"

#include <array>
#include <cerrno>
#include <csignal>

#include <unistd.h>

#include "virt/storage/ext4_tools.h"
#include "virt/storage/inode_fields.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t mebibyte = 1U << 20U;
constexpr std::uint64_t inode_size = 256;
constexpr std::uint64_t room_to_write = 256 * mebibyte;
constexpr std::uint64_t spare_inodes = 4096;

/// What mke2fs.conf of e2fsprogs gives to ext4, less the journal, and ea_inode for attributes larger than a block,
/// which images may have from file systems that keep them. Beginning with nothing, so that no configuration adds to it.
constexpr const char* features =
    "none,ext_attr,resize_inode,dir_index,filetype,extent,64bit,flex_bg,ea_inode,sparse_super,"
    "large_file,huge_file,dir_nlink,extra_isize,metadata_csum";

/// The names of the types keep mke2fs from warning that they are unknown; what they say is said by options as well.
constexpr std::string_view configuration = "[fs_types]\n"
                                           "\text4 = {\n\t\tblocksize = 4096\n\t\tinode_size = 256\n\t}\n"
                                           "\tisolab = {\n\t\tblocksize = 4096\n\t\tinode_size = 256\n\t}\n";

std::uint64_t inodes_for(const TreeSize& tree) noexcept { return tree.entries + tree.entries / 4 + spare_inodes; }

Result<std::vector<std::string>> mke2fs_command(const fs::path& disk, const fs::path& tree, const TreeSize& size) {
    ISOLAB_ASSIGN(std::string program, find_ext4_tool("mke2fs"));
    return std::vector<std::string>{std::move(program),
                                    "-q",
                                    "-F",
                                    "-t",
                                    "ext4",
                                    "-T",
                                    "isolab",
                                    "-m0",
                                    "-b",
                                    std::to_string(ext4_block),
                                    "-I",
                                    std::to_string(inode_size),
                                    "-O",
                                    features,
                                    "-E",
                                    "root_owner=0:0,lazy_itable_init=0",
                                    "-N",
                                    std::to_string(inodes_for(size)),
                                    "-d",
                                    tree.string(),
                                    disk.string(),
                                    std::to_string(disk_size_for(size) / 1024) + "k"};
}

/// A container shows no such folder. Last of all, since e2fsck(8) makes it again.
Result<void> remove_lost_and_found(const fs::path& disk, const fs::path& tree, const Ext4Tools& tools,
                                   const StopToken& stop) {
    std::error_code error;
    if (fs::symlink_status(tree / "lost+found", error).type() != fs::file_type::not_found)
        return {}; // the image's own
    ISOLAB_ASSIGN(std::string debugfs, find_ext4_tool("debugfs"));
    return tools.run({std::move(debugfs), "-w", "-R", "rmdir lost+found", disk.string()}, stop);
}

} // namespace

std::uint64_t disk_size_for(const TreeSize& tree) noexcept {
    // Each entry wastes at most one block; indirect blocks and directories are covered by the eighth on top.
    const std::uint64_t content = tree.logical + tree.entries * ext4_block;
    const std::uint64_t wanted = content + content / 8 + inodes_for(tree) * inode_size + room_to_write;
    return (wanted + mebibyte - 1) / mebibyte * mebibyte;
}

Result<fs::path> make_ext4(const fs::path& folder, const DiskContent& content, const TreeSize& size,
                           const StopToken& stop) {
    const fs::path disk = folder / "disk";
    const Ext4Tools tools(folder / "mke2fs.conf");
    ISOLAB_TRY(write_file_atomically(tools.configuration(), configuration));
    ISOLAB_TRY(write_file_atomically(disk, {})); // mke2fs would make it by the umask
    ISOLAB_ASSIGN(const std::vector<std::string> command, mke2fs_command(disk, content.tree, size));
    ISOLAB_TRY(tools.run(command, stop));
    ISOLAB_TRY(correct_inodes(disk, content, ::geteuid() != 0 || !content.owners.empty(), tools, stop));
    ISOLAB_TRY(remove_lost_and_found(disk, content.tree, tools, stop));
    return disk;
}

} // namespace isolab
