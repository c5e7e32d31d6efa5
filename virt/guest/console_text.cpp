// SPDX-License-Identifier: GPL-3.0-or-later
#include "virt/guest/console_text.h"

#include <algorithm>
#include <vector>

namespace isolab {

std::string last_lines(std::string_view console, std::size_t count) {
    constexpr std::string_view blank = "\r ";
    std::vector<std::string_view> lines; // the last one first, until it is reversed
    while (!console.empty() && lines.size() < count) {
        const std::size_t feed = console.rfind('\n');
        std::string_view line = feed == std::string_view::npos ? console : console.substr(feed + 1);
        console = feed == std::string_view::npos ? std::string_view() : console.substr(0, feed);
        if (const std::size_t end = line.find_last_not_of(blank); end != std::string_view::npos)
            lines.push_back(line.substr(0, end + 1));
    }
    std::ranges::reverse(lines);
    std::string text;
    for (const std::string_view line : lines) {
        text += text.empty() ? "" : "|";
        text += line;
    }
    std::erase(text, '\r');
    return text;
}

} // namespace isolab
