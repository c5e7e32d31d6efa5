// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/duration.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

namespace isolab {
namespace {

constexpr std::array<std::pair<std::string_view, std::int64_t>, 6> duration_units{
    {{"ns", 1}, {"us", 1000}, {"ms", 1000'000}, {"s", 1000'000'000}, {"m", 60'000'000'000}, {"h", 3'600'000'000'000}}};

constexpr std::int64_t most_seconds = 9'000'000'000; ///< 285 years, what fits into nanoseconds

tl::unexpected<Error> bad(const std::string& text, std::string cause, std::string remedy = {}) {
    return fail(ErrorKind::invalid_argument, "use duration", text, std::move(cause), std::move(remedy));
}

std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

} // namespace

Result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
    const std::string shown(text);
    if (const auto seconds = whole_number(text); seconds && *seconds >= 0 && *seconds <= most_seconds)
        return std::chrono::seconds(*seconds);
    double total = 0;
    while (!text.empty()) {
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || !(value >= 0)) // "nan" neither
            return bad(shown, "it is no number with a unit", "Write it as 30s, 1m30s or 500ms");
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        const std::size_t letters = std::min(text.find_first_of("0123456789."), text.size());
        const auto* unit = std::ranges::find(duration_units, text.substr(0, letters),
                                             &std::pair<std::string_view, std::int64_t>::first);
        if (unit == duration_units.end())
            return bad(shown, "its unit is not known", "Write it as 30s, 1m30s or 500ms");
        total += value * static_cast<double>(unit->second);
        text.remove_prefix(letters);
    }
    if (shown.empty() || !(total <= 1e9 * most_seconds))
        return bad(shown, "it is empty or too long");
    return std::chrono::nanoseconds(std::llround(total));
}

} // namespace isolab
