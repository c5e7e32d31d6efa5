// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/cgroup_plan.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <sstream>
#include <string_view>

#include "engine/base/size.h"
#include "engine/cgroup/plan_versions.h"

namespace isolab {
namespace {

constexpr std::uint64_t default_period_us = 100'000;

/// "memory.max", "hugetlb.2MB.max": words of letters, digits, "-" and "_" between dots. The two files that would move
/// processes are no parameters.
bool is_parameter_file(std::string_view name) {
    const auto plain = [](unsigned char letter) {
        return std::isalnum(letter) != 0 || letter == '-' || letter == '_' || letter == '.';
    };
    return std::ranges::all_of(name, plain) && name.find("..") == std::string_view::npos && !name.starts_with('.') &&
           !name.ends_with('.') && name.find('.') != std::string_view::npos && name != "cgroup.procs" &&
           name != "cgroup.threads";
}

/// The controller that a file of cgroup2 belongs to; empty for "cgroup.freeze" and controllers that are not known here.
std::optional<CgroupController> controller_of(std::string_view file) {
    const std::string_view prefix = file.substr(0, file.find('.'));
    const auto* const id = std::ranges::find(cgroup_controller_ids, prefix == "io" ? "blkio" : prefix);
    if (id == cgroup_controller_ids.end())
        return std::nullopt;
    return static_cast<CgroupController>(id - cgroup_controller_ids.begin());
}

/// Files such as io.max take one line at a time.
void add_lines(CgroupPlan& plan, CgroupController controller, const std::string& file, const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        plan.writes.push_back({controller, file, line});
}

Result<void> plan_unified(const CgroupResources& resources, const CgroupLayout& layout, CgroupPlan& plan) {
    for (const auto& [file, value] : resources.unified) {
        if (!is_parameter_file(file))
            return fail(ErrorKind::invalid_argument, "set control group parameter", "\"" + file + "\"",
                        "it is not the name of a cgroup2 parameter", "Use names such as \"memory.high\"");
        const auto controller = controller_of(file);
        if (layout.version == CgroupVersion::v1 && (!controller || !is_beside(layout, *controller)))
            return fail(ErrorKind::unsupported, "set control group parameter", file,
                        "this machine has its controller with cgroup v1, or not at all",
                        "Use the fields of linux.resources other than \"unified\"");
        add_lines(plan, controller.value_or(CgroupController::memory), file, value);
    }
    return {};
}

} // namespace

Result<CgroupResources> container_resources(const ResourceLimits& limits, unsigned host_cpus,
                                            std::uint64_t host_memory) {
    if (limits.cpus == 0 || limits.cpus > host_cpus)
        return fail(ErrorKind::invalid_argument, "limit the container to", std::to_string(limits.cpus) + " CPUs",
                    "this machine has " + std::to_string(host_cpus),
                    "Choose 1 to " + std::to_string(host_cpus) + " CPUs");
    CgroupResources resources;
    resources.cpu_period = default_period_us;
    resources.cpu_quota = static_cast<std::int64_t>(limits.cpus * default_period_us);
    resources.pids_limit = default_pids_limit;
    if (limits.memory_bytes == 0)
        return resources;
    if (limits.memory_bytes < smallest_memory_limit || limits.memory_bytes > host_memory)
        return fail(ErrorKind::invalid_argument, "limit the container's memory to",
                    std::to_string(limits.memory_bytes) + " bytes",
                    limits.memory_bytes < smallest_memory_limit ? "no program runs reliably with so little"
                                                                : "this machine has " + mebibytes_text(host_memory),
                    "Choose " + mebibytes_text(smallest_memory_limit) + " to " + mebibytes_text(host_memory));
    resources.memory_limit = static_cast<std::int64_t>(limits.memory_bytes);
    resources.memory_swap = resources.memory_limit;
    return resources;
}

Result<CgroupPlan> plan_cgroup(const CgroupResources& resources, const CgroupLayout& layout) {
    CgroupPlan plan;
    if (layout.version == CgroupVersion::v1)
        ISOLAB_TRY(plan_v1(resources, layout, plan));
    else if (layout.version == CgroupVersion::v2)
        ISOLAB_TRY(plan_v2(resources, plan));
    ISOLAB_TRY(plan_unified(resources, layout, plan));
    return plan;
}

} // namespace isolab
