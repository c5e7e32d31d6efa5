// SPDX-License-Identifier: GPL-3.0-or-later
//
// Figures as people read them: three significant digits, the unit after a space.
#pragma once

#include <string>

namespace isolab {

/// "11.8 ms", "1.42 s", "203 MB", "84.0 kB": three significant digits, the unit after a space (decimal units).
std::string format_duration(double nanoseconds);
std::string format_bytes(double bytes);
std::string format_ratio(double ratio); ///< "120×", "0.980×", "0.0123×"
/// A value in the unit of a MetricSummary: "ns", "bytes", "1/s" ("488 M/s"), "1/min", "percent" or "count".
std::string format_figure(double value, const std::string& unit);
std::string format_interval(double low, double high, const std::string& unit); ///< "2.97 – 3.43 s": one unit for both
std::string format_ratio_interval(double low, double high);                    ///< "95.1 – 120"

} // namespace isolab
