// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace isolab {

/// SHA-256 of bytes in memory (FIPS 180-4, section 6.2). Small and without a library, for the statically linked
/// launcher.
std::array<std::uint8_t, 32> sha256(std::string_view bytes);

/// The same as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

} // namespace isolab
