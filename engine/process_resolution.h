// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include "engine/engine.h"

namespace isolab {

/// Puts an image's configuration and a caller's overrides together (OCI image spec 1.1, conversion.md). Pure: the texts
/// are the image's own /etc/passwd and /etc/group. PATH and HOME are added when neither side sets them.
Result<ProcessSpec> merge_process(const ImageConfig& config, const ProcessOverrides& overrides, std::string_view passwd,
                                  std::string_view group);

} // namespace isolab
