// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"

namespace isolab {

/// What keeps a memfd_create(2) as it is for good (fcntl(2), F_ADD_SEALS).
inline constexpr int all_seals = 0x000F; // F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE

/// A copy of a program's file in memory that nobody can change any more, to be executed by its descriptor.
Result<UniqueFd> sealed_copy(const std::filesystem::path& program);

} // namespace isolab
