// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>

namespace isolab {

/// Repeatable random indexes: the same seed gives the same sequence with every standard library (mt19937_64 is
/// specified bit by bit; std::uniform_int_distribution is not).
class RandomIndex {
  public:
    explicit RandomIndex(std::uint64_t seed) : engine_(seed) {}
    /// In [0, bound), bound > 0. The modulo's bias is below bound / 2^64.
    std::size_t below(std::size_t bound) { return static_cast<std::size_t>(engine_() % bound); }

  private:
    std::mt19937_64 engine_;
};

} // namespace isolab
