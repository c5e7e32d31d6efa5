// SPDX-License-Identifier: GPL-3.0-or-later
//
// Pictures of results. Pure; texts are given in the reader's language. Colours are the worlds', labels stand at the
// lines instead of in legends, dots are the raw values behind every summary, and the interval is a band.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compare/chart/drawing.h"
#include "compare/statistics/interval.h"
#include "compare/statistics/slope.h"

namespace isolab {

inline constexpr double chart_width = 680; ///< of all charts, units

/// One world's values in a box plot.
struct BoxLane {
    std::string label;
    std::string world;
    std::vector<double> values; ///< raw, at least one
    double median = 0;
    std::optional<Interval> interval = {}; ///< of the median
    std::string figure;                    ///< "6.58 ms", at the right
    std::string note = {};                 ///< a smaller line under the label; empty: none
};
/// Lanes from top to bottom over one axis in `unit` (format_figure()), logarithmic where they are far apart.
Drawing box_plot(const std::vector<BoxLane>& lanes, const std::string& unit, const std::string& title);

struct Series {
    std::string label;
    std::string world;
    std::vector<Point> points;
    std::optional<Line> line = {}; ///< drawn through the points
};
/// y in `unit` over x, a count, both from zero.
Drawing line_chart(const std::vector<Series>& series, const std::string& x_label, const std::string& unit,
                   const std::string& title);

struct StackPart {
    std::string label;
    double value = 0;
};
struct StackBar {
    std::string label;
    std::string world;
    std::vector<StackPart> parts; ///< from left to right, lightest first
};
/// Bars over one linear axis in `unit`.
Drawing stacked_bars(const std::vector<StackBar>& bars, const std::string& unit, const std::string& title);

struct WaterfallStep {
    std::string label;
    std::string world;
    double value = 0;                    ///< altogether after this step
    std::optional<Interval> change = {}; ///< of what it added, 95 %
};
/// The first step's value, what each further one adds or saves, and the last one's value.
Drawing waterfall(const std::vector<WaterfallStep>& steps, const std::string& unit, const std::string& title);

/// What a cell of a matrix says.
enum class Verdict { works, refused, absent, unknown };
struct MatrixRow {
    std::string label;
    std::vector<std::pair<Verdict, std::string>> cells; ///< with the word that stands there
};
/// A row for each thing tried, a column for each world.
Drawing matrix(const std::vector<std::string>& columns, const std::vector<std::string>& worlds,
               const std::vector<MatrixRow>& rows, const std::string& title);

} // namespace isolab
