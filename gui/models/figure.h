// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace isolab {

/// A figure never stands without its unit; they are kept apart because the unit is drawn smaller.
struct Figure {
    QString value; ///< three significant digits: "11.8"
    QString unit;  ///< "ms"; empty for ratios, whose value ends in "×"
    QString text() const;
    bool operator==(const Figure&) const = default;
};

/// A name and its figure.
struct FigureRow {
    QString name;
    Figure figure; ///< empty value: a dash
    QString tip;
    bool operator==(const FigureRow&) const = default;
};

Figure duration_figure(double nanoseconds); ///< ns, µs, ms, s, min
Figure round_duration(double nanoseconds);  ///< for axes: "10 ms"
Figure bytes_figure(double bytes);          ///< B, kB, MB, GB (decimal)
Figure ratio_figure(double ratio);          ///< "120 ×"
/// By the unit of a MetricSummary: "ns" or "bytes".
Figure metric_figure(double value, const std::string& unit);

/// "11.2 – 12.6 ms": both ends in the unit of the greater one.
QString duration_interval(double low, double high);
QString bytes_interval(double low, double high);
QString metric_interval(double low, double high, const std::string& unit); ///< see metric_figure()
QString ratio_interval(double low, double high);                           ///< "113 – 128"

/// The same without zeros at the end: "1", "2.5"; for axes.
QString round_number(double value);

/// Three significant digits without exponent: "0.98", "11.8", "1420".
QString three_digits(double value);

} // namespace isolab
