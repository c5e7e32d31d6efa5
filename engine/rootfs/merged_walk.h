// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/rootfs/merged_tree.h"

namespace isolab {

/// A walk through all that is visible below a merged directory, at the caller's pace, so that two can go side by side:
/// directories before their content, names of one directory in the order of their bytes. Depth costs memory, but only a
/// fixed number of levels is open at a time. One thread; `root` outlives it.
class MergedWalk {
  public:
    static Result<MergedWalk> begin(const MergedDirectory& root);

    /// An entry on the way; pointers are valid until the next call.
    struct Step {
        std::string path; ///< relative to the root
        const MergedDirectory::Entry* entry = nullptr;
        bool leaving = false; ///< a directory again, after its content
    };

    /// Empty at the end.
    Result<std::optional<Step>> next();

    /// The directory that next() just gave; null when it was removed meanwhile, as a running container does.
    Result<const MergedDirectory*> content();

    /// Passes over the content of the directory that next() just gave; leaving it is still a step.
    void skip_content() noexcept { go_down_ = false; }

  private:
    struct Level {
        std::string name;
        std::string prefix;
        std::optional<MergedDirectory> directory; ///< empty: closed, or the root
        std::vector<MergedDirectory::Entry> entries;
        std::size_t next = 0;
    };

    explicit MergedWalk(const MergedDirectory& root) : root_(&root) {}
    const MergedDirectory& directory(std::size_t depth) const;
    const MergedDirectory::Entry& last() const { return levels_.back().entries[levels_.back().next - 1]; }
    Result<void> descend();
    Result<void> open_again();

    const MergedDirectory* root_;
    std::vector<Level> levels_;
    std::optional<MergedDirectory> entered_; ///< the directory that was just met, if it was asked for
    bool go_down_ = false;                   ///< the last step was a directory whose content comes next
    bool leave_ = false;                     ///< its content was passed over
};

} // namespace isolab
