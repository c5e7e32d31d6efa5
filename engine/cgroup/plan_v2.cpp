// SPDX-License-Identifier: GPL-3.0-or-later
//
// Source: the kernel's Documentation/admin-guide/cgroup-v2.rst.
#include <algorithm>
#include <array>
#include <cmath>

#include "engine/cgroup/plan_versions.h"

namespace isolab {
namespace {

using enum CgroupController;

std::string limit_text(std::int64_t value) { return value < 0 ? "max" : std::to_string(value); }

tl::unexpected<Error> no_counterpart(const char* field, const char* cause, const char* remedy) {
    return fail(ErrorKind::unsupported, "set limit", std::string("linux.resources.") + field, cause, remedy);
}

/// Fields that only cgroup v1 has.
Result<void> refuse_v1_fields(const CgroupResources& resources) {
    if (resources.memory_swappiness)
        return no_counterpart("memory.swappiness", "cgroup2 has no swappiness of single groups", "Remove it");
    if (resources.disable_oom_killer == true)
        return no_counterpart("memory.disableOOMKiller", "cgroup2 cannot switch the OOM killer off", "Remove it");
    if (is_set(resources.cpu_realtime_period) || is_set(resources.cpu_realtime_runtime))
        return no_counterpart("cpu.realtimeRuntime", "cgroup2 does not limit real-time processes", "Remove it");
    if (is_set(resources.network_class) || !resources.network_priorities.empty())
        return no_counterpart("network", "cgroup2 does not mark packets", "Use firewall rules, and remove it");
    return {};
}

/// cgroup2 counts swap by itself, the specification (as v1) memory and swap together.
Result<std::int64_t> swap_alone(std::int64_t both, std::int64_t memory_limit) {
    if (both < 0)
        return both;
    if (memory_limit <= 0)
        return no_counterpart("memory.swap", "cgroup2 limits swap apart from memory, and no limit of memory is given",
                              "Set memory.limit too");
    if (both < memory_limit)
        return fail(ErrorKind::invalid_argument, "set limit", "linux.resources.memory.swap",
                    "memory and swap together are less than the memory limit",
                    "Choose at least " + std::to_string(memory_limit));
    return both - memory_limit;
}

Result<void> plan_memory(const CgroupResources& resources, CgroupPlan& plan) {
    const bool unlimited = resources.memory_limit.value_or(0) < 0;
    if (is_set(resources.memory_limit))
        plan.writes.push_back({memory, "memory.max", limit_text(*resources.memory_limit)});
    if (is_set(resources.memory_swap) || unlimited) {
        ISOLAB_ASSIGN(const std::int64_t swap, swap_alone(is_set(resources.memory_swap) ? *resources.memory_swap : -1,
                                                          resources.memory_limit.value_or(0)));
        plan.writes.push_back({memory, "memory.swap.max", limit_text(swap), true});
    }
    if (is_set(resources.memory_reservation))
        plan.writes.push_back({memory, "memory.low", limit_text(*resources.memory_reservation)});
    if (resources.memory_kernel.value_or(0) > 0 || resources.memory_kernel_tcp.value_or(0) > 0)
        plan.warnings.emplace_back("kernel memory is not limited by itself: cgroup2 counts it in the memory limit");
    if (resources.use_hierarchy == false)
        plan.warnings.emplace_back("cgroup2 always limits groups together with those below them");
    return {};
}

void plan_cpu(const CgroupResources& resources, CgroupPlan& plan) {
    const auto add = [&plan](const char* file, std::string value, bool interlocked = false) {
        plan.writes.push_back({cpu, file, std::move(value), false, interlocked});
    };
    if (resources.cpu_idle == 0)
        add("cpu.idle", "0"); // first: the weight of an idle group cannot be set
    if (is_set(resources.cpu_shares) && resources.cpu_idle.value_or(0) == 0)
        add("cpu.weight", std::to_string(cpu_weight_of_shares(*resources.cpu_shares)));
    if (is_set(resources.cpu_quota) || is_set(resources.cpu_period)) {
        std::string value = limit_text(is_set(resources.cpu_quota) ? *resources.cpu_quota : -1);
        if (is_set(resources.cpu_period)) // otherwise it stays as it is
            value += " " + std::to_string(*resources.cpu_period);
        add("cpu.max", std::move(value), true);
    }
    if (resources.cpu_burst)
        add("cpu.max.burst", std::to_string(*resources.cpu_burst), true);
    if (resources.cpu_idle.value_or(0) != 0)
        add("cpu.idle", std::to_string(*resources.cpu_idle));
    if (!resources.cpus.empty())
        plan.writes.push_back({cpuset, "cpuset.cpus", resources.cpus});
    if (!resources.mems.empty())
        plan.writes.push_back({cpuset, "cpuset.mems", resources.mems});
}

/// io.weight's 1 to 10000 for a weight of 10 to 1000 as v1 and the BFQ scheduler have it.
std::uint64_t io_weight(std::uint16_t weight) {
    return 1 + (std::uint64_t{std::clamp<std::uint16_t>(weight, 10, 1000)} - 10) * 9'999 / 990;
}

/// For the BFQ scheduler, or where it is not there, for the cost model of all devices.
void add_weight(CgroupPlan& plan, const std::string& device, std::uint16_t weight) {
    CgroupWrite write{blkio, "io.bfq.weight", device + " " + std::to_string(weight)};
    write.other_file = "io.weight";
    write.other_value = device + " " + std::to_string(io_weight(weight));
    plan.writes.push_back(std::move(write));
}

void add_rates(CgroupPlan& plan, const char* key, const std::vector<BlockIoResources::DeviceRate>& rates) {
    for (const auto& one : rates)
        plan.writes.push_back(
            {blkio, "io.max",
             device_text(one.major, one.minor) + " " + key + "=" + (one.rate == 0 ? "max" : std::to_string(one.rate))});
}

void plan_block_io(const BlockIoResources& io, CgroupPlan& plan) {
    bool leaf_weights = is_set(io.leaf_weight);
    if (is_set(io.weight))
        add_weight(plan, "default", *io.weight);
    for (const auto& one : io.device_weights) {
        if (is_set(one.weight))
            add_weight(plan, device_text(one.major, one.minor), *one.weight);
        leaf_weights = leaf_weights || is_set(one.leaf_weight);
    }
    if (leaf_weights)
        plan.warnings.emplace_back("leaf weights of block devices have no effect with cgroup2");
    add_rates(plan, "rbps", io.read_bytes);
    add_rates(plan, "wbps", io.write_bytes);
    add_rates(plan, "riops", io.read_operations);
    add_rates(plan, "wiops", io.write_operations);
}

} // namespace

std::uint64_t cpu_weight_of_shares(std::uint64_t shares) {
    if (shares == 0)
        return 0;
    // With x = log2(shares) and y = log10(weight), the parabola through (1, 0), (10, 2) and (18, 4).
    const double x = std::log2(static_cast<double>(std::clamp<std::uint64_t>(shares, 2, 262'144)));
    const double y = (x - 1) * (2.0 / 9 + (x - 10) / 612);
    return static_cast<std::uint64_t>(std::ceil(std::pow(10.0, y) - 1e-9));
}

void plan_v2_hugepages(const CgroupResources& resources, CgroupPlan& plan) {
    for (const HugepageLimit& one : resources.hugepage_limits) {
        const std::string prefix = "hugetlb." + one.page_size;
        plan.writes.push_back({hugetlb, prefix + ".rsvd.max", std::to_string(one.limit), true});
        plan.writes.push_back({hugetlb, prefix + ".max", std::to_string(one.limit)});
    }
}

void plan_rdma(const CgroupResources& resources, CgroupPlan& plan) {
    for (const auto& [device, limit] : resources.rdma) {
        std::string value = device;
        if (limit.handles)
            value += " hca_handle=" + std::to_string(*limit.handles);
        if (limit.objects)
            value += " hca_object=" + std::to_string(*limit.objects);
        plan.writes.push_back({rdma, "rdma.max", std::move(value)});
    }
}

Result<void> plan_v2(const CgroupResources& resources, CgroupPlan& plan) {
    ISOLAB_TRY(refuse_v1_fields(resources));
    ISOLAB_TRY(plan_memory(resources, plan));
    plan_cpu(resources, plan);
    if (resources.pids_limit)
        plan.writes.push_back({pids, "pids.max", limit_text(*resources.pids_limit)});
    if (resources.block_io)
        plan_block_io(*resources.block_io, plan);
    plan_v2_hugepages(resources, plan);
    plan_rdma(resources, plan);
    return {};
}

} // namespace isolab
