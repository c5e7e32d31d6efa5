// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/error.h"

namespace isolab {

/// Gives what an ended container of an ordinary user has written under other ids (subuid(5)) in its folder back to that
/// user, by `isolab-runtime adopt` (`launcher` is its path): otherwise it can be neither measured nor removed. The
/// folder is two levels below the data folder that the launcher was given at the start. Nothing to do as root, and in a
/// folder whose container was never started.
Result<void> adopt_container_files(const std::string& launcher, const std::filesystem::path& folder);

} // namespace isolab
