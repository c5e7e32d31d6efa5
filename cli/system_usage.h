// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "cli/command_line.h"
#include "engine/image/image_store.h"

namespace isolab {

/// Removes the machine disks that no image of the store needs, of the data folder that it lies in.
Result<void> remove_unneeded_disks(const ImageStore& images);

/// Removes all machine disks of a data folder, and prints them; they are made again when they are needed.
Result<void> remove_all_disks(const std::filesystem::path& root);

/// `isolab system df`: what occupies how much of the data folder, and each machine disk with its image and state.
Result<void> show_usage(const GlobalOptions& globals);

} // namespace isolab
