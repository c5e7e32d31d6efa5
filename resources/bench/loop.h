// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <ctime>
#include <utility>

#include <unistd.h>

#include "resources/bench/kernel.h"

namespace isolab::bench {

/// Nanoseconds of CLOCK_MONOTONIC.
inline std::uint64_t now_ns() noexcept {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U + static_cast<std::uint64_t>(time.tv_nsec);
}

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

/// Says once, to whoever ordered it, that the kernel works.
class Announcement {
  public:
    explicit Announcement(const Order& order) noexcept : fd_(order.ready_fd) {}
    void operator()(const Work& work) noexcept {
        if (fd_ >= 0 && work.error.empty() && ::write(fd_, "+", 1) == 1)
            fd_ = -1;
    }

  private:
    int fd_;
};

/// Calls `batch(work)`, which does and counts some operations, until the time is over or it sets work.error.
template <typename Batch> Work repeat(const Order& order, Batch&& batch) {
    Work work;
    Announcement announce(order);
    const double start = now();
    do {
        batch(work);
        work.seconds = now() - start;
        announce(work);
    } while (work.error.empty() && work.seconds < order.seconds);
    return work;
}

/// The same for batches so long that the clock can be asked after each: what one takes, shared evenly among its
/// `operations_per_batch` operations, goes into work.latency.
template <typename Batch> Work repeat_each(const Order& order, Batch&& batch, std::uint64_t operations_per_batch = 1) {
    std::uint64_t before = 0;
    Histogram latency;
    Work result = repeat(order, [&](Work& work) {
        before = now_ns();
        batch(work);
        if (work.error.empty()) {
            latency.add((now_ns() - before) / operations_per_batch);
            work.operations += operations_per_batch;
        }
    });
    result.latency = std::move(latency);
    return result;
}

/// The same for batches that say themselves how many nanoseconds of them count.
template <typename Batch> Work repeat_timed(const Order& order, Batch&& batch) {
    Work work;
    Announcement announce(order);
    std::uint64_t nanoseconds = 0;
    do {
        nanoseconds += batch(work);
        announce(work);
    } while (work.error.empty() && static_cast<double>(nanoseconds) * 1e-9 < order.seconds);
    work.seconds = static_cast<double>(nanoseconds) * 1e-9;
    return work;
}

} // namespace isolab::bench
