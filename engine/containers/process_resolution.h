// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "engine/base/error.h"
#include "engine/base/process_spec.h"
#include "engine/image/image.h"

namespace isolab {

/// What a process override replaces in an image's configuration; empty fields keep the image's.
struct ProcessOverrides {
    std::vector<std::string> command; ///< replaces entrypoint and command together
    std::vector<std::string> env;     ///< added to, or replacing, the image's variables
    std::optional<std::string> cwd;
    std::optional<std::string> user;
    std::vector<std::string> groups; ///< further ones, by the image's name for them or by number
    std::string stop_signal;         ///< by name or number
};

/// Puts an image's configuration and a caller's overrides together (OCI image spec 1.1, conversion.md). Pure: the texts
/// are the image's own /etc/passwd and /etc/group. PATH and HOME are added when neither side sets them.
Result<ProcessSpec> merge_process(const ImageConfig& config, const ProcessOverrides& overrides, std::string_view passwd,
                                  std::string_view group);

} // namespace isolab
