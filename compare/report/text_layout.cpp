// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/report/text_layout.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include <fmt/format.h>

namespace isolab {

std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(std::string text, std::size_t width) {
    const std::size_t used = columns(text);
    return used < width ? text + std::string(width - used, ' ') : std::move(text) + " ";
}

std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
    std::vector<std::string> lines{""};
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find_first_of(" \n", begin), text.size());
        const std::string word = text.substr(begin, end - begin);
        if (!lines.back().empty() && columns(lines.back()) + 1 + columns(word) > width)
            lines.emplace_back();
        lines.back() += (lines.back().empty() ? "" : " ") + word;
        begin = end + 1;
    }
    return lines;
}

std::string in_colour(const std::string& text, const std::string& colour) {
    std::uint32_t value = 0;
    if (colour.size() == 7)
        std::from_chars(colour.data() + 1, colour.data() + colour.size(), value, 16);
    return fmt::format("\x1b[38;2;{};{};{}m{}\x1b[0m", value >> 16U, value >> 8U & 0xFFU, value & 0xFFU, text);
}

const char* emulation_mark(const std::vector<std::string>& marks) {
    return std::ranges::find(marks, "tcg") != marks.end() ? " TCG" : "";
}

} // namespace isolab
