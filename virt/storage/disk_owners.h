// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "engine/base/error.h"
#include "engine/base/stop.h"
#include "virt/storage/guest_disk.h"

namespace isolab {

/// Sets the owners of all files on the ext4 disk `disk`, which was made from content.tree by a caller without
/// privilege, with debugfs(8): owner and mode of content.owners, for others user and group 0. Nothing is mounted.
Result<void> set_disk_owners(const std::filesystem::path& disk, const DiskContent& content, const StopToken& stop);

} // namespace isolab
