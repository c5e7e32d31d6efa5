// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/text.h"

#include <algorithm>

namespace isolab {
namespace {

constexpr bool is_continuation(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

/// Smallest value of the second byte that is not overlong, and the largest that is no surrogate and at most U+10FFFF.
struct SecondByte {
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
};
constexpr SecondByte second_byte_after(unsigned char first) {
    switch (first) {
    case 0xE0:
        return {0xA0, 0xBF};
    case 0xED:
        return {0x80, 0x9F};
    case 0xF0:
        return {0x90, 0xBF};
    case 0xF4:
        return {0x80, 0x8F};
    default:
        return {};
    }
}

/// Bytes of the well-formed character that `text` begins with; 0 when there is none.
std::size_t character_size(std::string_view text) noexcept {
    const auto byte = [text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned char first = byte(0);
    if (first < 0x80)
        return 1;
    const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < size)
        return 0;
    const SecondByte second = second_byte_after(first);
    if (byte(1) < second.low || byte(1) > second.high)
        return 0;
    for (std::size_t at = 2; at < size; ++at)
        if (!is_continuation(byte(at)))
            return 0;
    return size;
}

/// C0 and DEL, and the C1 set, which some terminals obey (ECMA-48).
bool is_control(std::string_view character) noexcept {
    const auto first = static_cast<unsigned char>(character.front());
    if (character.size() == 1)
        return first < 0x20 || first == 0x7F;
    return first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
}

} // namespace

bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const std::size_t size = character_size(text);
        if (size == 0)
            return false;
        text.remove_prefix(size);
    }
    return true;
}

std::string printable(std::string_view text, std::size_t limit) {
    std::string shown;
    while (!text.empty() && shown.size() < limit) {
        const std::size_t size = character_size(text);
        const std::string_view character = text.substr(0, std::max<std::size_t>(size, 1));
        shown += size == 0 || is_control(character) ? std::string_view("?") : character;
        text.remove_prefix(character.size());
    }
    return text.empty() ? shown : shown + "...";
}

} // namespace isolab
