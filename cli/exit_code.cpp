// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/exit_code.h"

#include "cli/terminal.h"
#include "compare/plain_text.h"

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

ExitCode report_error(const Error& error) {
    write_error("isolab: " + plain_text(error.message()) + "\n");
    return exit_code_for(error.kind);
}

} // namespace isolab
