// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/stop.h"
#include "engine/rootfs/tree_view.h"

namespace isolab {

enum class ChangeKind { added, changed, deleted };

struct TreeChange {
    ChangeKind kind = ChangeKind::changed;
    std::string path; ///< "/etc/passwd"

    bool operator==(const TreeChange&) const = default;
};

struct TreeCompareOptions {
    /// A file that differs in its time alone counts as changed, as `docker diff` has it; otherwise its content decides,
    /// which suits images that were built at different times. Times of directories count in the same way.
    bool times = true;
};

/// How `after` differs from `before`, as `docker diff` tells it: every added file, also in added directories; a
/// deleted directory without what was in it; directories above a change as changed. Compared are type, mode, owner,
/// size, time, link target, device number and extended attributes, and the content of files of one size that differ in
/// time or of which a container has a copy of its own over its image. "/" itself is not listed.
/// Sorted by path, directories before their content. Directories that both show through the same layers are not read.
Result<std::vector<TreeChange>> tree_changes(const TreeView& before, const TreeView& after,
                                             const TreeCompareOptions& options, const StopToken& stop);

/// One path on the way through two trees.
struct Difference {
    std::optional<ChangeKind> kind;   ///< empty: the same, but inside a replaced directory
    std::string path;                 ///< relative to the root
    const FileFacts* after = nullptr; ///< null for deleted
    FilePlace place;                  ///< in `after`; of regular files only, valid during the call
    bool replaced = false;            ///< a directory that hides all of its former content
    bool inside_replaced = false;
};

/// The same with more about each path than the list has. `visit` may end the walk by an Error.
Result<void> walk_differences(const TreeView& before, const TreeView& after, const TreeCompareOptions& options,
                              const std::function<Result<void>(const Difference&)>& visit, const StopToken& stop);

} // namespace isolab
