// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <regex>
#include <string>
#include <string_view>

#include "engine/base/error.h"
#include "engine/base/instance.h"

namespace isolab {

/// Searches a pattern in each line of output that arrives in pieces; each stream has lines of its own.
///
/// A line ends with a line feed, a carriage return or both. One that has not ended is searched after each piece, since
/// a prompt never ends its line; but what only a line's end can tell waits for it: `$` and `\b` do not hold where the
/// bytes end so far, and a pattern with `\B`, `(?=` or `(?!` is searched when the line ends, or fills the window.
///
/// A line may have any length: what matches in up to `window` bytes is found wherever in the line it is, what needs
/// more may not be. At most twice that is kept of a stream.
class LineMatcher {
  public:
    static constexpr std::size_t window = 4096; ///< bytes

    /// Whether a pattern can be searched: an ECMAScript expression without back-references. The cause otherwise.
    static Result<void> check(const std::string& pattern);

    /// The pattern must have passed check().
    explicit LineMatcher(const std::string& pattern);

    /// True when a line matches now that these bytes are there.
    bool feed(OutputStream stream, std::string_view bytes);

    /// Of all lines that have not ended.
    std::size_t kept_bytes() const noexcept;

  private:
    struct Line {
        std::string text;
        bool cut = false;          ///< the first byte of the text only tells what the rest follows
        bool after_return = false; ///< a line feed would belong to the end that has been seen
    };
    bool matches(const Line& line, bool ended) const;
    bool end(Line& line) const;
    bool append(Line& line, std::string_view bytes) const;

    std::regex pattern_;
    bool needs_end_;            ///< the pattern asks what follows
    std::array<Line, 3> lines_; ///< by stream
};

} // namespace isolab
