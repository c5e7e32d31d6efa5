// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace isolab {

/// Reads a size as people write it: a whole number with K, M, G or T (powers of 1024), also written KiB, MiB, GiB, TiB;
/// a plain number or one with B counts bytes. Upper and lower case are the same. invalid_argument for all else, and for
/// what does not fit into 64 bits.
Result<std::uint64_t> parse_size(std::string_view text);

/// The shortest exact form that parse_size() reads: "256M", "1G", "1000".
std::string size_text(std::uint64_t bytes);

/// For people: "256 MiB", whole ones of 1024 * 1024 bytes, the rest of one left out.
std::string mebibytes_text(std::uint64_t bytes);

} // namespace isolab
