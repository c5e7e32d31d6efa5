// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/statistics/slope.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <numeric>
#include <vector>

#include "compare/statistics/distributions.h"
#include "compare/statistics/quantile.h"

namespace isolab {
namespace {

constexpr std::size_t most_for_exact = 60; ///< points; 60! still fits a double with ease

/// How many points share each x.
std::vector<std::size_t> group_sizes(std::span<const Point> points) {
    std::vector<double> xs(points.size());
    std::ranges::transform(points, xs.begin(), &Point::x);
    std::ranges::sort(xs);
    std::vector<std::size_t> sizes;
    for (std::size_t i = 0; i < xs.size(); ++i) {
        if (i == 0 || xs[i] != xs[i - 1])
            sizes.push_back(0);
        ++sizes.back();
    }
    return sizes;
}

/// Slopes of all pairs with different x, sorted.
std::vector<double> sorted_slopes(std::span<const Point> points) {
    std::vector<double> slopes;
    for (std::size_t i = 0; i < points.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (points[i].x != points[j].x)
                slopes.push_back((points[i].y - points[j].y) / (points[i].x - points[j].x));
    std::ranges::sort(slopes);
    return slopes;
}

/// Partitions of 0 ... present * added into at most `added` parts of at most `present` each: in how many orders of two
/// groups that many pairs stand the wrong way round (Mann & Whitney 1947).
std::vector<double> orders_of_two_groups(std::size_t present, std::size_t added) {
    const std::size_t pairs = present * added;
    std::vector<std::vector<double>> counts(added + 1, std::vector<double>(pairs + 1, 0.0));
    counts[0][0] = 1;
    for (std::size_t part = 1; part <= present; ++part)
        for (std::size_t parts = 1; parts <= added; ++parts)
            for (std::size_t sum = part; sum <= pairs; ++sum)
                counts[parts][sum] += counts[parts - 1][sum - part];
    std::vector<double> all(pairs + 1, 0.0);
    for (const std::vector<double>& row : counts)
        std::ranges::transform(all, row, all.begin(), std::plus<>());
    return all;
}

/// In how many orders of all groups 0, 1, 2, ... pairs stand the wrong way round: the null distribution of Kendall's
/// statistic with ties in one variable, as counts.
std::vector<double> orders_of_groups(const std::vector<std::size_t>& sizes) {
    std::vector<double> counts{1};
    std::size_t present = 0;
    for (const std::size_t size : sizes) {
        const std::vector<double> more = orders_of_two_groups(present, size);
        std::vector<double> product(counts.size() + more.size() - 1, 0.0);
        for (std::size_t i = 0; i < counts.size(); ++i)
            for (std::size_t j = 0; j < more.size(); ++j)
                product[i + j] += counts[i] * more[j];
        counts = std::move(product);
        present += size;
    }
    return counts;
}

/// How many of the sorted slopes may lie beyond each end, and one more: the end's rank from 1; 0: there is no such end.
std::size_t exact_rank(const std::vector<std::size_t>& sizes) {
    const std::vector<double> counts = orders_of_groups(sizes);
    const double allowed = interval_tail * std::accumulate(counts.begin(), counts.end(), 0.0);
    std::size_t rank = 0;
    double below = counts[0];
    while (below <= allowed)
        below += counts[++rank];
    return rank;
}

/// The same by the normal approximation, with the variance of Sen 1968.
std::size_t approximate_rank(const std::vector<std::size_t>& sizes, std::size_t pairs) {
    const auto term = [](std::size_t size) {
        const auto n = static_cast<double>(size);
        return n * (n - 1) * (2 * n + 5);
    };
    std::size_t points = 0;
    double variance = 0;
    for (const std::size_t size : sizes) {
        points += size;
        variance -= term(size) / 18;
    }
    variance += term(points) / 18;
    const double reach = normal_quantile(1 - interval_tail) * std::sqrt(variance);
    return static_cast<std::size_t>(std::max(0.0, std::floor((static_cast<double>(pairs) - reach) / 2)));
}

double median_coordinate(std::span<const Point> points, double Point::*coordinate) {
    std::vector<double> values(points.size());
    std::ranges::transform(points, values.begin(), coordinate);
    return quantile(std::move(values), 0.5);
}

double mean_coordinate(std::span<const Point> points, double Point::*coordinate) {
    double sum = 0;
    for (const Point& point : points)
        sum += point.*coordinate;
    return sum / static_cast<double>(points.size());
}

} // namespace

std::optional<Line> theil_sen_line(std::span<const Point> points) {
    const std::vector<double> slopes = sorted_slopes(points);
    if (slopes.empty())
        return std::nullopt;
    Line line;
    line.slope = sorted_quantile(slopes, 0.5);
    line.intercept = median_coordinate(points, &Point::y) - line.slope * median_coordinate(points, &Point::x);
    const std::vector<std::size_t> sizes = group_sizes(points);
    const std::size_t rank =
        points.size() <= most_for_exact ? exact_rank(sizes) : approximate_rank(sizes, slopes.size());
    if (rank > 0)
        line.interval = Interval{slopes[rank - 1], slopes[slopes.size() - rank]};
    return line;
}

std::optional<Line> least_squares_line(std::span<const Point> points) {
    if (points.size() < 2)
        return std::nullopt;
    const double x_mean = mean_coordinate(points, &Point::x);
    const double y_mean = mean_coordinate(points, &Point::y);
    double squares = 0;
    double products = 0;
    for (const Point& point : points) {
        squares += (point.x - x_mean) * (point.x - x_mean);
        products += (point.x - x_mean) * (point.y - y_mean);
    }
    if (!(squares > 0))
        return std::nullopt;
    Line line;
    line.slope = products / squares;
    line.intercept = y_mean - line.slope * x_mean;
    if (points.size() == 2)
        return line;
    double residuals = 0;
    for (const Point& point : points) {
        const double residual = (point.y - y_mean) - line.slope * (point.x - x_mean);
        residuals += residual * residual;
    }
    const auto freedom = static_cast<double>(points.size() - 2);
    const double reach = student_t_quantile(1 - interval_tail, freedom) * std::sqrt(residuals / freedom / squares);
    line.interval = Interval{line.slope - reach, line.slope + reach};
    return line;
}

} // namespace isolab
