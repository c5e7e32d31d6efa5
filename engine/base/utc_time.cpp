// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/utc_time.h"

#include <array>
#include <charconv>
#include <cstdio>

namespace isolab {
namespace {

constexpr int nanosecond_digits = 9;

std::optional<int> take_number(std::string_view& text, std::size_t digits) {
    int value = 0;
    if (text.size() < digits)
        return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
    if (error != std::errc{} || end != text.data() + digits)
        return std::nullopt;
    text.remove_prefix(digits);
    return value;
}

bool take_char(std::string_view& text, char wanted) {
    if (text.empty() || text.front() != wanted)
        return false;
    text.remove_prefix(1);
    return true;
}

/// ".5" is half a second.
std::optional<long> take_fraction(std::string_view& text) {
    if (!take_char(text, '.'))
        return 0;
    long value = 0;
    int digits = 0;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1))
        if (digits < nanosecond_digits) {
            value = value * 10 + (text.front() - '0');
            ++digits;
        }
    if (digits == 0)
        return std::nullopt;
    for (; digits < nanosecond_digits; ++digits)
        value *= 10;
    return value;
}

/// Seconds east of UTC.
std::optional<long> take_offset(std::string_view& text) {
    if (take_char(text, 'Z') || take_char(text, 'z'))
        return 0;
    const bool west = !text.empty() && text.front() == '-';
    if (!take_char(text, west ? '-' : '+'))
        return std::nullopt;
    const auto hours = take_number(text, 2);
    if (!hours || !take_char(text, ':'))
        return std::nullopt;
    const auto minutes = take_number(text, 2);
    if (!minutes)
        return std::nullopt;
    const long seconds = *hours * 3600L + *minutes * 60L;
    return west ? -seconds : seconds;
}

/// Since 1970. Days, hours and so on that there are not run over into what follows.
std::optional<std::chrono::seconds> take_date_and_time(std::string_view& text) {
    constexpr std::array<std::pair<std::size_t, char>, 6> parts{
        {{4, '-'}, {2, '-'}, {2, 'T'}, {2, ':'}, {2, ':'}, {2, 0}}};
    std::array<int, parts.size()> numbers{};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto number = take_number(text, parts[i].first);
        if (!number || (parts[i].second != 0 && !take_char(text, parts[i].second)))
            return std::nullopt;
        numbers[i] = *number;
    }
    using namespace std::chrono;
    const sys_days month = year_month_day(year(numbers[0]) / January / 1) + months(numbers[1] - 1);
    return (month + days(numbers[2] - 1)).time_since_epoch() + hours(numbers[3]) + minutes(numbers[4]) +
           seconds(numbers[5]);
}

/// Year, month and day, hour, minute and second, with what is given between them.
std::string calendar_text(Nanoseconds since_epoch, const char* in_date, const char* between, const char* in_time) {
    using namespace std::chrono;
    const sys_time<Nanoseconds> time(since_epoch);
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(floor<seconds>(time) - day);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d%s%02u%s%02u%s%02d%s%02d%s%02d", static_cast<int>(date.year()),
                  in_date, static_cast<unsigned>(date.month()), in_date, static_cast<unsigned>(date.day()), between,
                  static_cast<int>(clock.hours().count()), in_time, static_cast<int>(clock.minutes().count()), in_time,
                  static_cast<int>(clock.seconds().count()));
    return text.data();
}

/// ".000000042", or so many of its digits.
std::string fraction_text(Nanoseconds since_epoch, int digits) {
    const auto part = since_epoch - std::chrono::floor<std::chrono::seconds>(since_epoch);
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), ".%09lld", static_cast<long long>(part.count()));
    return std::string(text.data()).substr(0, static_cast<std::size_t>(digits) + 1);
}

} // namespace

std::string utc_text(Nanoseconds since_epoch, int digits) {
    return calendar_text(since_epoch, "-", "T", ":") + (digits > 0 ? fraction_text(since_epoch, digits) : "") + "Z";
}

std::string utc_stamp(Nanoseconds since_epoch) { return calendar_text(since_epoch, "", "-", ""); }

std::optional<Nanoseconds> parse_utc_text(std::string_view text) {
    const auto whole = take_date_and_time(text);
    if (!whole)
        return std::nullopt;
    const auto fraction = take_fraction(text);
    const auto offset = fraction ? take_offset(text) : std::nullopt;
    if (!offset || !text.empty())
        return std::nullopt;
    return *whole - std::chrono::seconds(*offset) + Nanoseconds(*fraction);
}

} // namespace isolab
