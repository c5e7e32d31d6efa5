// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/rootfs/tree_changes.h"

#include <algorithm>

#include "engine/rootfs/merged_walk.h"

namespace isolab {
namespace {

using Visit = std::function<Result<void>(const Difference&)>;

/// A MergedWalk that passes the ends of directories over.
class Side {
  public:
    static Result<Side> begin(const TreeView& view) {
        ISOLAB_ASSIGN(MergedWalk walk, MergedWalk::begin(view.root()));
        Side side(view, std::move(walk));
        ISOLAB_TRY(side.advance());
        return side;
    }

    Result<void> advance() {
        do {
            ISOLAB_ASSIGN(step_, walk_.next());
        } while (step_ && step_->leaving);
        return {};
    }

    bool done() const noexcept { return !step_; }
    const std::string& path() const { return step_->path; }
    const MergedDirectory::Entry& entry() const { return *step_->entry; }
    bool is_directory() const { return S_ISDIR(entry().status.st_mode); }
    FilePlace place() const { return {entry().directory, entry().name}; }
    Result<FileFacts> facts() const { return view_->facts(path(), entry()); }
    void skip() noexcept { walk_.skip_content(); }

    /// The layers through which the present directory shows.
    Result<std::vector<std::filesystem::path>> shown_layers() {
        ISOLAB_ASSIGN(const MergedDirectory* const content, walk_.content());
        std::vector<std::filesystem::path> paths;
        if (content != nullptr)
            for (const std::size_t layer : content->layers())
                paths.push_back(view_->layers()[layer]);
        return paths;
    }

  private:
    Side(const TreeView& view, MergedWalk walk) : view_(&view), walk_(std::move(walk)) {}
    const TreeView* view_;
    MergedWalk walk_;
    std::optional<MergedWalk::Step> step_;
};

/// The order of a walk: by components.
bool comes_first(const std::string& one, const std::string& other) {
    const auto rank = [](char character) {
        return character == '/' ? 0U : static_cast<unsigned>(static_cast<unsigned char>(character));
    };
    return std::ranges::lexicographical_compare(one, other, {}, rank, rank);
}

bool share_any(const std::vector<std::filesystem::path>& some, const std::vector<std::filesystem::path>& others) {
    return std::ranges::any_of(some, [&](const auto& path) { return std::ranges::find(others, path) != others.end(); });
}

/// True when `after` is a container's writable layer over all of `before`.
bool lies_over(const TreeView& after, const TreeView& before) {
    const auto& layers = after.layers();
    return layers.size() == before.layers().size() + 1 &&
           std::equal(before.layers().begin(), before.layers().end(), layers.begin() + 1);
}

class Comparison {
  public:
    Comparison(Side before, Side after, bool over, const TreeCompareOptions& options, const Visit& visit)
        : before_(std::move(before)), after_(std::move(after)), over_(over), options_(options), visit_(visit) {}

    bool done() const noexcept { return before_.done() && after_.done(); }

    Result<void> step() {
        if (after_.done() || (!before_.done() && comes_first(before_.path(), after_.path())))
            return take_deleted();
        leave_for(after_.path());
        if (before_.done() || comes_first(after_.path(), before_.path()))
            return take_added();
        return take_both();
    }

  private:
    /// A directory of `after` around the present path.
    struct Around {
        std::string path;
        FileFacts facts;
        bool told = false;
        bool replaced = false;
    };

    void leave_for(const std::string& path) {
        while (!around_.empty() && !path.starts_with(around_.back().path + "/"))
            around_.pop_back();
    }

    bool inside_replaced() const { return std::ranges::any_of(around_, &Around::replaced); }

    /// Directories around a change are changed.
    Result<void> tell_around() {
        for (Around& directory : around_)
            if (!std::exchange(directory.told, true))
                ISOLAB_TRY(
                    visit_({ChangeKind::changed, directory.path, &directory.facts, {}, directory.replaced, false}));
        return {};
    }

    Result<void> take_deleted() {
        leave_for(before_.path());
        ISOLAB_TRY(tell_around());
        ISOLAB_TRY(visit_({ChangeKind::deleted, before_.path(), nullptr, {}, false, inside_replaced()}));
        before_.skip();
        return before_.advance();
    }

