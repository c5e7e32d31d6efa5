// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <sys/stat.h>

#include "engine/base/error.h"

namespace isolab {

/// A name in a directory.
struct FilePlace {
    int directory = -1;
    std::string name;
};

/// Writes the first `size` bytes of one open file into another, which is empty; holes stay holes. `name` is for errors.
/// corrupt when the file became shorter meanwhile.
Result<void> copy_content(int from, int to, off_t size, const std::string& name);

/// Makes `to` (must not exist) an independent copy of `from`, which is no directory: content with its holes, or the
/// symbolic link, fifo or device node. `status` is what fstatat(2) told about `from`. Attributes are not copied.
/// False when this user may not make such a node (device nodes without privilege).
Result<bool> copy_file(const FilePlace& from, const struct stat& status, const FilePlace& to);

/// Gives `to` the owner, mode, extended attributes and times of `from`; owners as far as this user may.
/// Attributes that overlayfs obeys are left out.
Result<void> copy_attributes(const FilePlace& from, const struct stat& status, const FilePlace& to);

} // namespace isolab
