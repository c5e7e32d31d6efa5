// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/run/run_order.h"

#include <numeric>
#include <utility>

#include "compare/statistics/random.h"

namespace isolab {

std::vector<std::vector<std::size_t>> order_of_runs(RunOrder order, std::size_t sides, unsigned runs,
                                                    std::uint64_t seed) {
    RandomIndex random(seed);
    std::vector<std::vector<std::size_t>> rounds(runs, std::vector<std::size_t>(sides));
    for (std::vector<std::size_t>& round : rounds) {
        std::iota(round.begin(), round.end(), std::size_t{0});
        for (std::size_t last = order == RunOrder::random ? sides : 0; last > 1; --last)
            std::swap(round[last - 1], round[random.below(last)]);
    }
    return rounds;
}

} // namespace isolab
