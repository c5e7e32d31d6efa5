// SPDX-License-Identifier: GPL-3.0-or-later
//
// How two results of the same kind differ: first in what was asked for and on what it was measured, then in figures.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compare/report/export_json.h"
#include "compare/statistics/interval.h"
#include "compare/statistics/statistics.h"

namespace isolab {

/// A field that differs, with its values as JSON; empty where the field is absent.
struct FieldDifference {
    std::string field; ///< "workload.memory_bytes", "cpu.governor"
    std::string a, b;
};

/// A median or a slope, with its 95 % interval; of one value there is none.
struct Estimate {
    double value = 0;
    std::optional<Interval> interval = {};
    std::size_t n = 0;
};

struct FigureDifference {
    std::string id;
    std::string unit; ///< as format_figure() knows it
    std::optional<Estimate> a, b;
    /// B over A with interval and test of the raw values; empty: one is missing, the side is not comparable, or the
    /// figure is no median of repetitions (slopes, ratios).
    std::optional<RatioSummary> ratio = {};
};

struct SideDifference {
    std::string side;
    std::string reason = {}; ///< why its figures are not comparable; empty: they are
    std::vector<FigureDifference> figures;
};

struct ResultDifference {
    std::string a, b;    ///< ids of the results; empty: of a cell without comparison
    std::string subject; ///< what a part is of its whole: an experiment's id, "cold"
    std::vector<FieldDifference> plan, environment;
    std::vector<FieldDifference> load; ///< what changes by itself: load, free memory, what measuring costs
    std::vector<SideDifference> sides; ///< those of A, then those that only B has
    std::vector<ResultDifference> parts;
    std::vector<std::string> only_a, only_b; ///< parts that the other result does not have
};

/// Headline figures of comparisons, all figures that experiments are asked for by their cells, suites by their
/// experiments. Sides with different marks (software emulation, cold page cache) are told, not compared, as is memory
/// of different definitions. invalid_argument for results of different kinds or of different experiments or suites.
/// Pure: the same results give the same answer.
Result<ResultDifference> difference_of(const AnyResult& a, const AnyResult& b);

/// Schema isolab.difference/1 (docs/history.md).
Json difference_json(const ResultDifference& difference);

} // namespace isolab
