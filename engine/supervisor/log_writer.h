// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <string_view>

#include "engine/base/unique_fd.h"
#include "engine/runtime/output_line.h"
#include "engine/runtime/supervision.h"

namespace isolab::supervisor {

/// The bounded log of a container's output. A disk that is full costs lines, never the workload: error() tells.
class LogWriter {
  public:
    /// Goes on with the file when it exists. Writes nothing when the limits say so.
    static Result<LogWriter> open(std::filesystem::path file, const LogLimits& limits);

    /// Takes what one stream gave; whole lines are written at once, the rest with what comes. Lines of more than 16 KiB
    /// are cut into several.
    void write(bool error_stream, std::string_view bytes, Nanoseconds now);

    /// Writes lines that did not end: there will be no more.
    void flush(Nanoseconds now);

    /// Why output is missing from the log; empty: none is.
    const std::string& error() const noexcept { return error_; }

  private:
    LogWriter(std::filesystem::path file, const LogLimits& limits) : file_(std::move(file)), limits_(limits) {}
    Result<void> reopen();
    Result<void> rotate();
    void append(const std::string& lines);

    std::filesystem::path file_;
    LogLimits limits_;
    UniqueFd log_;
    std::uint64_t size_ = 0;
    std::array<std::string, 2> unfinished_; ///< by stream
    std::string error_;
};

} // namespace isolab::supervisor
