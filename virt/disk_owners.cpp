// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/disk_owners.h"

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

/// debugfs reads a quoted word up to the next quote and knows no escapes, nor line ends.
bool can_be_quoted(const std::string& path) { return path.find_first_of("\"\n") == std::string::npos; }

std::string owner_commands(const fs::path& tree) {
    std::string script;
    std::error_code error;
    for (const auto& entry : fs::recursive_directory_iterator(tree, error)) {
        const std::string path = "/" + entry.path().lexically_relative(tree).string();
        if (!can_be_quoted(path))
            continue;
        script += "set_inode_field \"" + path + "\" uid 0\n";
        script += "set_inode_field \"" + path + "\" gid 0\n";
    }
    return script;
}

} // namespace

Result<void> set_disk_owners(const fs::path& disk, const fs::path& tree, const StopToken& stop) {
    const fs::path script = disk.string() + ".owners";
    ISOLAB_TRY(write_file_atomically(script, owner_commands(tree)));
    const auto done = run_checked({"debugfs", "-w", "-f", script.string(), disk.string()}, stop);
    ISOLAB_TRY(remove_tree(script));
    if (!done)
        return fail(done.error().within("set the owners on the disk", disk.string()));
    return {};
}

} // namespace isolab
