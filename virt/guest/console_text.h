// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace isolab {

/// The last `count` lines of what a guest printed that are not empty, with '|' between them, for a message on one line.
/// Carriage returns are left out. Pure.
std::string last_lines(std::string_view console, std::size_t count);

} // namespace isolab
