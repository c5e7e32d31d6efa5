// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/statistics/distributions.h"

#include <cmath>
#include <numbers>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

namespace isolab {

double normal_probability(double z) { return std::erfc(-z / std::numbers::sqrt2) / 2; }

double normal_quantile(double probability) {
    return boost::math::quantile(boost::math::normal_distribution<double>(), probability);
}

double student_t_quantile(double probability, double freedom) {
    return boost::math::quantile(boost::math::students_t_distribution<double>(freedom), probability);
}

} // namespace isolab
