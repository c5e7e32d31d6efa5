// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"
#include "engine/launcher/copy/copy_rules.h"
#include "engine/rootfs/file_copy.h"

namespace isolab::launcher {

/// Copies the file or tree `source` (a descriptor, O_PATH is enough) to `target`, by descriptors only: what others do
/// to names meanwhile can neither lead it out of the two trees nor make it wait. No symbolic link is followed. A file
/// that exists is replaced in one step; a directory is merged with one that exists, whose
/// attributes stay unless the rules keep all.
/// Sockets are left out, and kernel file systems (proc, sysfs, …) that are mounted in the tree.
/// already_exists: a directory where a file is to be, or the reverse. invalid_argument: a directory into itself.
Result<void> copy_tree(const UniqueFd& source, const FilePlace& target, const CopyRules& rules);

/// The same with what is in the directory `source`, into the directory `target`.
Result<void> copy_tree_content(const UniqueFd& source, const UniqueFd& target, const CopyRules& rules);

} // namespace isolab::launcher
