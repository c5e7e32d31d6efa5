// SPDX-License-Identifier: GPL-3.0-or-later
//
// Text in columns of a terminal. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace isolab {

/// Columns that a UTF-8 text takes, for the letters used here: one for each code point.
std::size_t columns(std::string_view text);

/// With spaces behind it up to `width` columns, at least one.
std::string padded(std::string text, std::size_t width);

/// Breaks text at spaces so that no line is longer than `width`, where the words allow it; at least one line.
std::vector<std::string> wrapped(const std::string& text, std::size_t width);

/// In a colour "#RRGGBB" of the terminal (ECMA-48, SGR 38;2).
std::string in_colour(const std::string& text, const std::string& colour);

/// What stands behind every figure of software emulation: " TCG", or nothing.
const char* emulation_mark(const std::vector<std::string>& marks);

} // namespace isolab
