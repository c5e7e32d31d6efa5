// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace isolab {

/// Probability that a standard normal variable is at most z, which may be infinite but not NaN.
double normal_probability(double z);

/// The z with that probability below it; 0 < probability < 1.
double normal_quantile(double probability);

/// The same for Student's t with `freedom` > 0 degrees of freedom (Student 1908).
double student_t_quantile(double probability, double freedom);

} // namespace isolab
