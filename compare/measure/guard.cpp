// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/measure/guard.h"

#include <fmt/format.h>

#include "compare/measure/environment.h"
#include "compare/model/format.h"
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
        notices.push_back({"governor", "The processor's governor is powersave: its speed follows the load slowly.",
                           "Choose performance: cpupower frequency-set -g performance"});
    if (is_true(environment, "on_battery"))
        notices.push_back({"battery", "This machine runs on its battery and may slow down.", "Connect it to power."});
    if (is_true(environment, "debug_build"))
        notices.push_back({"debug-build", "This is a debug build: the engine itself is slower than it should be.",
                           "Build with CMAKE_BUILD_TYPE=RelWithDebInfo."});
    const double swapped = number(environment, "/memory/swap_total", 0) - number(environment, "/memory/swap_free", 0);
    if (swapped > swap_in_use)
        notices.push_back({"swap", fmt::format("{} of swap are in use.", format_bytes(swapped)), "Free some memory."});
}

} // namespace

std::vector<Notice> guard(const Json& environment, const Json& load) {
    std::vector<Notice> notices;
    judge_machine(environment, notices);
    const double cpus = number(environment, "/cpu/count", 1);
    const double load1 = number(load, "/load1", 0);
    if (load1 > cpus || number(load, "/pressure_cpu", 0) > high_pressure)
        notices.push_back({"busy-host", fmt::format("This host is busy: load {:.1f} on {:.0f} CPUs.", load1, cpus),
                           "Let other work end first."});
    if (number(load, "/pressure_memory", 0) > high_pressure || number(load, "/pressure_io", 0) > high_pressure)
        notices.push_back({"pressure", "Processes of this host wait for memory or disk.", "Let other work end first."});
    if (const double free = number(load, "/disk_free", little_disk); free < little_disk)
        notices.push_back(
            {"low-disk", fmt::format("Only {} are free in the data folder.", format_bytes(free)), "Make room."});
    return notices;
}

} // namespace isolab
