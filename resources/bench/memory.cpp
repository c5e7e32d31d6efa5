// SPDX-License-Identifier: GPL-3.0-or-later
#include <numeric>
#include <utility>
#include <vector>

#include "resources/bench/loop.h"

namespace isolab::bench {

namespace {

/// A permutation of 0..count-1 with a single cycle (Sattolo 1986), so that a walk visits every element.
std::vector<std::uint32_t> random_cycle(std::uint32_t count) {
    std::vector<std::uint32_t> next(count);
    std::iota(next.begin(), next.end(), 0U);
    std::uint64_t state = 88172645463325252ULL;
    for (std::uint32_t i = count - 1; i > 0; --i)
        std::swap(next[i], next[next_random(state) % i]);
    return next;
}

} // namespace

Work run_memory(const Order& order) {
    constexpr std::uint32_t elements = (32U << 20U) / sizeof(std::uint32_t);
    constexpr std::uint64_t batch_size = 1U << 16U;
    const std::vector<std::uint32_t> next = random_cycle(elements);
    std::uint32_t position = 0;
    return repeat(order, [&](Work& work) {
        for (std::uint64_t i = 0; i < batch_size; ++i)
            position = next[position];
        work.checksum += position;
        work.operations += batch_size;
    });
}

} // namespace isolab::bench
