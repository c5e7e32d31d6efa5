// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/adapters/memory_rows.h"

#include <algorithm>

namespace isolab {
namespace {

constexpr const char* shared_memory_title = "shared memory, tmpfs";

/// Hands out a total in portions, never more than is left.
class Remainder {
  public:
    explicit Remainder(std::uint64_t total) noexcept : left_(total) {}
    std::uint64_t take(std::uint64_t wanted) noexcept {
        const std::uint64_t taken = std::min(wanted, left_);
        left_ -= taken;
        return taken;
    }
    std::uint64_t rest() const noexcept { return left_; }

  private:
    std::uint64_t left_;
};

void add_guest_rows(const GuestMemory& guest, Remainder& ram, std::vector<MemoryRow>& rows) {
    rows.push_back({"workload_anonymous", "workload", ram.take(guest.anonymous), "AnonPages of the guest", true});
    rows.push_back({"shared_memory", shared_memory_title, ram.take(guest.shmem), "Shmem of the guest", true});
    rows.push_back({"page_cache", "guest page cache",
                    ram.take(guest.cached - std::min(guest.cached, guest.shmem) + guest.buffers),
                    "Cached - Shmem + Buffers of the guest: the files of the image that it has read", true});
}

} // namespace

MemorySample container_memory(const ProcessMemory& workload, const ProcessMemory& monitor,
                              const ContainerUsage& usage) {
    MemorySample sample;
    const std::uint64_t kernel = usage.cgroup_kernel_bytes.value_or(0);
    const std::uint64_t shared = std::max(usage.cgroup_shmem_bytes.value_or(0), workload.pss_shmem);
    const std::uint64_t own = workload.pss - std::min(workload.pss, workload.pss_shmem);
    sample.host_cost = own + shared + monitor.pss + kernel;
    sample.rows = {
        {"workload_anonymous", "workload", workload.pss_anon, "Pss_Anon of the container's processes", true},
        {"shared_memory", shared_memory_title, shared,
         usage.cgroup_shmem_bytes ? "shmem charged to the cgroup; Pss_Shmem of its processes when that is more"
                                  : "Pss_Shmem of its processes; without a cgroup, what none maps is missing",
         true},
        {"shared_files", "mapped image files", own - std::min(own, workload.pss_anon),
         "Pss_File of the container's processes", true},
        {"monitor", "monitor or QEMU", monitor.pss, "Pss of isolab-runtime", true},
    };
    if (usage.cgroup_kernel_bytes)
        sample.rows.push_back({"kernel", "host kernel memory", kernel, "kernel memory charged to the cgroup", true});
    if (usage.cgroup_cache_bytes)
        sample.rows.push_back({"charged_cache", "charged page cache", *usage.cgroup_cache_bytes,
                               "file pages charged to the cgroup: shared with the host, given back when needed",
                               false});
    sample.rows.push_back({"rss", "resident set", workload.rss + monitor.rss, "Rss of all its processes", false});
    sample.rows.push_back(
        {"uss", "unique set", workload.uss + monitor.uss, "private pages of all its processes", false});
    if (usage.cgroup_bytes)
        sample.rows.push_back({"cgroup", "cgroup charge", *usage.cgroup_bytes, "memory charged to the cgroup", false});
    return sample;
}

MemorySample machine_memory(const ProcessMemory& vmm, const MachineUsage& usage) {
    MemorySample sample;
    sample.host_cost = vmm.pss;
    Remainder all(vmm.pss);
    Remainder ram(all.take(usage.guest_ram_resident.value_or(0)));
    if (usage.guest)
        add_guest_rows(*usage.guest, ram, sample.rows);
    if (usage.guest_ram_resident)
        sample.rows.push_back({"guest_kernel", "guest kernel", ram.rest(),
                               "resident guest RAM that is neither AnonPages nor page cache", true});
    if (usage.code_cache)
        sample.rows.push_back({"code_cache", "translated code", all.take(*usage.code_cache),
                               "resident executable anonymous memory of QEMU (software emulation)", true});
    sample.rows.push_back({"monitor", "monitor or QEMU", all.rest(), "Pss of QEMU less the rows above", true});
    sample.rows.push_back({"rss", "resident set", vmm.rss, "Rss of QEMU", false});
    sample.rows.push_back({"uss", "unique set", vmm.uss, "private pages of QEMU", false});
    if (usage.guest && usage.guest->total >= usage.guest->available)
        sample.rows.push_back({"guest_used", "used by the guest", usage.guest->total - usage.guest->available,
                               "MemTotal - MemAvailable of the guest", false});
    return sample;
}

} // namespace isolab
