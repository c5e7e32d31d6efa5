// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/utc_time.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>

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

std::optional<tm> take_date_and_time(std::string_view& text) {
    constexpr std::array<std::pair<std::size_t, char>, 6> parts{
        {{4, '-'}, {2, '-'}, {2, 'T'}, {2, ':'}, {2, ':'}, {2, 0}}};
    std::array<int, parts.size()> numbers{};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        const auto number = take_number(text, parts[i].first);
        if (!number || (parts[i].second != 0 && !take_char(text, parts[i].second)))
            return std::nullopt;
        numbers[i] = *number;
    }
    tm broken{};
    broken.tm_year = numbers[0] - 1900;
    broken.tm_mon = numbers[1] - 1;
    broken.tm_mday = numbers[2];
    broken.tm_hour = numbers[3];
    broken.tm_min = numbers[4];
    broken.tm_sec = numbers[5];
    return broken;
}

} // namespace

std::string utc_text(Nanoseconds since_epoch) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
    const time_t whole = seconds.count();
    tm broken{};
    ::gmtime_r(&whole, &broken);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%09lldZ", broken.tm_year + 1900,
                  broken.tm_mon + 1, broken.tm_mday, broken.tm_hour, broken.tm_min, broken.tm_sec,
                  static_cast<long long>((since_epoch - seconds).count()));
    return text.data();
}

std::optional<Nanoseconds> parse_utc_text(std::string_view text) {
    auto broken = take_date_and_time(text);
    if (!broken)
        return std::nullopt;
    const auto fraction = take_fraction(text);
    const auto offset = fraction ? take_offset(text) : std::nullopt;
    if (!offset || !text.empty())
        return std::nullopt;
    return std::chrono::seconds(::timegm(&*broken) - *offset) + Nanoseconds(*fraction);
}

} // namespace isolab
