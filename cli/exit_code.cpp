// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/exit_code.h"

#include <algorithm>

#include "cli/terminal.h"
#include "engine/base/text.h"

namespace isolab {

ExitCode exit_code_for(ErrorKind kind) noexcept {
    switch (kind) {
    case ErrorKind::invalid_argument:
    case ErrorKind::not_found:
        return ExitCode::usage;
    case ErrorKind::unavailable:
    case ErrorKind::unsupported:
        return ExitCode::unavailable;
    case ErrorKind::cancelled:
        return ExitCode::interrupted;
    case ErrorKind::already_exists:
    case ErrorKind::permission_denied:
    case ErrorKind::corrupt:
    case ErrorKind::no_space:
    case ErrorKind::timeout:
    case ErrorKind::system:
        break;
    }
    return ExitCode::failed;
}

ExitCode exit_code_for(const ComparisonResult& result) noexcept {
    for (const SideResult& side : result.sides)
        if (side.error)
            return exit_code_for(side.error->kind);
    const bool worked = std::ranges::none_of(result.runs, [](const RunResult& run) { return run.error.has_value(); });
    const bool saved = std::ranges::find(result.notices, "not-saved", &Notice::id) == result.notices.end();
    return result.complete && worked && saved ? ExitCode::ok : ExitCode::failed;
}

ExitCode report_error(const Error& error) {
    write_error("isolab: " + plain_text(error.message()) + "\n");
    return exit_code_for(error.kind);
}

ExitCode exit_code_of(const Result<void>& result) { return result ? ExitCode::ok : report_error(result.error()); }

void report_warning(const Error& error) { write_error("isolab: warning: " + plain_text(error.message()) + "\n"); }

} // namespace isolab
