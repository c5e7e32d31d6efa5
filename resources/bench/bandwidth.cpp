// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <bit>
#include <vector>

#include "resources/bench/loop.h"

namespace isolab::bench {

namespace {

constexpr std::size_t array_bytes = 48U << 20U;
constexpr std::size_t least_bytes = 4U << 20U; // however many neighbours share

void triad(std::vector<double>& a, const std::vector<double>& b, const std::vector<double>& c, double scale) {
    for (std::size_t i = 0; i < a.size(); ++i)
        a[i] = b[i] + scale * c[i];
}

} // namespace

Work run_bandwidth(const Order& order) {
    const std::size_t bytes = std::max(least_bytes, array_bytes / static_cast<std::size_t>(order.neighbours));
    const std::size_t count = bytes / sizeof(double);
    std::vector<double> a(count, 1);
    std::vector<double> b(count, 2);
    std::vector<double> c(count, 0.5);
    std::uint64_t position = 0;
    return repeat(order, [&](Work& work) {
        triad(a, b, c, 3);
        position = (position + 4099) % count;
        work.checksum += std::bit_cast<std::uint64_t>(a[position]) + position;
        std::swap(a, b);
        work.operations += 3 * count * sizeof(double);
    });
}

} // namespace isolab::bench
