// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/merged_walk.h"

namespace isolab {
namespace {

constexpr std::size_t most_open = 16; ///< levels; each holds one descriptor per layer

} // namespace

Result<MergedWalk> MergedWalk::begin(const MergedDirectory& root) {
    MergedWalk walk(root);
    walk.levels_.emplace_back();
    ISOLAB_ASSIGN(walk.levels_.back().entries, root.list());
    return walk;
}

const MergedDirectory& MergedWalk::directory(std::size_t depth) const {
    return depth == 0 ? *root_ : *levels_[depth].directory;
}

Result<std::optional<MergedWalk::Step>> MergedWalk::next() {
    if (std::exchange(leave_, false)) {
        if (go_down_) {
            ISOLAB_TRY(descend());
        } else {
            entered_.reset();
            return std::optional(Step{levels_.back().prefix + last().name, &last(), true});
        }
    }
    if (levels_.empty())
        return std::optional<Step>{};
    Level& level = levels_.back();
    if (level.next < level.entries.size()) {
        const MergedDirectory::Entry& entry = level.entries[level.next++];
        go_down_ = leave_ = S_ISDIR(entry.status.st_mode);
        return std::optional(Step{level.prefix + entry.name, &entry, false});
    }
    levels_.pop_back();
    if (levels_.empty())
        return std::optional<Step>{};
    if (levels_.size() > 1 && !levels_.back().directory)
        ISOLAB_TRY(open_again());
    return std::optional(Step{levels_.back().prefix + last().name, &last(), true});
}

Result<const MergedDirectory*> MergedWalk::content() {
    if (!entered_) {
        Result<MergedDirectory> below = directory(levels_.size() - 1).enter(last().name);
        if (!below && below.error().kind == ErrorKind::not_found)
            return nullptr;
        if (!below)
            return fail(std::move(below).error());
        entered_ = std::move(*below);
    }
    return &*entered_;
}

/// Into the directory that was just met. One that has gone since then is like an empty one.
Result<void> MergedWalk::descend() {
    ISOLAB_ASSIGN(const MergedDirectory* const below, content());
    Level level{last().name, levels_.back().prefix + last().name + "/", std::nullopt, {}, 0};
    if (below != nullptr) {
        level.directory = std::move(entered_);
        ISOLAB_ASSIGN(level.entries, level.directory->list());
    }
    entered_.reset();
    levels_.push_back(std::move(level));
    if (levels_.size() > most_open + 1)
        levels_[levels_.size() - 1 - most_open].directory.reset();
    return {};
}

/// Opens the last levels again, by their names from the root.
Result<void> MergedWalk::open_again() {
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

Result<void> walk_merged(const MergedDirectory& root, const MergedVisitor& visit, const MergedVisitor& leave,
                         const StopToken& stop) {
    ISOLAB_TRY(stop.check("walk the image's files"));
    ISOLAB_ASSIGN(MergedWalk walk, MergedWalk::begin(root));
    for (std::uint64_t steps = 1;; ++steps) {
        if (steps % 64 == 0)
            ISOLAB_TRY(stop.check("walk the image's files"));
        ISOLAB_ASSIGN(const auto step, walk.next());
        if (!step)
            return {};
        if (!step->leaving)
            ISOLAB_TRY(visit(step->path, *step->entry));
        else if (leave)
            ISOLAB_TRY(leave(step->path, *step->entry));
    }
}

} // namespace isolab
