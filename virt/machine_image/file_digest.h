// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/error.h"
#include "engine/base/stop.h"

namespace isolab {

/// SHA-256 (FIPS 180-4) of a regular file of any size, 64 lower-case hexadecimal digits. About a second for a gigabyte.
/// Any thread.
Result<std::string> sha256_of_file(const std::filesystem::path& file, const StopToken& stop);

} // namespace isolab
