// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <regex>
#include <string>
#include <string_view>

#include "engine/base/instance.h"

namespace isolab {

/// Searches a pattern in each line of output that arrives in pieces; each stream has lines of its own.
class LineMatcher {
  public:
    /// Only the first bytes of a line are searched: std::regex recurses once per character.
    static constexpr std::size_t longest_line = 4096;

    /// The pattern must be a valid ECMAScript expression (Readiness::parse has checked it).
    explicit LineMatcher(const std::string& pattern)
        : pattern_(pattern, std::regex::ECMAScript | std::regex::optimize) {}

    /// True when a line that these bytes end matches.
    bool feed(OutputStream stream, std::string_view bytes);
    /// The output has ended: searches the lines that have no line feed.
    bool finish();

  private:
    bool matches(std::string& line);

    std::regex pattern_;
    std::array<std::string, 3> partial_; ///< by stream
};

} // namespace isolab
