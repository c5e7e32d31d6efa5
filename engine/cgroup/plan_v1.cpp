// SPDX-License-Identifier: GPL-3.0-or-later
//
// Sources: the kernel's Documentation/admin-guide/cgroup-v1 and Documentation/scheduler/sched-bwc.rst.
#include <array>

#include "engine/cgroup/plan_versions.h"

namespace isolab {
namespace {

using enum CgroupController;

class V1Plan {
  public:
    V1Plan(const CgroupResources& resources, CgroupPlan& plan) : want_(resources), plan_(plan) {}

    void memory_limits() {
        std::optional<std::int64_t> swap = want_.memory_swap;
        if (want_.memory_limit == -1 && !is_set(swap))
            swap = -1; // memory alone cannot be above memory and swap together
        number(memory, "memory.limit_in_bytes", want_.memory_limit).interlocked = true;
        // The file exists only where swap is accounted, and then it must be honoured.
        CgroupWrite& both = number(memory, "memory.memsw.limit_in_bytes", swap);
        both.optional = both.interlocked = true;
        number(memory, "memory.soft_limit_in_bytes", want_.memory_reservation);
        number(memory, "memory.kmem.limit_in_bytes", want_.memory_kernel).obsolete =
            "this kernel counts kernel memory in the limit of all memory and has no limit for it alone";
        if (want_.memory_kernel.value_or(0) > 0)
            plan_.warnings.emplace_back("memory.kmem.limit_in_bytes has no effect on kernels since 5.16, which count "
                                        "kernel memory in the limit of all memory");
        number(memory, "memory.kmem.tcp.limit_in_bytes", want_.memory_kernel_tcp).obsolete =
            "this kernel has no limit for socket buffers alone";
        if (want_.memory_swappiness)
            add(memory, "memory.swappiness", std::to_string(*want_.memory_swappiness));
        if (want_.disable_oom_killer)
            add(memory, "memory.oom_control", *want_.disable_oom_killer ? "1" : "0");
        if (want_.use_hierarchy)
            add(memory, "memory.use_hierarchy", *want_.use_hierarchy ? "1" : "0").obsolete =
                "this kernel always limits groups together with those below them";
    }

    void cpu_limits() {
        if (want_.cpu_idle == 0)
            add(cpu, "cpu.idle", "0"); // first: the shares of an idle group cannot be set
        if (want_.cpu_idle.value_or(0) == 0)
            number(cpu, "cpu.shares", want_.cpu_shares);
        number(cpu, "cpu.cfs_period_us", want_.cpu_period).interlocked = true;
        number(cpu, "cpu.cfs_quota_us", want_.cpu_quota).interlocked = true;
        if (want_.cpu_burst)
            add(cpu, "cpu.cfs_burst_us", std::to_string(*want_.cpu_burst)).interlocked = true;
        number(cpu, "cpu.rt_period_us", want_.cpu_realtime_period).interlocked = true;
        number(cpu, "cpu.rt_runtime_us", want_.cpu_realtime_runtime).interlocked = true;
        if (want_.cpu_idle.value_or(0) != 0)
            add(cpu, "cpu.idle", std::to_string(*want_.cpu_idle));
        if (!want_.cpus.empty())
            add(cpuset, "cpuset.cpus", want_.cpus);
        if (!want_.mems.empty())
            add(cpuset, "cpuset.mems", want_.mems);
    }

    void block_io(const BlockIoResources& io) {
        if (is_set(io.weight))
            weight("blkio.bfq.weight", "blkio.weight", std::to_string(*io.weight));
        if (is_set(io.leaf_weight))
            leaf_weight("blkio.leaf_weight", std::to_string(*io.leaf_weight));
        for (const auto& one : io.device_weights) {
            const std::string device = device_text(one.major, one.minor) + " ";
            if (one.weight)
                weight("blkio.bfq.weight_device", "blkio.weight_device", device + std::to_string(*one.weight));
            if (is_set(one.leaf_weight))
                leaf_weight("blkio.leaf_weight_device", device + std::to_string(*one.leaf_weight));
        }
        rates("blkio.throttle.read_bps_device", io.read_bytes);
        rates("blkio.throttle.write_bps_device", io.write_bytes);
        rates("blkio.throttle.read_iops_device", io.read_operations);
        rates("blkio.throttle.write_iops_device", io.write_operations);
    }

    void hugepages() {
        for (const HugepageLimit& one : want_.hugepage_limits) {
            const std::string prefix = "hugetlb." + one.page_size;
            add(hugetlb, prefix + ".rsvd.limit_in_bytes", std::to_string(one.limit)).optional = true;
            add(hugetlb, prefix + ".limit_in_bytes", std::to_string(one.limit));
        }
    }

    void network() {
        if (is_set(want_.network_class))
            add(net_cls, "net_cls.classid", std::to_string(*want_.network_class));
        for (const auto& [interface, priority] : want_.network_priorities)
            add(net_prio, "net_prio.ifpriomap", interface + " " + std::to_string(priority));
    }

    CgroupWrite& add(CgroupController controller, std::string file, std::string value) {
        return plan_.writes.emplace_back(CgroupWrite{controller, std::move(file), std::move(value)});
    }

  private:
    template <class Number>
    CgroupWrite& number(CgroupController controller, const char* file, const std::optional<Number>& value) {
        return is_set(value) ? add(controller, file, std::to_string(*value)) : nowhere_;
    }
    /// The BFQ scheduler's file; that of the CFQ scheduler on kernels before 5.0.
    void weight(const char* file, const char* older, const std::string& value) {
        CgroupWrite& write = add(blkio, file, value);
        write.other_file = older;
        write.other_value = value;
    }
    void leaf_weight(const char* file, std::string value) {
        add(blkio, file, std::move(value)).obsolete = "kernels since 5.0 have no leaf weights";
    }
    void rates(const char* file, const std::vector<BlockIoResources::DeviceRate>& list) {
        for (const auto& one : list)
            add(blkio, file, device_text(one.major, one.minor) + " " + std::to_string(one.rate));
    }

    const CgroupResources& want_;
    CgroupPlan& plan_;
    CgroupWrite nowhere_; ///< takes the properties of what is not written
};

} // namespace

Result<void> plan_v1(const CgroupResources& resources, const CgroupLayout& layout, CgroupPlan& plan) {
    V1Plan writes(resources, plan);
    writes.memory_limits();
    writes.cpu_limits();
    if (resources.pids_limit)
        writes.add(pids, "pids.max", *resources.pids_limit < 0 ? "max" : std::to_string(*resources.pids_limit));
    if (resources.block_io)
        writes.block_io(*resources.block_io);
    if (is_beside(layout, hugetlb))
        plan_v2_hugepages(resources, plan);
    else
        writes.hugepages();
    writes.network();
    plan_rdma(resources, plan);
    return {};
}

} // namespace isolab
