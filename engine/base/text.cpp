// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/text.h"

#include <array>
#include <charconv>
#include <cstdint>

namespace isolab {
namespace {

/// One character of UTF-8 (RFC 3629) and its bytes; `code` is no_code when they are none.
struct Character {
    static constexpr std::uint32_t no_code = 0xFFFFFFFF;
    std::uint32_t code = no_code;
    std::size_t size = 1;
};

struct Lead {
    unsigned char mask, value;
    std::size_t size;
    std::uint32_t least; ///< smaller ones are written too long
};
constexpr std::array leads{Lead{0x80, 0x00, 1, 0}, Lead{0xE0, 0xC0, 2, 0x80}, Lead{0xF0, 0xE0, 3, 0x800},
                           Lead{0xF8, 0xF0, 4, 0x10000}};

Character first_character(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    for (const Lead& lead : leads) {
        if ((byte(0) & lead.mask) != lead.value)
            continue;
        if (text.size() < lead.size)
            return {};
        std::uint32_t code = byte(0) & static_cast<unsigned char>(~lead.mask);
        for (std::size_t i = 1; i < lead.size; ++i) {
            if ((byte(i) & 0xC0U) != 0x80U)
                return {};
            code = (code << 6U) | (byte(i) & 0x3FU);
        }
        const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
        return code < lead.least || code > 0x10FFFF || surrogate ? Character{} : Character{code, lead.size};
    }
    return {};
}

bool is_space(std::uint32_t code) { return code == '\t' || code == '\n' || code == '\r' || code == ' '; }

bool is_plain(std::uint32_t code) {
    const bool control = code < 0x20 || (code >= 0x7F && code <= 0x9F);
    const bool direction = (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
    return code != Character::no_code && !control && !direction;
}

} // namespace

bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const Character character = first_character(text);
        if (character.code == Character::no_code)
            return false;
        text.remove_prefix(character.size);
    }
    return true;
}

std::string plain_text(std::string_view text, std::size_t limit) {
    std::string plain;
    for (std::size_t shown = 0; !text.empty(); ++shown) {
        if (shown == limit)
            return plain + "…";
        const Character character = first_character(text);
        if (is_space(character.code))
            plain += ' ';
        else if (is_plain(character.code))
            plain += text.substr(0, character.size);
        else
            plain += "\uFFFD";
        text.remove_prefix(character.size);
    }
    return plain;
}

std::optional<double> leading_number(std::string_view text) noexcept {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} ? std::optional(number) : std::nullopt;
}

std::string hex_text(std::span<const std::uint8_t> bytes, std::string_view between) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * (2 + between.size()));
    for (const std::uint8_t byte : bytes) {
        if (!text.empty())
            text += between;
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

} // namespace isolab
