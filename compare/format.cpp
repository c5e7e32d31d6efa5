// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "compare/report.h"

namespace isolab {
namespace {

/// Three significant digits without an exponent: "11.8", "1.42", "203".
std::string three_digits(double value) {
    const double size = std::abs(value);
    if (size >= 99.95 || size == 0)
        return fmt::format("{:.0f}", value);
    return fmt::format("{:.{}f}", value, size >= 9.995 ? 1 : 2);
}

struct Unit {
    double size;
    const char* name;
};

template <std::size_t N> std::string with_unit(double value, const std::array<Unit, N>& units) {
    for (const Unit& unit : units)
        if (std::abs(value) >= 0.9995 * unit.size)
            return three_digits(value / unit.size) + " " + unit.name;
    return three_digits(value / units.back().size) + " " + units.back().name;
}

} // namespace

std::string format_duration(double nanoseconds) {
    static constexpr std::array units{Unit{1e9, "s"}, Unit{1e6, "ms"}, Unit{1e3, "µs"}, Unit{1, "ns"}};
    return with_unit(nanoseconds, units);
}

std::string format_bytes(double bytes) {
    static constexpr std::array units{Unit{1e12, "TB"}, Unit{1e9, "GB"}, Unit{1e6, "MB"}, Unit{1e3, "kB"},
                                      Unit{1, "B"}};
    return with_unit(bytes, units);
}

std::string format_ratio(double ratio) { return three_digits(ratio) + "×"; }

} // namespace isolab
