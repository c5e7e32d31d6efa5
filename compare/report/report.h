// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "compare/model/comparison.h"

namespace isolab {

/// The schema of report_json(), documented in docs/comparison-schema.md.
inline constexpr const char* comparison_schema = "isolab.comparison/1";

Json report_json(const ComparisonResult& result);
/// The inverse; corrupt when the document is not of comparison_schema, lacks a field, or is not what its field "sha256"
/// says (document_check.h); unsupported when it is of a later version.
Result<ComparisonResult> parse_report(const Json& document, const std::string& subject);

struct TableOptions {
    bool colour = false;  ///< ANSI colours of the two worlds
    unsigned width = 114; ///< columns available, at least 60
};
/// A table for people: headline figures, phases, memory rows, disk, ratios, contract, notices.
std::string report_table(const ComparisonResult& result, const TableOptions& options);

} // namespace isolab
