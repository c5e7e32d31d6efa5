// SPDX-License-Identifier: GPL-3.0-or-later
//
// Results in files of the user: written for other programs and histories, and read from them. Blocks; for any thread.
#pragma once

#include <string>
#include <vector>

#include "compare/report/export_json.h"
#include "compare/report/speech.h"

namespace isolab {

enum class ResultFormat {
    exchange, ///< all of it, as `isolab history import` and read_results() take it
    html,
    pdf,
    csv, ///< every figure of every run
};

/// `results`: at least one. The file is there whole or, after an error, as it was before.
Result<void> write_results(const std::vector<PortableResult>& results, ResultFormat format, const std::string& file,
                           const Speech& speech);

/// Of a file that was written as ResultFormat::exchange.
Result<std::vector<PortableResult>> read_results(const std::string& file);

} // namespace isolab
