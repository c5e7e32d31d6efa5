// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "compare/statistics/slope.h"
#include "compare/textbook/row.h"

namespace isolab {

/// The raw values behind a row's figure of one world, in the order in which they were measured; empty where it is not
/// made of repetitions. Pure.
std::vector<double> samples_of(const ExperimentResult& result, const BookRow& row, const std::string& world);

/// Of a density experiment: a figure of all instances by their number.
std::vector<Point> series_of(const ExperimentResult& result, std::size_t cell, const std::string& world,
                             const std::string& figure);

} // namespace isolab
