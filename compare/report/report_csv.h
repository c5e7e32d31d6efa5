// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compare/model/comparison.h"

namespace isolab {

/// Results as comma-separated values (RFC 4180, lines end in LF), for spreadsheets and statistics programs. Both begin
/// with a line of names; numbers have a point whatever the locale. What comes from an image or a user is quoted, and
/// where a spreadsheet would take it for a formula it gets an apostrophe in front. Pure.

/// Tidy: a row for each figure of each run, warm-ups, races and failed runs too: the result, its date (UTC), workload,
/// world, run (from 1), warm-up (0, 1), mode, marks, figure ("phase.kernel", "ready", "memory", ...), unit, value.
std::string report_csv(const std::vector<ComparisonResult>& results);

/// A row for each figure of each world: number of runs, median, its interval, quartiles, ends, 95th percentile,
/// and its ratio to the baseline with interval and p-value.
std::string summary_csv(const std::vector<ComparisonResult>& results);

/// One cell as it stands in a line.
std::string csv_cell(std::string_view text);

} // namespace isolab
