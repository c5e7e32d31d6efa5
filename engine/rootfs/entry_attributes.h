// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/image/tar_reader.h"

namespace isolab {

/// Gives a file that was just made its owner (only when `keep_owner`), mode, extended attributes and time, in the order
/// in which the kernel does not undo them again (chown(2) clears set-user-id bits and capabilities).
/// Attributes that this user or file system may not set (EPERM, ENOTSUP) are left out; names below trusted.overlay.
/// and user.overlay. always are, because overlayfs would obey them. `name` is never followed when it is a symlink.
/// Without `keep_owner` directories become at least 0700 and files 0400, so that their owner can read them.
Result<void> apply_attributes(int directory, const std::string& name, const TarEntry& entry, bool keep_owner);

/// The same through a descriptor of the file itself.
Result<void> apply_attributes(int fd, const TarEntry& entry, bool keep_owner);

/// permissions that a file gets on disk without `keep_owner`.
mode_t readable_permissions(const TarEntry& entry) noexcept;

} // namespace isolab
