// SPDX-License-Identifier: GPL-3.0-or-later
//
// What is kept beside CRIU's images because a restore cannot find it out: the standard streams, in `descriptors.json`
// as other runtimes have it, and where mounts of the host came from, in `isolab-mounts.json`.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/checkpoint/external_mounts.h"

namespace isolab::launcher {

/// What descriptors 0, 1 and 2 refer to: "pipe:[INODE]", "file[MOUNT:INODE]" (in hexadecimal, for a file outside the
/// container), or anything else for what CRIU makes again by itself.
using StandardStreams = std::array<std::string, 3>;

struct CheckpointNotes {
    StandardStreams streams;
    std::vector<ExternalMount> mounts;
};

/// Looks at a container by its first process, `pid`, which stands still or does not matter.
Result<CheckpointNotes> take_notes(pid_t pid);

/// Whether a stream is of the outside, and named to CRIU as external.
bool is_outside_file(const std::string& stream);
bool is_pipe(const std::string& stream);

Result<void> write_notes(const std::filesystem::path& images, const CheckpointNotes& notes);

/// not_found when the folder holds no checkpoint; corrupt names the file that is wrong.
Result<CheckpointNotes> read_notes(const std::filesystem::path& images);

} // namespace isolab::launcher
