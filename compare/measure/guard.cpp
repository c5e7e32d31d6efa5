// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/measure/guard.h"

#include <fmt/format.h>

#include "compare/measure/environment.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

constexpr double high_pressure = 20;       ///< percent of the last ten seconds
constexpr double little_disk = 1e9;        ///< bytes
constexpr double swap_in_use = 64.0 * 1e6; ///< bytes; a little is always swapped out

/// A number of a record, or `fallback` when the fact is unknown.
double number(const Json& record, const char* pointer, double fallback) {
    const Json::json_pointer place(pointer);
    return record.contains(place) && record[place].is_number() ? record[place].get<double>() : fallback;
}

bool is_true(const Json& record, const char* key) { return record.contains(key) && record[key] == true; }

void judge_machine(const Json& environment, std::vector<Notice>& notices) {
    const Json::json_pointer governor("/cpu/governor");
    if (environment.contains(governor) && environment[governor] == "powersave")
        notices.push_back({"governor", Fact::said("notice.governor"), Fact::said("remedy.governor")});
    if (is_true(environment, "on_battery"))
        notices.push_back({"battery", Fact::said("notice.battery"), Fact::said("remedy.power")});
    if (is_true(environment, "debug_build"))
        notices.push_back({"debug-build", Fact::said("notice.debug_build"), Fact::said("remedy.build")});
    const double swapped = number(environment, "/memory/swap_total", 0) - number(environment, "/memory/swap_free", 0);
    if (swapped > swap_in_use)
        notices.push_back(
            {"swap", Fact::said("notice.swap", {Fact::quantity(swapped, "bytes")}), Fact::said("remedy.memory")});
}

} // namespace

std::vector<Notice> guard(const Json& environment, const Json& load) {
    std::vector<Notice> notices;
    judge_machine(environment, notices);
    const double cpus = number(environment, "/cpu/count", 1);
    const double load1 = number(load, "/load1", 0);
    if (load1 > cpus || number(load, "/pressure_cpu", 0) > high_pressure)
        notices.push_back(
            {"busy-host", Fact::said("notice.busy_host", {fmt::format("{:.1f}", load1), Fact::quantity(cpus, "count")}),
             Fact::said("remedy.let_end")});
    if (number(load, "/pressure_memory", 0) > high_pressure || number(load, "/pressure_io", 0) > high_pressure)
        notices.push_back({"pressure", Fact::said("notice.pressure"), Fact::said("remedy.let_end")});
    if (const double free = number(load, "/disk_free", little_disk); free < little_disk)
        notices.push_back(
            {"low-disk", Fact::said("notice.low_disk", {Fact::quantity(free, "bytes")}), Fact::said("remedy.room")});
    return notices;
}

} // namespace isolab
