// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/file_tree.h"

namespace isolab {

/// The directory that a layer is unpacked into. Every path is looked up with the directory as its root (openat2(2),
/// RESOLVE_IN_ROOT): symbolic links that the layer brought along may lead anywhere inside, never outside.
/// Last components are never followed. One thread; the tree must have no other writer.
class TreeRoot {
  public:
    /// No entry may lie more than `most_depth` directories deep, by whatever name: links can make a short name mean a
    /// deep place.
    static Result<TreeRoot> open(const std::filesystem::path& path, std::size_t most_depth);

    int fd() const noexcept { return root_.get(); }

    /// Descriptor of the directory `parent` (relative, normalised, "" for the root), made with mode 0755 where it is
    /// missing. Borrowed; valid until the next call. Consecutive calls for one directory cost nothing.
    Result<int> parent(const std::string& parent);

    /// Where the directory of the last parent() really is, relative to the root ("" for the root): symbolic links
    /// on the way are resolved.
    Result<std::string> real_parent() const;

    /// Directories that parent() had to make, in order.
    const std::vector<std::string>& made() const noexcept { return made_; }

    /// True when a part of `path` exists and is no directory: it covers whatever the layers below have there, so a
    /// whiteout below it says nothing more.
    bool is_covered(const std::string& path) const;

    /// Removes `name` in the directory, a tree as well; success when it does not exist.
    Result<void> remove(int directory, const std::string& name);

  private:
    TreeRoot(UniqueFd root, std::string real, std::size_t most_depth)
        : root_(std::move(root)), real_(std::move(real)), most_depth_(most_depth) {}
    Result<void> check_depth(const std::string& parent) const;
    UniqueFd root_;
    std::string real_;
    std::size_t most_depth_;
    UniqueFd cached_;
    std::string cached_path_;
    std::vector<std::string> made_;
};

} // namespace isolab
