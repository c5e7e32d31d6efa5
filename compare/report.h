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
    unsigned width = 114; ///< columns available, at least 60
};
/// A table for people: headline figures, phases, memory rows, disk, ratios, contract, notices.
std::string report_table(const ExperimentResult& result, const TableOptions& options);

/// "11.8 ms", "1.42 s", "203 MB", "84.0 kB": three significant digits, the unit after a space (decimal units).
std::string format_duration(double nanoseconds);
std::string format_bytes(double bytes);
std::string format_ratio(double ratio); ///< "120×", "0.980×", "0.0123×"
/// A value in the unit of a MetricSummary: "ns", "bytes" or "1/s" ("488 M/s").
std::string format_figure(double value, const std::string& unit);
std::string format_interval(double low, double high, const std::string& unit); ///< "2.97 – 3.43 s": one unit for both
std::string format_ratio_interval(double low, double high);                    ///< "95.1 – 120"

} // namespace isolab
