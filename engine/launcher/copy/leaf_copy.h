// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <sys/stat.h>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"
#include "engine/launcher/copy/copy_rules.h"
#include "engine/rootfs/file_copy.h"

namespace isolab::launcher {

/// Copies what is no directory: `source` (O_PATH) with its `status`, to a name that may exist and is replaced in one
/// step then. Sockets, and devices where the rules leave them out, are passed over with a warning.
Result<void> copy_leaf(const UniqueFd& source, const struct stat& status, const FilePlace& target,
                       const CopyRules& rules);

/// Owner, mode, attributes and times of `source` for the open file or directory `target`. `shown` is for errors.
Result<void> give_attributes(const UniqueFd& source, const struct stat& status, int target, const CopyRules& rules,
                             const std::string& shown);

/// The file of a descriptor as a path, also of one that is O_PATH only. In a mount namespace with a /proc that can be
/// trusted.
std::string path_of_descriptor(int fd);

} // namespace isolab::launcher
