// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "compare/model/comparison.h"

namespace isolab {

/// For each of `runs` rounds the sides (0 .. sides-1), each once, in random order: they take turns, and neither always
/// goes first. The same seed gives the same order. Pure.
/// For RunOrder::listed each round has the sides as they are listed.
std::vector<std::vector<std::size_t>> order_of_runs(RunOrder order, std::size_t sides, unsigned runs,
                                                    std::uint64_t seed);

} // namespace isolab
