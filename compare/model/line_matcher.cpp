// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/model/line_matcher.h"

#include <algorithm>

namespace isolab {
namespace {

/// The output is the workload's, and some lines make a backtracking search of an innocent pattern take for ever. With
/// this flag libstdc++ follows all ways at once (Thompson 1968): time grows with pattern times line.
constexpr auto steady = std::regex_constants::ECMAScript | std::regex_constants::__polynomial;

/// The search from each place of a line in one pass: matched from the begin, with anything in front.
std::regex search_pattern(const std::string& pattern) { return std::regex("[\\s\\S]*?(?:" + pattern + ")", steady); }

/// Whether more of a line could undo a match: the flags of a search that keep `$` and `\b` from holding at the end of
/// what there is say nothing of these. A character class with such letters in it is taken for one, which only waits.
bool asks_what_follows(std::string_view pattern) {
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        const std::string_view rest = pattern.substr(at);
        if (rest.starts_with("\\B") || rest.starts_with("(?=") || rest.starts_with("(?!"))
            return true;
        at += rest.front() == '\\' ? 1U : 0U;
    }
    return false;
}

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

LineMatcher::LineMatcher(const std::string& pattern)
    : pattern_(search_pattern(pattern)), needs_end_(asks_what_follows(pattern)) {}

bool LineMatcher::matches(const Line& line, bool ended) const {
    using namespace std::regex_constants;
    match_flag_type flags = match_continuous;
    if (!ended)
        flags |= match_not_eol | match_not_eow;
    if (line.cut)
        flags |= match_prev_avail;
    const auto begin = line.text.begin() + (line.cut ? 1 : 0);
    return std::regex_search(begin, line.text.end(), pattern_, flags);
}

bool LineMatcher::end(Line& line) const {
    const bool found = matches(line, true);
    line = {};
    return found;
}

/// Searches what is about to be forgotten.
bool LineMatcher::append(Line& line, std::string_view bytes) const {
    bool found = false;
    while (!bytes.empty()) {
        const std::string_view part = bytes.substr(0, 2 * window - line.text.size());
        line.text += part;
        bytes.remove_prefix(part.size());
        if (line.text.size() < 2 * window)
            continue;
        found = matches(line, false) || found;
        line.text.erase(0, line.text.size() - window - 1);
        line.cut = true;
    }
    return found;
}

bool LineMatcher::feed(OutputStream stream, std::string_view bytes) {
    Line& line = lines_.at(static_cast<std::size_t>(stream));
    bool found = false;
    while (!bytes.empty()) {
        if (line.after_return && bytes.front() == '\n')
            bytes.remove_prefix(1);
        line.after_return = false;
        const std::size_t length = std::min(bytes.find_first_of("\r\n"), bytes.size());
        found = append(line, bytes.substr(0, length)) || found;
        bytes.remove_prefix(length);
        if (bytes.empty())
            break;
        found = end(line) || found;
        line.after_return = bytes.front() == '\r';
        bytes.remove_prefix(1);
    }
    return found || (!line.text.empty() && !needs_end_ && matches(line, false));
}

std::size_t LineMatcher::kept_bytes() const noexcept {
    std::size_t sum = 0;
    for (const Line& line : lines_)
        sum += line.text.size();
    return sum;
}

} // namespace isolab
