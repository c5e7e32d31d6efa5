// SPDX-License-Identifier: GPL-3.0-or-later
//
// The file-descriptor based mount interface of Linux 5.12 and later (fsopen(2), open_tree(2), mount_setattr(2),
// move_mount(2)) with errors that name the mount, and safe lookup of targets below a root.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"
#include "engine/rootfs/mount_plan.h"

namespace isolab::launcher {

/// A new, detached instance of a file system. `data` are "key=value" or "flag" parameters, `target` is for errors.
Result<UniqueFd> new_file_system(const std::string& type, const std::vector<std::string>& data,
                                 std::uint64_t attributes, const std::string& target);

/// A detached copy of the mount at `path` relative to `directory` (AT_FDCWD for host paths; "" for `directory` itself),
/// not following a final symbolic link.
Result<UniqueFd> clone_mount(int directory, const std::string& path, bool recursive);

/// The same of a host path that a caller gave as the source of a bind mount: a link is followed, as mount(2) does.
Result<UniqueFd> clone_source(const std::string& path, bool recursive);

/// Adds MOUNT_ATTR_* to a detached mount.
Result<void> add_attributes(const UniqueFd& mount, std::uint64_t attributes, bool recursive, const std::string& shown);

/// Sets and clears what a step asks for, on a bind mount or on what is mounted already.
Result<void> change_attributes(const UniqueFd& mount, const MountStep& step);

/// Sets MS_SHARED, MS_SLAVE, MS_PRIVATE or MS_UNBINDABLE.
Result<void> set_propagation(const UniqueFd& mount, std::uint64_t flag, bool recursive, const std::string& shown);

/// Makes the mount on which `path` lies private, so that what is mounted at `path` stays in this namespace.
Result<void> make_parent_private(const std::string& path);

/// Puts a detached mount onto what `target` refers to.
Result<void> attach_mount(const UniqueFd& mount, const UniqueFd& target, const std::string& shown);

/// Mounts the root as planned at plan.root_path and returns a descriptor of its top directory.
Result<UniqueFd> mount_root(const MountPlan& plan);

/// A directory below `root`, made with its parents (mode 0755) when it is missing; where a link leads nowhere, what it
/// says is made, inside the root. A path that leads through a file is an error.
Result<UniqueFd> make_directory_in(const UniqueFd& root, const std::string& path);

/// A regular file below `root`, made empty when it is missing.
Result<UniqueFd> make_file_in(const UniqueFd& root, const std::string& path);

/// Hides paths: directories behind an empty read-only directory, files behind /dev/null. Missing ones are skipped.
Result<void> mask_paths(const UniqueFd& root, const std::vector<std::string>& paths);

/// Makes paths and everything mounted below them read-only. Missing ones are skipped.
Result<void> make_read_only(const UniqueFd& root, const std::vector<std::string>& paths);

} // namespace isolab::launcher
