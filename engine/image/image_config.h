// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "engine/image/image.h"

namespace isolab {

/// Parses an image configuration (OCI image spec 1.1, config.md; Docker's is the same in what is read here).
/// unsupported: an image for another operating system or processor.
Result<ImageConfig> parse_image_config(std::string_view text, const std::string& subject);

/// The configuration of an image made of one plain root file system: the usual PATH and a shell.
std::string render_plain_config(const Digest& diff_id);

} // namespace isolab
