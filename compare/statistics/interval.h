// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace isolab {

/// What each end of every interval of this room leaves out: all of them are two-sided 95 % intervals.
constexpr double interval_tail = 0.025;

/// A closed interval, low <= high, in the unit of what it is about.
struct Interval {
    double low = 0, high = 0;
    bool operator==(const Interval&) const = default;
};

} // namespace isolab
