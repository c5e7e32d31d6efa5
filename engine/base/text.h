// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace isolab {

/// Whether all of it is well-formed UTF-8 (RFC 3629): no stray or overlong bytes, no surrogates.
bool is_utf8(std::string_view text) noexcept;

/// Safe to show on a terminal and in JSON: control characters and bytes that are not UTF-8 become "?", and what is
/// longer than `limit` bytes ends in "...". For text that images and guests chose.
std::string printable(std::string_view text, std::size_t limit = 200);

} // namespace isolab
