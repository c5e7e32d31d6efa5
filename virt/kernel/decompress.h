// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace isolab {

/// Unpacks one compressed stream held in memory: gzip, bzip2, xz, lzma, zstd, lz4 (also the legacy format of kernel
/// images); what is not compressed is returned as it is. corrupt when it is cut, damaged or unpacks to more than
/// `limit` bytes. `subject` names it in errors.
Result<std::string> decompress(std::string_view packed, const std::string& subject, std::uint64_t limit);

} // namespace isolab
