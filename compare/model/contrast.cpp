// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/model/contrast.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace isolab {
namespace {

constexpr int contrast_steps = 60;

using Channels = std::array<double, 3>; ///< red, green, blue: 0..1

Channels channels_of(const std::string& colour) {
    Channels channels{};
    for (std::size_t i = 0; i < channels.size() && colour.size() >= 2 * i + 3; ++i) {
        unsigned value = 0;
        std::from_chars(colour.data() + 1 + 2 * i, colour.data() + 3 + 2 * i, value, 16);
        channels[i] = value / 255.0;
    }
    return channels;
}

std::string mixed(const Channels& a, const Channels& b, double share) {
    std::string text = "#";
    for (std::size_t i = 0; i < a.size(); ++i)
        text += fmt::format("{:02X}", std::lround(255 * (a[i] + (b[i] - a[i]) * share)));
    return text;
}

/// Relative luminance (WCAG 2.1).
double luminance_of(const std::string& colour) {
    constexpr std::array weights{0.2126, 0.7152, 0.0722};
    const Channels channels = channels_of(colour);
    double luminance = 0;
    for (std::size_t i = 0; i < channels.size(); ++i)
        luminance +=
            weights[i] * (channels[i] <= 0.04045 ? channels[i] / 12.92 : std::pow((channels[i] + 0.055) / 1.055, 2.4));
    return luminance;
}

} // namespace

double contrast(const std::string& a, const std::string& b) {
    const double la = luminance_of(a);
    const double lb = luminance_of(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

std::string readable_on(const std::string& colour, const std::string& paper, double least) {
    const std::string target = contrast("#000000", paper) >= contrast("#FFFFFF", paper) ? "#000000" : "#FFFFFF";
    for (int step = 0; step < contrast_steps; ++step) {
        std::string candidate =
            mixed(channels_of(colour), channels_of(target), static_cast<double>(step) / contrast_steps);
        if (contrast(candidate, paper) >= least)
            return candidate;
    }
    return target;
}

} // namespace isolab
