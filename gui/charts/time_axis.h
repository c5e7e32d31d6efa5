// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QString>

namespace isolab {

/// A time axis from 0, linear or logarithmic. On the logarithmic axis everything before `first` lies at its left end.
/// Times in ns. A value.
class TimeAxis {
  public:
    struct Tick {
        double time = 0;
        QString label;
    };

    /// Reaches `longest` with a little room; `shortest` (> 0) is the shortest time that must be told apart on a
    /// logarithmic axis. Both are bounded so that the axis spans at least one and at most seven decades.
    static TimeAxis fit(double shortest, double longest, bool logarithmic);

    /// 0 at the left end, 1 at the right end; clamped.
    double position(double time) const;
    double time_at(double position) const; ///< the inverse
    /// Powers of ten, or on a linear axis 4 to 10 round steps.
    std::vector<Tick> ticks() const;
    bool logarithmic() const noexcept { return logarithmic_; }
    double first() const noexcept { return first_; }
    double last() const noexcept { return last_; }

  private:
    TimeAxis(double first, double last, bool logarithmic) : first_(first), last_(last), logarithmic_(logarithmic) {}

    double first_, last_;
    bool logarithmic_;
};

} // namespace isolab
