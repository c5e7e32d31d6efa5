// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <string_view>

#include "engine/base/error.h"

namespace isolab {

/// "30s", "1m30s", "500ms", "2h", in the units ns, us, ms, s, m and h; a plain number counts seconds. invalid_argument.
/// Pure.
Result<std::chrono::nanoseconds> parse_duration(std::string_view text);

} // namespace isolab
