// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

namespace isolab::bench {

/// Counts of durations in classes whose width grows with the duration: 128 classes for each doubling, so that a
/// quantile is off by less than 1 %; below 256 each value has a class of its own. After the idea of Gil Tene's
/// HdrHistogram. A value; as large as any duration of up to 18 minutes needs, 36 KiB, and empty until the first add().
class Histogram {
  public:
    /// One duration in nanoseconds; what is longer than 2^40 counts as that long, but for max().
    void add(std::uint64_t nanoseconds);

    bool empty() const noexcept { return count_ == 0; }
    std::uint64_t max() const noexcept { return max_; } ///< exact
    /// The smallest duration that at least `share` of all (0 to 1) do not exceed; the middle of its class, at most
    /// max(). 0 when empty.
    std::uint64_t quantile(double share) const noexcept;

  private:
    std::vector<std::uint64_t> classes_;
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
};

} // namespace isolab::bench
