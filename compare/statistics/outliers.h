// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

namespace isolab {

/// Indexes of values more than 1.5 interquartile ranges outside the quartiles (type 7), in their order: the fences of
/// Tukey 1977, "Exploratory Data Analysis". Empty for an empty sample. A flag says "look at this run"; a value that has
/// one stays in every figure.
///
/// Of a large normal sample the fences flag 0.7 % of the values; of small ones more, since quartiles of few values
/// vary: at least one in 28 % of the samples of ten and in 33 % of those of five (simulated; Hoaglin, Iglewicz & Tukey
/// 1986, "Performance of Some Resistant Rules for Outlier Labeling", for other quartiles). Of three values or fewer
/// they never flag one. The other usual rule, modified z-scores 0.6745 * (x - median) / MAD beyond 3.5 (Iglewicz &
/// Hoaglin 1993, "How to Detect and Handle Outliers"), takes both tails for equally long, which those of times are not.
/// Where more than half of the values are equal, as of memory in whole pages, the fences coincide and every other value
/// is flagged; the z-scores would be infinite.
std::vector<std::size_t> find_outliers(const std::vector<double>& sample);

} // namespace isolab
