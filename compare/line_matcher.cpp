// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/line_matcher.h"

namespace isolab {

bool LineMatcher::matches(std::string& line) {
    if (!line.empty() && line.back() == '\r')
        line.pop_back();
    const bool found = std::regex_search(line, pattern_);
    line.clear();
    return found;
}

bool LineMatcher::feed(OutputStream stream, std::string_view bytes) {
    std::string& line = partial_.at(static_cast<std::size_t>(stream));
    bool found = false;
    for (const char letter : bytes) {
        if (letter == '\n')
            found = matches(line) || found;
        else if (line.size() < longest_line)
            line += letter;
    }
    return found;
}

bool LineMatcher::finish() {
    bool found = false;
    for (std::string& line : partial_)
        if (!line.empty())
            found = matches(line) || found;
    return found;
}

} // namespace isolab
