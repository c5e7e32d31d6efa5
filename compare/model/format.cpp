// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/model/format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <span>

#include <fmt/format.h>

#include "engine/base/text.h"

namespace isolab {
namespace {

/// Three significant digits without an exponent: "11.8", "1.42", "0.0123", "203", "1230".
std::string three_digits(double value) {
    if (value == 0 || !std::isfinite(value))
        return fmt::format("{:.0f}", value);
    const std::string scientific =
        fmt::format("{:.2e}", value); // rounds, so that 99.95 is already a number of hundreds
    const long exponent = std::strtol(scientific.c_str() + scientific.find('e') + 1, nullptr, 10);
    return fmt::format("{:.{}f}", leading_number(scientific).value_or(value), std::max(0L, 2 - exponent));
}

struct Unit {
    double size;
    const char* name;
};

using Units = std::span<const Unit>;

/// The largest unit of which `value` has at least one after rounding.
const Unit& fitting(double value, Units units) {
    const auto found =
        std::ranges::find_if(units, [&](const Unit& unit) { return std::abs(value) >= 0.9995 * unit.size; });
    return found != units.end() ? *found : units.back();
}

std::string with_unit(double value, Units units) {
    const Unit& unit = fitting(value, units);
    return three_digits(value / unit.size) + unit.name;
}

constexpr std::array durations{Unit{1e9, " s"}, Unit{1e6, " ms"}, Unit{1e3, " µs"}, Unit{1, " ns"}};
constexpr std::array sizes{Unit{1e12, " TB"}, Unit{1e9, " GB"}, Unit{1e6, " MB"}, Unit{1e3, " kB"}, Unit{1, " B"}};
constexpr std::array rates{Unit{1e9, " G/s"}, Unit{1e6, " M/s"}, Unit{1e3, " k/s"}, Unit{1, " /s"}};

constexpr std::array minute_rates{Unit{1, " /min"}};
constexpr std::array shares{Unit{1, " %"}};
constexpr std::array numbers{Unit{1, ""}};

Units units_of(const std::string& unit) {
    if (unit == "bytes")
        return sizes;
    if (unit == "1/s")
        return rates;
    if (unit == "1/min")
        return minute_rates;
    if (unit == "percent")
        return shares;
    return unit == "count" ? Units(numbers) : Units(durations);
}

} // namespace

std::string format_duration(double nanoseconds) { return with_unit(nanoseconds, durations); }

std::string format_bytes(double bytes) { return with_unit(bytes, sizes); }

std::string format_ratio(double ratio) { return three_digits(ratio) + "×"; }

std::string format_figure(double value, const std::string& unit) {
    return unit == "count" ? fmt::format("{:.0f}", value) : with_unit(value, units_of(unit));
}

std::string format_interval(double low, double high, const std::string& unit) {
    const Unit& shared = fitting(high, units_of(unit));
    return three_digits(low / shared.size) + " – " + three_digits(high / shared.size) + shared.name;
}

std::string format_ratio_interval(double low, double high) { return three_digits(low) + " – " + three_digits(high); }

} // namespace isolab
