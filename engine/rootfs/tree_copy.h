// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "engine/base/progress.h"
#include "engine/base/stop.h"
#include "engine/rootfs/merged_tree.h"

namespace isolab {

enum class CopyMode {
    link, ///< hard-link files where the file system allows it, so the copy must not be written to
    copy, ///< independent files; shared extents where the file system can (copy_file_range(2))
};

/// Writes merged layers as one ordinary tree into `target` (must not exist), with owners, modes, times, extended
/// attributes (except overlayfs's own), device nodes, holes, and hard links inside the image kept. A failure removes
/// `target` again. Owners are kept as far as this user may (root: all).
Result<void> copy_merged_tree(const MergedDirectory& source, const std::filesystem::path& target, CopyMode mode,
                              ProgressSink& progress, const StopToken& stop);

} // namespace isolab
