// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <random>
#include <vector>

namespace isolab::test {

/// Simulated measurements, the same for a seed with every standard library (Box & Muller 1958; the distributions of
/// <random> may differ).
class SimulatedSamples {
  public:
    explicit SimulatedSamples(std::uint64_t seed) : engine_(seed) {}
    double normal() { return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform()); }
    /// Of median 1; sigma is the standard deviation of the logarithm.
    std::vector<double> lognormal(std::size_t n, double sigma) {
        std::vector<double> sample(n);
        for (double& value : sample)
            value = std::exp(sigma * normal());
        return sample;
    }

  private:
    double uniform() { return (static_cast<double>(engine_() >> 11U) + 0.5) * 0x1p-53; }
    std::mt19937_64 engine_;
};

} // namespace isolab::test
