// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/figure.h"

#include <array>
#include <cmath>

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

struct Unit {
    double factor;
    QLatin1StringView name;
};

constexpr std::array durations{Unit{6e10, "min"_L1}, Unit{1e9, "s"_L1}, Unit{1e6, "ms"_L1}, Unit{1e3, "us"_L1},
                               Unit{1, "ns"_L1}};
constexpr std::array sizes{Unit{1e12, "TB"_L1}, Unit{1e9, "GB"_L1}, Unit{1e6, "MB"_L1}, Unit{1e3, "kB"_L1},
                           Unit{1, "B"_L1}};

/// The largest unit of which `value` has at least one after rounding to three digits (minutes from 120 s on).
template <std::size_t N> const Unit& fitting(const std::array<Unit, N>& units, double value) {
    for (const Unit& unit : units) {
        const double least = unit.factor > 1e10 && unit.factor < 1e11 ? 2.0 : 0.9995;
        if (std::abs(value) >= unit.factor * least)
            return unit;
    }
    return units.back();
}

QString name_of(const Unit& unit) { return unit.name == "us"_L1 ? u"µs"_s : QString(unit.name); }

template <std::size_t N> Figure figure(const std::array<Unit, N>& units, double value) {
    const Unit& unit = fitting(units, value);
    return {three_digits(value / unit.factor), name_of(unit)};
}

template <std::size_t N> QString interval(const std::array<Unit, N>& units, double low, double high) {
    const Unit& unit = fitting(units, high);
    return three_digits(low / unit.factor) + u" – "_s + three_digits(high / unit.factor) + u'\u00a0' + name_of(unit);
}

} // namespace

Figure round_duration(double nanoseconds) {
    const Unit& unit = fitting(durations, nanoseconds);
    return {round_number(nanoseconds / unit.factor), nanoseconds == 0 ? u"ms"_s : name_of(unit)};
}

QString Figure::text() const { return unit.isEmpty() ? value : value + u'\u00a0' + unit; }

Figure duration_figure(double nanoseconds) {
    return nanoseconds == 0 ? Figure{u"0"_s, u"ms"_s} : figure(durations, nanoseconds);
}

Figure bytes_figure(double bytes) { return bytes == 0 ? Figure{u"0"_s, u"B"_s} : figure(sizes, bytes); }

Figure ratio_figure(double ratio) { return {three_digits(ratio) + u"\u00a0×"_s, {}}; }

Figure metric_figure(double value, const std::string& unit) {
    return unit == "bytes" ? bytes_figure(value) : duration_figure(value);
}

QString duration_interval(double low, double high) { return interval(durations, low, high); }
QString bytes_interval(double low, double high) { return interval(sizes, low, high); }

QString metric_interval(double low, double high, const std::string& unit) {
    return unit == "bytes" ? bytes_interval(low, high) : duration_interval(low, high);
}

QString ratio_interval(double low, double high) { return three_digits(low) + u" – "_s + three_digits(high); }

QString round_number(double value) {
    QString text = three_digits(value);
    if (!text.contains(u'.'))
        return text;
    while (text.endsWith(u'0'))
        text.chop(1);
    if (text.endsWith(u'.'))
        text.chop(1);
    return text;
}

QString three_digits(double value) {
    const double size = std::abs(value);
    const int decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
    if (size >= 999.5) {
        const double step = std::pow(10.0, std::floor(std::log10(size)) - 2);
        return QString::number(std::round(value / step) * step, 'f', 0);
    }
    if (size > 0 && size < 0.995)
        return QString::number(value, 'f', size < 0.0095 ? 4 : size < 0.0995 ? 3 : 2);
    return QString::number(value, 'f', decimals);
}

} // namespace isolab
