// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <ctime>

#include "resources/bench/kernel.h"

namespace isolab::bench {

/// Seconds of CLOCK_MONOTONIC.
inline double now() noexcept {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

/// One step of a pseudo-random sequence, xorshift64*; `state` must not be zero.
inline std::uint64_t next_random(std::uint64_t& state) noexcept {
    state ^= state >> 12U;
    state ^= state << 25U;
    state ^= state >> 27U;
    return state * 0x2545F4914F6CDD1DULL;
}

/// Calls `batch(work)`, which does and counts some operations, until the time is over or it sets work.error.
template <typename Batch> Work repeat(const Order& order, Batch&& batch) {
    Work work;
    const double start = now();
    do {
        batch(work);
        work.seconds = now() - start;
    } while (work.error.empty() && work.seconds < order.seconds);
    return work;
}

} // namespace isolab::bench
