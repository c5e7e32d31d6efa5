// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "compare/report/report.h"

namespace isolab {

/// Writes to standard error. A reader that has gone away or a full disk is not worth more than the lost text: nothing
/// fails.
void write_error(std::string_view text) noexcept;

/// How a table is drawn: in colour and as wide as the terminal, unless it goes into `file`, a pipe, or NO_COLOR is set.
TableOptions terminal_table_options(const std::string& file);

} // namespace isolab
