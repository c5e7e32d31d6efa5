// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "compare/report/report.h"

namespace isolab {

/// The figures of a comparison of more than two worlds, which have no room beside each other: a row for each world, the
/// baseline first, a column for each figure and its ratio. Part of report_table().
std::string world_rows(const ComparisonResult& result, const TableOptions& options);

} // namespace isolab
