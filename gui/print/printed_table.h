// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "compare/report/document.h"
#include "gui/print/page_flow.h"
#include "gui/print/paper.h"

namespace isolab {

/// What a column of a table would like to have.
struct ColumnWish {
    double least = 0; ///< its longest word, or its longest number
    double most = 0;  ///< all of it on one line
};

/// Widths of columns, together `width`: all have what they like, and more, where there is room; then each has the
/// least, and the rest goes to those that like more. Where not even that fits, all are cut alike. Pure.
std::vector<double> column_widths(const std::vector<ColumnWish>& wishes, double width);

/// A table as wide as the column of text, a piece for its head and one for each row; a row that is higher than a page
/// is cut between its lines. Neither the first nor the last row stands alone.
std::vector<Piece> printed_table(const DocumentTable& table, const PaperStyle& paper);

} // namespace isolab