    Result<void> take_added() {
        ISOLAB_ASSIGN(FileFacts facts, after_.facts());
        ISOLAB_TRY(tell_around());
        ISOLAB_TRY(visit_({ChangeKind::added, after_.path(), &facts, after_.place(), false, inside_replaced()}));
        if (after_.is_directory())
            around_.push_back({after_.path(), std::move(facts), true, false});
        return after_.advance();
    }

    Result<void> take_both() {
        const struct stat& old_status = before_.entry().status;
        const struct stat& new_status = after_.entry().status;
        const bool directories = before_.is_directory() && after_.is_directory();
        bool replaced = false;
        if (directories) {
            ISOLAB_ASSIGN(const auto old_layers, before_.shown_layers());
            ISOLAB_ASSIGN(const auto new_layers, after_.shown_layers());
            if (old_layers == new_layers) {
                before_.skip();
                after_.skip();
                return advance_both();
            }
            replaced = over_ && !inside_replaced() && !new_layers.empty() && !share_any(old_layers, new_layers);
        }
        const bool one_file = old_status.st_dev == new_status.st_dev && old_status.st_ino == new_status.st_ino;
        if (one_file && !inside_replaced())
            return advance_both();
        return compare(directories, replaced);
    }

    Result<void> compare(bool directories, bool replaced) {
        ISOLAB_ASSIGN(FileFacts facts, after_.facts());
        ISOLAB_ASSIGN(const bool same, is_same(facts));
        if (!same || replaced)
            ISOLAB_TRY(tell_around());
        const bool tell = !same || replaced || inside_replaced();
        if (tell) {
            const auto kind = same && !replaced ? std::nullopt : std::optional(ChangeKind::changed);
            ISOLAB_TRY(visit_({kind, after_.path(), &facts, after_.place(), replaced, inside_replaced()}));
        }
        if (after_.is_directory())
            around_.push_back({after_.path(), std::move(facts), tell, replaced});
        if (!directories)
            before_.skip(); // what was in a directory goes with it
        return advance_both();
    }

    Result<bool> is_same(const FileFacts& facts) {
        ISOLAB_ASSIGN(const FileFacts old_facts, before_.facts());
        if (differ_in_kind(old_facts, facts))
            return false;
        const bool same_moment = same_time(old_facts.status.st_mtim, facts.status.st_mtim);
        if (options_.times && !same_moment)
            return false;
        const bool has_content = S_ISREG(facts.owner.mode) && facts.status.st_size > 0;
        if (!has_content || (same_moment && !over_))
            return true;
        return same_content(before_.place(), after_.place());
    }

    Result<void> advance_both() {
        ISOLAB_TRY(before_.advance());
        return after_.advance();
    }

    Side before_;
    Side after_;
    bool over_; ///< `after` lies over `before`, so a file of its own was written to, probably
    const TreeCompareOptions& options_;
    const Visit& visit_;
    std::vector<Around> around_;
};

} // namespace

Result<void> walk_differences(const TreeView& before, const TreeView& after, const TreeCompareOptions& options,
                              const Visit& visit, const StopToken& stop) {
    ISOLAB_ASSIGN(Side old_side, Side::begin(before));
    ISOLAB_ASSIGN(Side new_side, Side::begin(after));
    Comparison comparison(std::move(old_side), std::move(new_side), lies_over(after, before), options, visit);
    for (std::uint64_t steps = 0; !comparison.done(); ++steps) {
        if (steps % 64 == 0)
            ISOLAB_TRY(stop.check("compare files"));
        ISOLAB_TRY(comparison.step());
    }
    return {};
}

Result<std::vector<TreeChange>> tree_changes(const TreeView& before, const TreeView& after,
                                             const TreeCompareOptions& options, const StopToken& stop) {
    std::vector<TreeChange> changes;
    const auto note = [&changes](const Difference& difference) -> Result<void> {
        if (difference.kind)
            changes.push_back({*difference.kind, "/" + difference.path});
        return {};
    };
    ISOLAB_TRY(walk_differences(before, after, options, note, stop));
    return changes;
}

} // namespace isolab
