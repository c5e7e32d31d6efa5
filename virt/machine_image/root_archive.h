// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "engine/base/error.h"
#include "engine/base/file_owner.h"
#include "engine/base/stop.h"

namespace isolab {

/// Unpacks a tar archive of a root file system into the new folder `tree`. Device files are left out: the kernel makes
/// those that a system has. As root, files get owners, modes, times and attributes as in the archive. Otherwise they
/// are the caller's, who may read and write all of them; what they should be is what is given back, by path, and
/// attributes of the kernel (capabilities) are lost. Nothing is written outside `tree`, whatever the archive says.
Result<FileOwners> unpack_root(const std::filesystem::path& archive, const std::filesystem::path& tree,
                               const StopToken& stop);

} // namespace isolab
