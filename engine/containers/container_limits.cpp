// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/container_limits.h"

#include <unistd.h>

#include "engine/cgroup/cgroup_plan.h"

namespace isolab {

Result<void> check_limits(const CgroupResources& resources) {
    const std::int64_t memory = resources.memory_limit.value_or(0);
    if (memory <= 0 || memory >= static_cast<std::int64_t>(smallest_memory_limit))
        return {};
    return fail(ErrorKind::invalid_argument, "limit memory to", std::to_string(memory) + " bytes", "it is below 4M",
                "Not even a small program starts with less");
}

bool can_limit(const CgroupLayout& layout, const ContainerSettings& settings) {
    return layout.limits_enforced || (!settings.owner && layout.version != CgroupVersion::none && ::geteuid() == 0);
}

Result<std::string> missing_limits(const ContainerSettings& settings, const CgroupLayout& layout) {
    CgroupResources limits = settings.resources;
    limits.devices.clear();
    if (can_limit(layout, settings) || limits.empty())
        return std::string();
    const auto semicolon = layout.limits_reason.find("; ");
    if (settings.strict_limits)
        return fail(ErrorKind::unsupported, "limit the resources of container", settings.name,
                    layout.limits_reason.substr(0, semicolon),
                    semicolon == std::string::npos ? "Leave --strict out to run it without limits"
                                                   : layout.limits_reason.substr(semicolon + 2) +
                                                         ", or leave --strict out to run it without limits");
    return "the container runs without the limits that were asked for: " + layout.limits_reason;
}

} // namespace isolab
