// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace isolab {

// Quantiles of samples by linear interpolation between neighbours: type 7 of Hyndman & Fan 1996, "Sample Quantiles in
// Statistical Packages". q in [0, 1]; the sample must not be empty.

/// The sample need not be sorted.
double quantile(std::vector<double> sample, double q);

/// The sample is sorted already.
double sorted_quantile(const std::vector<double>& sorted, double q);

} // namespace isolab
