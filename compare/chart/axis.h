// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace isolab {

/// Maps values to places on a line, linearly from zero or logarithmically. Pure.
class Axis {
  public:
    struct Tick {
        double value = 0;
        double place = 0;
    };

    /// Linear, from zero (or from `low` when that is below) to `high` at least, with round ends.
    static Axis linear(double low, double high, double from, double to);
    /// Whole decades around both, which must be above zero.
    static Axis logarithmic(double low, double high, double from, double to);
    /// Logarithmic where `high` is so many times `low` that a linear one would hide the small ones.
    static Axis fitting(double low, double high, double from, double to);

    double place(double value) const noexcept;
    bool is_logarithmic() const noexcept { return logarithmic_; }
    /// Round values within it, ascending; not more than `most`.
    std::vector<Tick> ticks(std::size_t most) const;

  private:
    bool logarithmic_ = false;
    double low_ = 0, high_ = 1, from_ = 0, to_ = 1;
};

} // namespace isolab
