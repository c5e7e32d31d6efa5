// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "engine/base/stop.h"
#include "engine/runtime/output_line.h"

namespace isolab {

struct LogQuery {
    std::optional<std::size_t> tail;  ///< the last so many lines only
    std::optional<Nanoseconds> since; ///< since 1970
    std::optional<Nanoseconds> until;
};

using LineSink = std::function<Result<void>(const OutputLine&)>;

/// Reads the log of a container's output, `file` and the rotated ones beside it, oldest line first. With `is_running`
/// it follows the log: waits for more until that says no and everything was read, or until stopped. An unfinished last
/// line, left by a supervisor that was killed, is skipped. not_found when there is no log.
Result<void> read_output_log(const std::filesystem::path& file, const LogQuery& query, const LineSink& sink,
                             const std::function<bool()>& is_running = nullptr, const StopToken& stop = {});

} // namespace isolab
