// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/cgroup_plan.h"

#include <algorithm>

namespace isolab {
namespace {

constexpr std::uint64_t default_period_us = 100'000;

std::string v1_number(std::int64_t value) { return std::to_string(value); }
std::string v2_number(std::int64_t value) { return value < 0 ? "max" : std::to_string(value); }

std::string megabytes(std::uint64_t bytes) { return std::to_string(bytes >> 20U) + " MiB"; }

/// cgroup2 counts swap by itself, the specification (as v1) memory and swap together.
std::int64_t swap_alone(const CgroupResources& resources) {
    if (*resources.memory_swap < 0 || !resources.memory_limit || *resources.memory_limit < 0)
        return *resources.memory_swap;
    return std::max<std::int64_t>(0, *resources.memory_swap - *resources.memory_limit);
}

/// Maps shares 2..262144 onto weights 1..10000 with 1024 near 100: both ends and the order are kept.
std::uint64_t weight_of_shares(std::uint64_t shares) {
    const std::uint64_t bounded = std::clamp<std::uint64_t>(shares, 2, 262'144);
    return 1 + (bounded - 2) * 9'999 / 262'142;
}

void plan_v1(const CgroupResources& resources, std::vector<CgroupWrite>& writes) {
    using enum CgroupController;
    if (resources.memory_limit)
        writes.push_back({memory, "memory.limit_in_bytes", v1_number(*resources.memory_limit)});
    if (resources.memory_swap) // the file exists only where swap is accounted, and then it must be honoured
        writes.push_back({memory, "memory.memsw.limit_in_bytes", v1_number(*resources.memory_swap), true});
    if (resources.cpu_shares)
        writes.push_back({cpu, "cpu.shares", std::to_string(*resources.cpu_shares)});
    if (resources.cpu_period)
        writes.push_back({cpu, "cpu.cfs_period_us", std::to_string(*resources.cpu_period)});
    if (resources.cpu_quota)
        writes.push_back({cpu, "cpu.cfs_quota_us", v1_number(*resources.cpu_quota)});
    if (resources.pids_limit && *resources.pids_limit > 0)
        writes.push_back({pids, "pids.max", v1_number(*resources.pids_limit)});
}

void plan_v2(const CgroupResources& resources, std::vector<CgroupWrite>& writes) {
    using enum CgroupController;
    if (resources.memory_limit)
        writes.push_back({memory, "memory.max", v2_number(*resources.memory_limit)});
    if (resources.memory_swap)
        writes.push_back({memory, "memory.swap.max", v2_number(swap_alone(resources)), true});
    if (resources.cpu_shares)
        writes.push_back({cpu, "cpu.weight", std::to_string(weight_of_shares(*resources.cpu_shares))});
    if (resources.cpu_quota || resources.cpu_period)
        writes.push_back({cpu, "cpu.max",
                          v2_number(resources.cpu_quota.value_or(-1)) + " " +
                              std::to_string(resources.cpu_period.value_or(default_period_us))});
    if (resources.pids_limit && *resources.pids_limit > 0)
        writes.push_back({pids, "pids.max", v2_number(*resources.pids_limit)});
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
                                                                : "this machine has " + megabytes(host_memory),
                    "Choose " + megabytes(smallest_memory_limit) + " to " + megabytes(host_memory));
    resources.memory_limit = static_cast<std::int64_t>(limits.memory_bytes);
    resources.memory_swap = resources.memory_limit;
    return resources;
}

std::vector<CgroupWrite> plan_cgroup_writes(const CgroupResources& resources, CgroupVersion version) {
    std::vector<CgroupWrite> writes;
    if (version == CgroupVersion::v1)
        plan_v1(resources, writes);
    else if (version == CgroupVersion::v2)
        plan_v2(resources, writes);
    return writes;
}

} // namespace isolab
