// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace isolab {

/// The last line on standard error while something goes on: on a terminal it is redrawn, elsewhere it is not shown.
/// Text may be of foreign origin. One thread at a time.
class StatusLine {
  public:
    explicit StatusLine(bool quiet);
    ~StatusLine() { clear(); }
    StatusLine(const StatusLine&) = delete;
    StatusLine& operator=(const StatusLine&) = delete;

    bool on_terminal() const noexcept { return terminal_; }
    void draw(const std::string& text);
    /// A line that stays, above it; also where it is no terminal.
    void print(const std::string& line);
    void clear();

  private:
    bool quiet_;
    bool terminal_;
    bool drawn_ = false;
};

} // namespace isolab
