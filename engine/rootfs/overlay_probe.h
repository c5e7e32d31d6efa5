// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "engine/base/error.h"

namespace isolab {

/// Tries to mount an overlay below `folder` in a child process with a mount namespace of its own (and, without
/// privilege, a user namespace), so that nothing is ever mounted for others. Success, or an Error that says which step
/// the kernel refused. Leaves nothing behind. Safe in programs with threads.
Result<void> probe_overlay(const std::filesystem::path& folder);

/// The same, asked once per process and folder.
Result<void> overlay_usable(const std::filesystem::path& folder);

} // namespace isolab
