// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "engine/base/unique_fd.h"

namespace isolab::test {

/// The names of all that is made in a folder from the construction on, however short it lives (inotify(7)); hidden
/// names are left out.
class CreatedNames {
  public:
    /// The folder must exist; throws std::system_error when it cannot be watched.
    explicit CreatedNames(const std::filesystem::path& folder);

    const std::set<std::string>& so_far();

  private:
    UniqueFd watch_;
    std::set<std::string> names_;
};

} // namespace isolab::test
