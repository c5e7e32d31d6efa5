// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>

#include <sys/stat.h>

#include "engine/base/error.h"
#include "engine/base/file_owner.h"
#include "engine/rootfs/file_copy.h"

namespace isolab {

/// Names and values of extended attributes (xattr(7)).
using Xattrs = std::map<std::string, std::string>;

/// Everything that makes a file what it is, its content apart.
struct FileFacts {
    FileOwner owner; ///< as the image's users see it
    struct stat status {};
    std::string link; ///< target of a symbolic link
    Xattrs xattrs;    ///< without those that overlayfs obeys, and without labels of this host's SELinux policy
};

/// Attributes of a file that is never followed. Empty for a file that has gone meanwhile and on file systems without
/// attributes.
Result<Xattrs> read_xattrs(const FilePlace& place);

/// Target of a symbolic link.
Result<std::string> read_link(const FilePlace& place);

/// True when two files differ in type, mode, owner, link target, device number, extended attributes or, of regular
/// files, size. Not looked at: content, times, number of names, size of directories.
bool differ_in_kind(const FileFacts& one, const FileFacts& other);

/// Times are the same when their seconds are, and either has no fraction: archives often keep none.
bool same_time(const timespec& one, const timespec& other) noexcept;

/// True when two regular files hold the same bytes. A file that has gone or became another meanwhile differs; one that
/// this user may not read is permission_denied.
Result<bool> same_content(const FilePlace& one, const FilePlace& other);

} // namespace isolab
