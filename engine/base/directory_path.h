// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <sys/types.h>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"

namespace isolab {

/// Where a walk through a tree is: a directory, the ones above it, and the way back up. However deep it leads, only a
/// few dozen descriptors are open: farther ones are closed and opened again through "..", which must lead to the same
/// directory as before. Symbolic links are never followed.
class DirectoryPath {
  public:
    /// Begins at `path`, whose last component must be a directory.
    static Result<DirectoryPath> open(const std::string& path);

    /// The directory where the walk is, and the one where it began; borrowed until the next enter() or leave().
    int fd() const noexcept { return levels_.back().fd.get(); }
    int root() const noexcept { return levels_.front().fd.get(); }

    /// 0 at the beginning.
    std::size_t depth() const noexcept { return levels_.size() - 1; }

    Result<void> enter(const std::string& name);

    /// Back to the directory above; an Error of kind corrupt when the directory was moved elsewhere meanwhile. Not to
    /// be called at the beginning.
    Result<void> leave();

    /// Names in the directory, without "." and "..", in no order.
    Result<std::vector<std::string>> names() const;

    /// Path of `name` in the directory, for messages.
    std::string shown(const std::string& name = {}) const;

  private:
    struct Level {
        UniqueFd fd;
        dev_t device = 0;
        ino_t inode = 0;
        std::string name;
    };
    Result<void> push(UniqueFd fd, const std::string& name);
    std::vector<Level> levels_;
};

} // namespace isolab
