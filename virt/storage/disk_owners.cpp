// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/storage/disk_owners.h"

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

/// debugfs reads a quoted word up to the next quote and knows no escapes, nor line ends.
bool can_be_quoted(const std::string& path) { return path.find_first_of("\"\n") == std::string::npos; }

std::string owner_commands(const std::string& path, const FileOwners& owners) {
    if (!can_be_quoted(path))
        return {};
    const auto known = owners.find(path);
    const FileOwner owner = known != owners.end() ? known->second : FileOwner{};
    const std::string set = "set_inode_field \"/" + path + "\" ";
    std::string script =
        set + "uid " + std::to_string(owner.uid) + "\n" + set + "gid " + std::to_string(owner.gid) + "\n";
    if (owner.mode != 0)
        script += set + "mode " + std::to_string(owner.mode) + "\n";
    return script;
}

std::string owner_commands(const DiskContent& content) {
    std::string script = owner_commands(".", content.owners);
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(content.tree, error))
        script += owner_commands(entry.path().lexically_relative(content.tree).string(), content.owners);
    return script;
}

} // namespace

Result<void> set_disk_owners(const fs::path& disk, const DiskContent& content, const StopToken& stop) {
    const fs::path script = disk.string() + ".owners";
    ISOLAB_TRY(write_file_atomically(script, owner_commands(content)));
    const auto done = run_checked({"debugfs", "-w", "-f", script.string(), disk.string()}, stop);
    ISOLAB_TRY(remove_tree(script));
    if (!done)
        return fail(done.error().within("set the owners on the disk", disk.string()));
    return {};
}

} // namespace isolab
