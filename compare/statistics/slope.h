// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>

#include "compare/statistics/interval.h"

namespace isolab {

/// One measured point: `y` at `x`, for instance bytes of memory at a number of instances. Both finite.
struct Point {
    double x = 0, y = 0;
};

/// y = intercept + slope * x: what one more costs, and what the first costs beside.
struct Line {
    double slope = 0;     ///< unit of y per unit of x
    double intercept = 0; ///< unit of y
    std::optional<Interval> interval =
        std::nullopt; ///< 95 % interval of the slope; empty when there are too few points
};

// Points may share their x. Both are empty when all do, or there are fewer than two points. What they assume: a
// straight line and independent errors. Numbers of instances that were reached by adding to the same running set are
// not independent, and both intervals are then too short.

/// Theil-Sen: the median of the slopes between all pairs with different x (Theil 1950, Sen 1968), with median(y) -
/// slope * median(x) as the intercept (Conover 1999). Up to 29 % of the points may be anything. Time and memory are
/// O(n^2).
///
/// The interval is Sen's, from the distribution of Kendall's statistic, whatever that of the errors: exact with ties in
/// x up to 60 points, where it holds the slope with at least 95 % probability (more, since few are possible), and above
/// by the normal approximation with Sen's variance. Ties in y make it wider than needed. It cannot reach beyond the
/// extremes of all pairs, so four points with different x, or three and four at two x, are too few for one.
std::optional<Line> theil_sen_line(std::span<const Point> points);

/// Least squares, with the interval of Student's t with n - 2 degrees of freedom; that assumes errors of a normal
/// distribution with the same variance at every x. Two points have a line and no interval.
std::optional<Line> least_squares_line(std::span<const Point> points);

} // namespace isolab
