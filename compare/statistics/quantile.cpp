// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/statistics/quantile.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace isolab {

double sorted_quantile(const std::vector<double>& sorted, double q) {
    const double place = q * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(std::floor(place));
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    const double part = place - static_cast<double>(below);
    return sorted[below] + part * (sorted[above] - sorted[below]);
}

double quantile(std::vector<double> sample, double q) {
    std::ranges::sort(sample);
    return sorted_quantile(sample, q);
}

} // namespace isolab
