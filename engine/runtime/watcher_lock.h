// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"

namespace isolab {

/// A file in a container's folder that is locked (fcntl(2), F_OFD_SETLK) as long as somebody watches the container: its
/// supervisor alone, or its owner and the launcher that works for it together. The locks belong to open files, so they
/// pass to children and go with processes that are killed.
inline constexpr const char* watcher_lock_file = "watcher.lock";

/// Makes the file when it is missing. already_exists when the container is watched.
Result<UniqueFd> watch_alone(const std::filesystem::path& folder, const std::string& id);

/// The same beside others; not_found when the file is missing and is not to be made.
Result<UniqueFd> watch_together(const std::filesystem::path& folder, bool make);

/// Asks without taking the lock.
bool is_watched(const std::filesystem::path& folder) noexcept;

} // namespace isolab
