// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"

namespace isolab::launcher {

/// Copies what the directory `from` holds, and its owner and mode, into the empty directory `to`: for mounts with the
/// option "tmpcopyup". No link is followed and no other mount is entered. `shown` is for errors.
Result<void> copy_directory(const UniqueFd& from, const UniqueFd& to, const std::string& shown);

} // namespace isolab::launcher
