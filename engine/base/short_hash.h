// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace isolab {

/// The first `digits` (at most 16) hexadecimal digits of a text's FNV-1a hash: for names of cache files and
/// folders, where a collision is unlikely and does no harm. Not a digest.
inline std::string short_hash(std::string_view text, std::size_t digits = 16) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    std::array<char, 17> hex{};
    std::snprintf(hex.data(), hex.size(), "%016llx", static_cast<unsigned long long>(hash));
    return std::string(hex.data()).substr(0, digits);
}

} // namespace isolab
