// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "compare/experiment.h"

namespace isolab {

/// The schema of report_json(), documented in docs/comparison-schema.md.
inline constexpr const char* comparison_schema = "isolab.comparison/1";

Json report_json(const ExperimentResult& result);
/// The inverse; corrupt when the document is not of comparison_schema or lacks a field.
Result<ExperimentResult> parse_report(const Json& document, const std::string& subject);

struct TableOptions {
    bool colour = false;  ///< ANSI colours of the two worlds
    unsigned width = 100; ///< columns available, at least 60
};
/// A table for people: headline figures, phases, memory rows, disk, ratios, contract, notices.
std::string report_table(const ExperimentResult& result, const TableOptions& options);

/// "11.8 ms", "1.42 s", "203 MB", "84 kB": three significant digits, the unit after a space (decimal units).
std::string format_duration(double nanoseconds);
std::string format_bytes(double bytes);
std::string format_ratio(double ratio); ///< "120×", "0.98×"

} // namespace isolab
