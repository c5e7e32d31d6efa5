// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace isolab {

/// Whether all of it is well-formed UTF-8 (RFC 3629): no stray or overlong bytes, no surrogates. JSON holds nothing
/// else.
bool is_utf8(std::string_view text) noexcept;

/// What a workload may make us quote, in characters.
inline constexpr std::size_t longest_quote = 200;

/// Text of foreign origin made fit for a terminal and for a message on one line: white space becomes a space; other
/// control characters (C0, DEL, C1), characters that turn the direction of writing and what is not UTF-8 become U+FFFD.
/// Cut after `limit` characters, with "…" in place of the rest. Pure.
std::string plain_text(std::string_view text, std::size_t limit = std::string::npos);

/// The decimal number ("0.63", "12") that a text begins with, whatever the locale: strtod(3) and printf(3) take the
/// decimal point of the process's, which Qt sets. Empty when it begins with none.
std::optional<double> leading_number(std::string_view text) noexcept;

/// Two digits for each byte, with `between` between them.
std::string hex_text(std::span<const std::uint8_t> bytes, std::string_view between = {});

} // namespace isolab
