// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/chart/axis.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace isolab {
namespace {

constexpr double hiding = 30; ///< a value that is so many times smaller than the largest cannot be read beside it

/// The smallest of 1, 2, 5 times a power of ten that is not below `step`.
double round_step(double step) {
    const double power = std::pow(10.0, std::floor(std::log10(step)));
    for (const double factor : std::array{1.0, 2.0, 5.0})
        if (factor * power >= step * (1 - 1e-9))
            return factor * power;
    return 10 * power;
}

} // namespace

Axis Axis::linear(double low, double high, double from, double to) {
    Axis axis;
    axis.from_ = from;
    axis.to_ = to;
    const double top = std::max(high, 0.0);
    const double bottom = std::min(low, 0.0);
    const double span = top - bottom > 0 ? top - bottom : 1;
    const double step = round_step(span / 4);
    axis.low_ = std::floor(bottom / step + 1e-9) * step;
    axis.high_ = std::max(std::ceil(top / step - 1e-9) * step, axis.low_ + step);
    return axis;
}

Axis Axis::logarithmic(double low, double high, double from, double to) {
    Axis axis;
    axis.logarithmic_ = true;
    axis.from_ = from;
    axis.to_ = to;
    axis.low_ = std::pow(10.0, std::floor(std::log10(low) + 1e-9));
    axis.high_ = std::max(std::pow(10.0, std::ceil(std::log10(high) - 1e-9)), axis.low_ * 10);
    return axis;
}

Axis Axis::fitting(double low, double high, double from, double to) {
    return low > 0 && high / low > hiding ? logarithmic(low, high, from, to) : linear(low, high, from, to);
}

double Axis::place(double value) const noexcept {
    const double share = logarithmic_
                             ? (std::log(std::max(value, low_)) - std::log(low_)) / (std::log(high_) - std::log(low_))
                             : (value - low_) / (high_ - low_);
    return from_ + share * (to_ - from_);
}

std::vector<Axis::Tick> Axis::ticks(std::size_t most) const {
    std::vector<Tick> ticks;
    if (logarithmic_) {
        const auto decades = static_cast<std::size_t>(std::lround(std::log10(high_ / low_)));
        const std::size_t every = decades / std::max<std::size_t>(most, 1) + 1;
        for (std::size_t i = 0; i <= decades; i += every)
            ticks.push_back({low_ * std::pow(10.0, static_cast<double>(i)), 0});
    } else {
        const double step = round_step((high_ - low_) / static_cast<double>(std::max<std::size_t>(most, 2) - 1));
        const auto steps = static_cast<std::size_t>(std::floor((high_ - low_) / step + 1e-9));
        for (std::size_t i = 0; i <= steps; ++i)
            ticks.push_back({low_ + static_cast<double>(i) * step, 0});
    }
    for (Tick& tick : ticks)
        tick.place = place(tick.value);
    return ticks;
}

} // namespace isolab
