// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/storage/inode_fields.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <limits>

#include <sys/stat.h>
#include <sys/xattr.h>

#include "engine/base/file_tree.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

/// debugfs reads a quoted word up to the next quote and knows no escapes, nor line ends.
bool can_be_quoted(const std::string& path) { return path.find_first_of("\"\n") == std::string::npos; }

std::string set_field(const std::string& path, const char* field, const std::string& value) {
    return "set_inode_field \"/" + path + "\" " + field + " " + value + "\n";
}

std::string owner_commands(const std::string& path, const FileOwners& owners) {
    const auto known = owners.find(path);
    const FileOwner owner = known != owners.end() ? known->second : FileOwner{};
    std::string script =
        set_field(path, "uid", std::to_string(owner.uid)) + set_field(path, "gid", std::to_string(owner.gid));
    if (owner.mode != 0)
        script += set_field(path, "mode", std::to_string(owner.mode));
    return script;
}

/// ext4 keeps 32 bits with a sign, and two more in the part of the inode that is beyond 128 bytes.
std::string time_commands(const std::string& path, std::int64_t seconds) {
    constexpr std::int64_t lowest = std::numeric_limits<std::int32_t>::min();
    constexpr std::int64_t epoch = std::int64_t{1} << 32U;
    if ((seconds >= lowest && seconds <= std::numeric_limits<std::int32_t>::max()) || seconds < lowest ||
        seconds >= lowest + 4 * epoch)
        return {};
    return set_field(path, "mtime", "@" + std::to_string(seconds)) +
           set_field(path, "mtime_extra", std::to_string((seconds - lowest) / epoch));
}

/// Whether an attribute is so large that ext4 may give it an inode of its own.
bool has_large_attribute(const fs::path& file) {
    constexpr ssize_t large = 1024;
    if (::llistxattr(file.c_str(), nullptr, 0) <= 0)
        return false;
    std::array<char, 65536> names{}; // XATTR_LIST_MAX
    const ssize_t size = ::llistxattr(file.c_str(), names.data(), names.size());
    for (const char* name = names.data(); name < names.data() + size; name += std::strlen(name) + 1)
        if (::lgetxattr(file.c_str(), name, nullptr, 0) > large)
            return true;
    return false;
}

/// What is to be done for a tree.
struct Corrections {
    std::string script; ///< for debugfs
    bool count_blocks = false;
};

void correct_one(const fs::path& file, const std::string& path, const FileOwners* owners, Corrections& corrections) {
    struct stat status {};
    corrections.count_blocks = corrections.count_blocks || has_large_attribute(file);
    if (!can_be_quoted(path) || ::lstat(file.c_str(), &status) != 0)
        return;
    if (owners != nullptr)
        corrections.script += owner_commands(path, *owners);
    corrections.script += time_commands(path, status.st_mtim.tv_sec);
}

Result<Corrections> corrections_for(const fs::path& tree, const FileOwners* owners) {
    Corrections corrections;
    correct_one(tree, ".", owners, corrections);
    std::error_code error;
    for (fs::recursive_directory_iterator it(tree, error), end; !error && it != end; it.increment(error))
        correct_one(it->path(), it->path().lexically_relative(tree).string(), owners, corrections);
    if (error)
        return fail_errno(error.value(), "list", tree.string());
    return corrections;
}

Result<void> run_script(const std::string& commands, const fs::path& disk, const Ext4Tools& tools,
                        const StopToken& stop) {
    ISOLAB_ASSIGN(const std::string debugfs, find_ext4_tool("debugfs"));
    const fs::path script = disk.string() + ".inodes";
    ISOLAB_TRY(write_file_atomically(script, commands));
    ISOLAB_TRY(tools.run({debugfs, "-w", "-f", script.string(), disk.string()}, stop));
    return remove_tree(script);
}

} // namespace

Result<void> correct_inodes(const fs::path& disk, const DiskContent& content, bool owners, const Ext4Tools& tools,
                            const StopToken& stop) {
    ISOLAB_ASSIGN(const Corrections wanted, corrections_for(content.tree, owners ? &content.owners : nullptr));
    if (!wanted.script.empty())
        ISOLAB_TRY(run_script(wanted.script, disk, tools, stop));
    if (!wanted.count_blocks)
        return {};
    ISOLAB_ASSIGN(const std::string e2fsck, find_ext4_tool("e2fsck"));
    return tools.run({e2fsck, "-f", "-p", disk.string()}, stop);
}

} // namespace isolab
