// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/error.h"
#include "engine/rootfs/volume_store.h"

namespace isolab {

/// invalid_argument when it cannot name a volume.
Result<void> check_volume_name(const std::string& name);

/// 64 hexadecimal digits.
std::string random_volume_name();

/// Makes `folder` (must not exist) a complete volume without data: its description, on the disk, and the data folder.
Result<void> make_volume_folder(const std::filesystem::path& folder, const Volume& volume);

/// Reads the description of the volume in `folder`, whose name is the volume's.
Result<Volume> read_volume_folder(const std::filesystem::path& folder);

} // namespace isolab
