// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "compare/textbook/row.h"

namespace isolab {

/// A figure of a cell in all worlds that have it.
struct RowFigures {
    std::string id;
    std::string unit;
    std::string base; ///< see BookRow
    std::vector<WorldFigure> worlds;
};

/// Those that the experiment asks for, in their order; empty where nothing was measured. Pure.
std::vector<RowFigures> row_figures(const ExperimentResult& result, std::size_t cell);

} // namespace isolab
