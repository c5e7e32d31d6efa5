// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/signal_name.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <csignal>
#include <cstring>
#include <string>

namespace isolab {
namespace {

std::optional<int> number_of(std::string_view text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() && value >= 0 ? std::optional(value) : std::nullopt;
}

std::optional<int> within_range(std::optional<int> number, int first, int last) {
    return number && *number >= first && *number <= last ? number : std::nullopt;
}

/// "RTMIN", "RTMIN+3", "RTMAX-1": an offset from either end of the range.
std::optional<int> real_time_number(std::string_view name) {
    const bool from_first = name.starts_with("RTMIN");
    const std::string_view offset = name.substr(5);
    if (offset.empty())
        return from_first ? SIGRTMIN : SIGRTMAX;
    const auto distance = offset.front() == (from_first ? '+' : '-') ? number_of(offset.substr(1)) : std::nullopt;
    if (!distance)
        return std::nullopt;
    return within_range(from_first ? SIGRTMIN + *distance : SIGRTMAX - *distance, SIGRTMIN, SIGRTMAX);
}

} // namespace

std::optional<int> signal_number(std::string_view name) {
    std::string bare(name);
    std::ranges::transform(bare, bare.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    if (bare.starts_with("SIG"))
        bare.erase(0, 3);
    else if (const auto number = number_of(bare))
        return within_range(number, 1, SIGRTMAX);
    if (bare.starts_with("RTMIN") || bare.starts_with("RTMAX"))
        return real_time_number(bare);
    for (int number = 1; number < SIGRTMIN; ++number)
        if (const char* known = ::sigabbrev_np(number); known != nullptr && bare == known)
            return number;
    return std::nullopt;
}

std::string signal_name(int number) {
    if (number >= SIGRTMIN && number <= SIGRTMAX)
        return number == SIGRTMIN ? "SIGRTMIN" : "SIGRTMIN+" + std::to_string(number - SIGRTMIN);
    const char* known = ::sigabbrev_np(number);
    return known != nullptr ? std::string("SIG").append(known) : std::to_string(number);
}

} // namespace isolab
