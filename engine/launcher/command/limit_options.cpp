// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/json.h"
#include "engine/launcher/command/option_table.h"

namespace isolab::launcher {
namespace {

/// An option of `update` and its place in `linux.resources`.
struct LimitOption {
    std::string_view name;
    const char* section;
    const char* key;
    bool is_text = false;
};
constexpr std::array limit_options{
    LimitOption{"--memory", "memory", "limit"},
    LimitOption{"--memory-swap", "memory", "swap"},
    LimitOption{"--memory-reservation", "memory", "reservation"},
    LimitOption{"--cpu-quota", "cpu", "quota"},
    LimitOption{"--cpu-period", "cpu", "period"},
    LimitOption{"--cpu-burst", "cpu", "burst"},
    LimitOption{"--cpu-share", "cpu", "shares"},
    LimitOption{"--cpu-rt-runtime", "cpu", "realtimeRuntime"},
    LimitOption{"--cpu-rt-period", "cpu", "realtimePeriod"},
    LimitOption{"--cpu-idle", "cpu", "idle"},
    LimitOption{"--cpuset-cpus", "cpu", "cpus", true},
    LimitOption{"--cpuset-mems", "cpu", "mems", true},
    LimitOption{"--pids-limit", "pids", "limit"},
    LimitOption{"--blkio-weight", "blockIO", "weight"},
};
template <std::size_t place> Result<void> take_limit(Options& options, const std::string& value) {
    options.limits.emplace_back(limit_options[place].name, value);
    return {};
}
template <std::size_t... places> constexpr auto make_limit_options(std::index_sequence<places...> /*all*/) {
    return std::array{ValueOption{limit_options[places].name, "", bit(Verb::update), take_limit<places>}...};
}
constexpr auto limit_value_options = make_limit_options(std::make_index_sequence<limit_options.size()>());

} // namespace

const ValueOption* find_limit_option(std::string_view name) {
    const auto* found = std::ranges::find(limit_value_options, name, &ValueOption::name);
    return found == limit_value_options.end() ? nullptr : found;
}

Result<void> add_limits(Json& resources, const std::vector<std::pair<std::string, std::string>>& limits) {
    for (const auto& [name, value] : limits) {
        const auto* option = std::ranges::find(limit_options, name, &LimitOption::name);
        const auto number = number_of<std::int64_t>(value);
        if (!option->is_text && !number)
            return bad_argument(name + " " + value, "a whole number is expected");
        Json& place = resources[option->section][option->key];
        if (option->is_text)
            place = value;
        else if (*number < 0)
            place = *number;
        else
            place = static_cast<std::uint64_t>(*number);
    }
    return {};
}

} // namespace isolab::launcher
