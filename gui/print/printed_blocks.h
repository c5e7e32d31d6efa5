// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "compare/report/document.h"
#include "gui/print/page_flow.h"
#include "gui/print/paper.h"

namespace isolab {

/// All of a document in pieces, in its order. Headings keep the next piece, and so do the texts between a heading and
/// the first of its parts; other texts keep at least two lines together. Figures are as wide as the column, or smaller
/// where a page is not high enough.
std::vector<Piece> printed_blocks(const Document& document, const PaperStyle& paper);

} // namespace isolab
