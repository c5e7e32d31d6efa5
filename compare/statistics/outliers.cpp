// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/statistics/outliers.h"

#include <algorithm>

#include "compare/statistics/quantile.h"

namespace isolab {

std::vector<std::size_t> find_outliers(const std::vector<double>& sample) {
    std::vector<std::size_t> outliers;
    if (sample.empty())
        return outliers;
    std::vector<double> sorted = sample;
    std::ranges::sort(sorted);
    const double q1 = sorted_quantile(sorted, 0.25);
    const double q3 = sorted_quantile(sorted, 0.75);
    const double reach = 1.5 * (q3 - q1);
    for (std::size_t i = 0; i < sample.size(); ++i)
        if (sample[i] < q1 - reach || sample[i] > q3 + reach)
            outliers.push_back(i);
    return outliers;
}

} // namespace isolab
