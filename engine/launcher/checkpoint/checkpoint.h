// SPDX-License-Identifier: GPL-3.0-or-later
//
// Containers saved in files and made again from them, by CRIU.
#pragma once

#include "engine/checkpoint/criu_messages.h"
#include "engine/launcher/command/events.h"
#include "engine/launcher/launch/setup_child.h"
#include "engine/launcher/oci/lifecycle.h"

namespace isolab::launcher {

/// Saves a running container in options.checkpoint.images. It is stopped then, unless it is to be left running or this
/// is a pre-dump; what is left of it waits for `delete`, or for a `restore` under its id.
Result<void> checkpoint_container(const Options& options, Events& events);

/// Makes the container of a checkpoint again, in the bundle given, as a child of this process. A stopped container of
/// the same id is removed first. On failure nothing is left behind.
tl::expected<ForegroundContainer, LaunchFailure> restore_in_foreground(const Options& options, Events& events);

/// The same, and watches it to its end. Returns the exit code to end with: 0, at once, with options.detach.
tl::expected<int, LaunchFailure> restore_container(const Options& options, Events& events);

/// What CRIU and its images call a network that was joined by its path.
inline constexpr const char* external_network = "extRootNetNS";

/// Where the images lie, and the logs.
struct CheckpointFolders {
    std::filesystem::path images;
    std::filesystem::path work;
    UniqueFd images_fd;
    UniqueFd work_fd;
};

/// Opens them; `make`: for a checkpoint, with mode 0700, since what they hold is the memory of processes.
Result<CheckpointFolders> open_checkpoint_folders(const Options& options, bool make);

/// The part of CRIU's options that the command line decides. The folders must live as long.
Result<CriuOptions> common_criu_options(const Options& options, const CheckpointFolders& folders);

} // namespace isolab::launcher
