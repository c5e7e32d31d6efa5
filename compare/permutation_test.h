// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace isolab {

/// Median of a non-empty sample (its order is changed): the mean of the two middle values when their number is even.
double median_of(std::vector<double>& sample);

/// Two-sided permutation test of the difference of two medians (Good 2005, "Permutation, Parametric and Bootstrap
/// Tests of Hypotheses"). All splits are counted while there are at most 20 000 of them; otherwise 4000 random ones,
/// with (b + 1) / (m + 1) as the estimate, which is never zero (Phipson & Smyth 2010). Both samples must not be empty.
double permutation_p_value(const std::vector<double>& a, const std::vector<double>& b, std::uint64_t seed);

} // namespace isolab
