// SPDX-License-Identifier: GPL-3.0-or-later
//
// The lines of a container's log, in the form of Docker's "json-file" driver, which many programs read:
// {"log":"text\n","stream":"stdout","time":"2026-11-26T07:20:31.000000042Z"}
#pragma once

#include <string>
#include <string_view>

#include "engine/base/clock.h"
#include "engine/base/error.h"

namespace isolab {

struct OutputLine {
    std::string text; ///< with its line end; without one when the line goes on in the next, or was the last
    bool error_stream = false;
    Nanoseconds time{0}; ///< since 1970
    bool operator==(const OutputLine&) const = default;
};

/// Appends one line of the log. What is not UTF-8 becomes U+FFFD. Pure.
void append_output_line(std::string& log, std::string_view text, bool error_stream, Nanoseconds time);

/// Reads one back, without its line feed; corrupt when it is not such a line, as after a crash in the middle of
/// writing.
Result<OutputLine> parse_output_line(std::string_view line);

} // namespace isolab
