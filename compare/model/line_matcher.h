// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <regex>
#include <string>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/instance.h"

namespace isolab {

/// Searches a pattern in each line of output that arrives in pieces; each stream has lines of its own.
class LineMatcher {
  public:
    /// Only the first bytes of a line are searched.
    static constexpr std::size_t longest_line = 4096;

    /// Whether a pattern can be searched: an ECMAScript expression without back-references. The cause otherwise.
    static Result<void> check(const std::string& pattern);

    /// The pattern must have passed check().
    explicit LineMatcher(const std::string& pattern);

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
