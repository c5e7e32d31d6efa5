// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/time_axis.h"

#include <algorithm>
#include <cmath>

#include "gui/models/figure.h"

namespace isolab {
namespace {

constexpr double default_shortest = 1e6;
constexpr double default_longest = 1e9;
constexpr double max_decades = 7;
constexpr double room = 1.06; ///< to the right of the last bar

/// The largest of 1, 2 or 5 times a power of ten of which at least four fill `span`.
double round_step(double span) {
    const double most = span / 4;
    const double power = std::pow(10.0, std::floor(std::log10(most)));
    return most >= 5 * power ? 5 * power : most >= 2 * power ? 2 * power : power;
}

} // namespace

TimeAxis TimeAxis::fit(double shortest, double longest, bool logarithmic) {
    const double last = (longest > 0 ? longest : default_longest) * room;
    if (!logarithmic)
        return {0, last, false};
    double first = std::pow(10.0, std::floor(std::log10(shortest > 0 ? shortest : default_shortest)));
    first = std::clamp(first, last / std::pow(10.0, max_decades), last / 10);
    return {first, last, true};
}

double TimeAxis::position(double time) const {
    const double at = logarithmic_ ? std::log(std::max(time, first_) / first_) / std::log(last_ / first_)
                                   : (time - first_) / (last_ - first_);
    return std::clamp(at, 0.0, 1.0);
}

double TimeAxis::time_at(double position) const {
    return logarithmic_ ? first_ * std::pow(last_ / first_, position) : first_ + position * (last_ - first_);
}

std::vector<TimeAxis::Tick> TimeAxis::ticks() const {
    std::vector<Tick> ticks;
    const auto add = [&](double time) { ticks.push_back({time, round_duration(time).text()}); };
    if (logarithmic_) {
        for (double exponent = std::ceil(std::log10(first_) - 1e-9); std::pow(10.0, exponent) <= last_; ++exponent)
            add(std::pow(10.0, exponent));
        return ticks;
    }
    const double step = round_step(last_);
    for (int i = 0; i * step <= last_; ++i)
        add(i * step);
    return ticks;
}

} // namespace isolab
