// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/model/line_matcher.h"

namespace isolab {
namespace {

/// The output is the workload's, and some lines make a backtracking search of an innocent pattern take for ever. With
/// this flag libstdc++ follows all ways at once (Thompson 1968): time grows with pattern times line.
constexpr auto steady = std::regex_constants::ECMAScript | std::regex_constants::__polynomial;

/// The search from each place of a line in one pass: matched from the begin, with anything in front.
std::regex search_pattern(const std::string& pattern) { return std::regex("[\\s\\S]*?(?:" + pattern + ")", steady); }

} // namespace

Result<void> LineMatcher::check(const std::string& pattern) {
    try {
        const std::regex alone(pattern, steady);
        const std::regex searched = search_pattern(pattern);
        return {};
    } catch (const std::regex_error& error) {
        const bool refers_back = error.code() == std::regex_constants::error_complexity;
        return fail(ErrorKind::invalid_argument, "use the regular expression", pattern,
                    refers_back ? "it refers back to a group, which can take for ever" : error.what());
    }
}

LineMatcher::LineMatcher(const std::string& pattern) : pattern_(search_pattern(pattern)) {}

bool LineMatcher::matches(std::string& line) {
    if (!line.empty() && line.back() == '\r')
        line.pop_back();
    const bool found = std::regex_search(line, pattern_, std::regex_constants::match_continuous);
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
