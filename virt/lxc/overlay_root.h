// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

#include "engine/base/error.h"

namespace isolab {

/// The root of a container as overlayfs makes it, or a complete tree. A value; who makes the directories owns them.
struct OverlayRoot {
    std::vector<std::filesystem::path> lowers; ///< uppermost first; empty: `root` is complete
    std::filesystem::path upper;
    std::filesystem::path work;
    std::filesystem::path root; ///< where it is mounted
};

/// Mounts it in the calling thread's mount namespace; nothing for a complete tree. Directories are named by
/// descriptors, which are short and need no escapes: mount(2) takes one page of options.
Result<void> mount_overlay(const OverlayRoot& root);

/// Takes it off again, at once also while others use it.
Result<void> unmount_overlay(const OverlayRoot& root);

} // namespace isolab
