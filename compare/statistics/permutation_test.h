// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace isolab {

/// Median of a non-empty sample (its order is changed): the mean of the two middle values when their number is even.
double median_of(std::vector<double>& sample);

/// Two-sided permutation test of two samples with the sum of ranks as its statistic (Wilcoxon 1945, Mann & Whitney
/// 1947; ties get their mean rank). All splits are counted while there are at most 20 000 of them; otherwise 4000
/// random ones, with (b + 1) / (m + 1) as the estimate, which is never zero (Phipson & Smyth 2010). Both samples must
/// not be empty. Ranks, not medians, are permuted: where all values of a side are equal, medians of splits are too.
double permutation_p_value(const std::vector<double>& a, const std::vector<double>& b, std::uint64_t seed);

} // namespace isolab
