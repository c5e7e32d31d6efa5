// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compare/model/comparison.h"
#include "engine/base/error.h"

namespace isolab {

/// Exit codes of `isolab`, documented in its README.
enum class ExitCode : int {
    ok = 0,
    failed = 1,       ///< a run or a side failed, data is corrupt, the disk is full, ...
    usage = 2,        ///< the command line, a limit or a name is wrong
    unavailable = 3,  ///< a prerequisite is missing or does not answer
    interrupted = 130 ///< stopped by Ctrl-C or SIGTERM
};

ExitCode exit_code_for(ErrorKind kind) noexcept;

/// A result counts as good when every side worked in every run and the history has it.
ExitCode exit_code_for(const ComparisonResult& result) noexcept;

/// Prints "isolab: MESSAGE" on standard error and gives the exit code that belongs to the error.
ExitCode report_error(const Error& error);

/// The exit code of what ended so; an error is reported first.
ExitCode exit_code_of(const Result<void>& result);

/// Prints "isolab: warning: MESSAGE": what goes on nevertheless.
void report_warning(const Error& error);

} // namespace isolab
