// SPDX-License-Identifier: GPL-3.0-or-later
#include "resources/bench/loop.h"

namespace isolab::bench {

Work run_compute(const Order& order) {
    constexpr std::uint64_t batch_size = 1U << 20U;
    std::uint64_t state = 88172645463325252ULL;
    return repeat(order, [&state](Work& work) {
        for (std::uint64_t i = 0; i < batch_size; ++i)
            work.checksum += next_random(state);
        work.operations += batch_size;
    });
}

} // namespace isolab::bench
