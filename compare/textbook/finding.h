// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "compare/model/comparison.h"
#include "compare/textbook/claims.h"

namespace isolab {

/// With 3 runs of each side, two samples that do not overlap at all give p = 2/20: no test can be certain.
inline constexpr std::size_t enough_runs = 4;

/// "The book says · measured here": what a result answers to one claim.
struct Finding {
    const Claim* claim = nullptr;      ///< never null; lives as long as the program
    Fact measured;                     ///< "120×", "own"; empty: this result has no answer
    std::optional<RatioSummary> ratio; ///< machine over container, where the answer is one
    std::size_t runs = 0;              ///< of the side that has fewer
    bool emulated = false;             ///< the machine's figures are of software emulation
    Fact doubt;                        ///< "too few runs yet", "not distinguishable"; empty: the difference is certain
    std::vector<Fact> details;         ///< sentences: both figures, what the test says, how they stand to the book's
                                       ///< own, or why there is no figure
};

/// The ratio `pair`, also where the result has only its inverse.
std::optional<RatioSummary> ratio_of(const ComparisonResult& result, const std::string& metric, const RatioPair& pair);

/// One for each claim, in their order; what this result has no figure for stays empty. Pure.
std::vector<Finding> textbook_findings(const ComparisonResult& result);

} // namespace isolab
