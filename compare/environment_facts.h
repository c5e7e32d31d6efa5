// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "engine/base/json_fwd.h"

namespace isolab {

/// record_environment() and record_load() with /proc and /sys looked for below `system_root` ("/" on a real machine).
Json environment_below(const std::filesystem::path& system_root, const std::filesystem::path& data_root);
Json load_below(const std::filesystem::path& system_root, const std::filesystem::path& data_root);

} // namespace isolab
