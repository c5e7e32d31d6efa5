// SPDX-License-Identifier: GPL-3.0-or-later
//
// Several comparisons in one picture: the same figure of all of them, and how two of them differ. Pure.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compare/report/document.h"

namespace isolab {

/// A comparison among those that are laid over each other.
struct OverlaidResult {
    std::shared_ptr<const ComparisonResult> result; ///< never null
    std::string date;                               ///< when it was made, as the reader's clock has it
    std::string origin = {};                        ///< the machine that it was made on; empty: this one
};

/// What tells each from the others: its date where all are of one machine, otherwise its origin, with its date where
/// several have the same.
std::vector<std::string> overlay_labels(const std::vector<OverlaidResult>& results, const Speech& speech);

/// The ids of figures that any of them has: "ready" and what else is asked for first, the others behind.
std::vector<std::string> overlay_figures(const std::vector<OverlaidResult>& results);

/// One picture with a lane for each world and result that has the figure, those of a world together; what a world's
/// figure cannot be compared for is told below it. Of two results also what was asked for differently, on what
/// machines, and headline figures as ratios with intervals (difference.h).
Document overlay_document(const std::vector<OverlaidResult>& results, const std::string& figure, const Speech& speech);

} // namespace isolab
