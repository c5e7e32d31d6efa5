// SPDX-License-Identifier: GPL-3.0-or-later
//
// A folder of files as a tar stream and back: what `docker cp` makes of "-". Plain archives, not layers: names that
// begin with ".wh." mean nothing.
#pragma once

#include <filesystem>

#include "engine/base/error.h"
#include "engine/base/stop.h"

namespace isolab {

/// Writes what is in `folder` to the descriptor `output`, as POSIX.1-2001 pax, with names relative to the folder.
/// `keep_owners`: as they are; otherwise everything belongs to 0:0. Sockets are left out.
Result<void> archive_folder(const std::filesystem::path& folder, int output, bool keep_owners, const StopToken& stop);

/// Unpacks what the descriptor `input` delivers, compressed or not, into `folder`, which nobody else may write to.
/// Nothing is written outside of it: absolute names, ".." and ways through symbolic links are refused. `keep_owners` as
/// root only; otherwise everything belongs to the caller. invalid_argument: no tar archive; corrupt: a damaged one, or
/// one with a name that is refused.
Result<void> unpack_archive(int input, const std::filesystem::path& folder, bool keep_owners, const StopToken& stop);

} // namespace isolab
