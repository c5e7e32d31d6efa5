// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/file_tree.h"

namespace isolab {

/// A temporary directory inside a shared data folder, gone with its owner: removed by the destructor, or, after a
/// crash, by the next remove_abandoned() of any process. Its name is ".work-PID-xxxxxx"; a flock(2) on the directory
/// says that its owner is alive, so process ids that are used again do no harm. Movable, not copyable.
class WorkFolder {
  public:
    static Result<WorkFolder> create(const std::filesystem::path& parent);

    /// Removes the work folders below `parent` whose owners are gone. One that cannot be removed stays and is no error:
    /// it hinders nobody.
    static Result<void> remove_abandoned(const std::filesystem::path& parent);

    const std::filesystem::path& path() const noexcept { return tree_.path(); }

  private:
    WorkFolder(UniqueFd lock, std::filesystem::path path) : lock_(std::move(lock)), tree_(std::move(path)) {}
    UniqueFd lock_; ///< declared first: the tree is removed while it is still locked
    TemporaryTree tree_;
};

} // namespace isolab
