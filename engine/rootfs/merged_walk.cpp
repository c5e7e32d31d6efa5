// SPDX-License-Identifier: GPL-3.0-or-later
#include <optional>

#include "engine/rootfs/merged_tree.h"

namespace isolab {
namespace {

constexpr std::size_t most_open = 16; ///< levels; each holds one descriptor per layer

/// The directories from the root to where the walk is.
class Walk {
  public:
    Walk(const MergedDirectory& root, const MergedVisitor& visit, const MergedVisitor& leave)
        : root_(root), visit_(visit), leave_(leave) {}

    Result<void> begin() {
        levels_.emplace_back();
        ISOLAB_ASSIGN(levels_.back().entries, root_.list());
        return {};
    }

    bool done() const noexcept { return levels_.empty(); }

    /// Visits the next entry, or goes back to the directory above.
    Result<void> step() {
        if (levels_.back().next == levels_.back().entries.size())
            return go_up();
        const MergedDirectory::Entry& entry = levels_.back().entries[levels_.back().next++];
        const std::string path = levels_.back().prefix + entry.name;
        ISOLAB_TRY(visit_(path, entry));
        return S_ISDIR(entry.status.st_mode) ? go_down(entry.name, path + "/") : Result<void>{};
    }

  private:
    struct Level {
        std::string name;
        std::string prefix;
        std::optional<MergedDirectory> directory; ///< empty: closed, or the root
        std::vector<MergedDirectory::Entry> entries;
        std::size_t next = 0;
    };

    const MergedDirectory& directory(std::size_t depth) const { return depth == 0 ? root_ : *levels_[depth].directory; }

    Result<void> go_down(const std::string& name, std::string prefix) {
        Result<MergedDirectory> below = directory(levels_.size() - 1).enter(name);
        if (!below && below.error().kind == ErrorKind::not_found)
            return {}; // removed meanwhile in a running container's uppermost layer
        if (!below)
            return fail(std::move(below).error());
        Level level{name, std::move(prefix), std::move(*below), {}, 0};
        ISOLAB_ASSIGN(level.entries, level.directory->list());
        levels_.push_back(std::move(level));
        if (levels_.size() > most_open + 1)
            levels_[levels_.size() - 1 - most_open].directory.reset();
        return {};
    }

    Result<void> go_up() {
        levels_.pop_back();
        if (levels_.empty())
            return {};
        if (levels_.size() > 1 && !levels_.back().directory)
            ISOLAB_TRY(open_again());
        const MergedDirectory::Entry& entry = levels_.back().entries[levels_.back().next - 1];
        return leave_ ? leave_(levels_.back().prefix + entry.name, entry) : Result<void>{};
    }

    /// Opens the last levels again, by their names from the root.
    Result<void> open_again() {
        const std::size_t first = levels_.size() > most_open ? levels_.size() - most_open : 1;
        std::optional<MergedDirectory> passing;
        for (std::size_t depth = 1; depth < levels_.size(); ++depth) {
            const MergedDirectory& above = passing ? *passing : directory(depth - 1);
            ISOLAB_ASSIGN(MergedDirectory below, above.enter(levels_[depth].name));
            if (depth < first) {
                passing = std::move(below);
                continue;
            }
            passing.reset();
            for (MergedDirectory::Entry& entry : levels_[depth].entries)
                entry.directory = below.in_layer(entry.layer);
            levels_[depth].directory = std::move(below);
        }
        return {};
    }

    const MergedDirectory& root_;
    const MergedVisitor& visit_;
    const MergedVisitor& leave_;
    std::vector<Level> levels_;
};

} // namespace

Result<void> walk_merged(const MergedDirectory& root, const MergedVisitor& visit, const MergedVisitor& leave,
                         const StopToken& stop) {
    Walk walk(root, visit, leave);
    ISOLAB_TRY(stop.check("walk the image's files"));
    ISOLAB_TRY(walk.begin());
    for (std::uint64_t steps = 1; !walk.done(); ++steps) {
        if (steps % 64 == 0)
            ISOLAB_TRY(stop.check("walk the image's files"));
        ISOLAB_TRY(walk.step());
    }
    return {};
}

} // namespace isolab
