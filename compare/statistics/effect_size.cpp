// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/statistics/effect_size.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "compare/statistics/distributions.h"

namespace isolab {
namespace {

/// Dominance of each value over the other sample: means of signs, and what is known of all pairs.
struct Dominance {
    std::vector<double> rows, columns; ///< means by value of a, of b
    double mean = 0;                   ///< of all signs: delta
    double squares = 0;                ///< sum of squared signs: pairs that are no ties
};

Dominance dominance_of(const std::vector<double>& a, const std::vector<double>& b) {
    Dominance all{std::vector<double>(a.size()), std::vector<double>(b.size())};
    for (std::size_t i = 0; i < a.size(); ++i) {
        for (std::size_t j = 0; j < b.size(); ++j) {
            const double sign = static_cast<double>(a[i] > b[j]) - static_cast<double>(a[i] < b[j]);
            all.rows[i] += sign;
            all.columns[j] += sign;
            all.mean += sign;
            all.squares += sign * sign;
        }
    }
    const auto rows = static_cast<double>(a.size());
    const auto columns = static_cast<double>(b.size());
    std::ranges::for_each(all.rows, [&](double& sum) { sum /= columns; });
    std::ranges::for_each(all.columns, [&](double& sum) { sum /= rows; });
    all.mean /= rows * columns;
    return all;
}

double squared_distances(const std::vector<double>& values, double center) {
    double sum = 0;
    for (const double value : values)
        sum += (value - center) * (value - center);
    return sum;
}

double variance_of_delta(const Dominance& all) {
    const auto n = static_cast<double>(all.rows.size());
    const auto m = static_cast<double>(all.columns.size());
    const double within = all.squares - n * m * all.mean * all.mean;
    const double unbiased =
        (m * m * squared_distances(all.rows, all.mean) + n * n * squared_distances(all.columns, all.mean) - within) /
        (n * m * (n - 1) * (m - 1));
    return std::max(unbiased, (1 - all.mean * all.mean) / (n * m - 1));
}

Interval interval_of_delta(const Dominance& all) {
    const double delta = all.mean;
    if (std::abs(delta) == 1) {
        const auto least = static_cast<double>(std::min(all.rows.size(), all.columns.size()));
        const double z = normal_quantile(1 - interval_tail);
        const double end = (least - z * z) / (least + z * z);
        return delta > 0 ? Interval{end, 1} : Interval{-1, -end};
    }
    const auto freedom = static_cast<double>(all.rows.size() + all.columns.size() - 2);
    const double t = student_t_quantile(1 - interval_tail, freedom);
    const double variance = variance_of_delta(all);
    const double rest = 1 - delta * delta;
    const double reach = t * std::sqrt(variance * (rest * rest + t * t * variance));
    const double divisor = rest + t * t * variance;
    const double center = delta * rest;
    return {std::max(-1.0, (center - reach) / divisor), std::min(1.0, (center + reach) / divisor)};
}

} // namespace

std::optional<EffectSize> effect_size(const std::vector<double>& a, const std::vector<double>& b) {
    if (a.empty() || b.empty())
        return std::nullopt;
    const Dominance all = dominance_of(a, b);
    EffectSize size{all.mean, (all.mean + 1) / 2};
    if (a.size() > 1 && b.size() > 1)
        size.interval = interval_of_delta(all);
    return size;
}

} // namespace isolab
