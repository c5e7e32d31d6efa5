// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "compare/report/document.h"
#include "engine/base/stop.h"

namespace isolab {

/// A document as a PDF, made by the program isolab-print, which stands beside this one or in PATH: unavailable when it
/// is in neither place, cancelled after a stop, and what the program says when it fails.
Result<std::string> pdf_of_document(const Document& document, const StopToken& stop);

/// Whether what is no text may go to `file`, or to standard output when that is empty: standard output may be a pipe or
/// a file, and is refused when it is a terminal.
Result<void> check_binary_output(const std::string& file);

} // namespace isolab
