// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/adapters/contract.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/statvfs.h>

#include "engine/base/host_facts.h"
#include "engine/base/signal_name.h"
#include "engine/base/size.h"

namespace isolab {
namespace {

Fact bytes(std::uint64_t number) { return Fact::quantity(static_cast<double>(number), "bytes"); }
Fact count(std::uint64_t number) { return Fact::quantity(static_cast<double>(number), "count"); }
Fact block_size_text(std::uint64_t size) { return fmt::format("{} B", size); }

Fact limiter(const EngineFacts& facts) {
    return facts.limits_enforced ? Fact::said("limits.cgroup", {facts.cgroup_mode})
                                 : Fact::said("limits.none", {facts.limits_reason});
}

Fact machine_type(const HypervisorFacts& facts) {
    return Fact::said(facts.acpi ? "machine.acpi" : "machine.no_acpi",
                      {machine_kind_id(facts.kind), facts.machine_type, facts.qemu_version, facts.libvirt_version});
}

} // namespace

HostShape host_shape(const std::filesystem::path& data) {
    HostShape shape{host_cpu_count(), host_memory_bytes(), 0, 0};
    struct statvfs status {};
    if (::statvfs(data.c_str(), &status) == 0) {
        shape.disk_free = status.f_bavail * status.f_frsize;
        shape.block_size = status.f_bsize;
    }
    return shape;
}

std::vector<ContractRow> common_contract(const ImagePlan& plan, const Workload& workload) {
    return {
        {"image", fmt::format("{} {}", plan.image.name, plan.image.digest.text())},
        {"command", fmt::format("{}", fmt::join(plan.process.args, " "))},
        {"environment", fmt::format("{}", fmt::join(plan.process.env, " "))},
        {"user", fmt::format("{}:{}", plan.process.uid, plan.process.gid)},
        {"cwd", plan.process.cwd},
        {"stop_signal", signal_name(plan.process.stop_signal)},
        {"cpus", count(workload.limits.cpus)},
        {"memory", mebibytes_text(workload.limits.memory_bytes)},
        {"readiness", workload.readiness.text()},
        {"network", Fact::said("network.loopback")},
    };
}

std::vector<ContractRow> container_contract(const ImagePlan& plan, const Workload& workload, const EngineFacts& facts,
                                            const HostShape& host) {
    std::vector<ContractRow> rows = common_contract(plan, workload);
    if (!facts.limits_enforced)
        for (ContractRow& row : rows)
            if (row.key == "cpus" || row.key == "memory")
                row.value = Fact::said("limit.unlimited", {row.value});
    rows.insert(rows.end(),
                {{"limits", limiter(facts)},
                 {"cpus_seen", Fact::said("cpus_seen.host", {count(host.cpus)})},
                 {"memory_seen", Fact::said("memory_seen.host", {bytes(host.memory)})},
                 {"storage", Fact::said(facts.snapshotter == "overlay" ? "storage.overlay" : "storage.copy")},
                 {"disk_room", Fact::said("disk_room.host", {bytes(host.disk_free)})},
                 {"block_size", block_size_text(host.block_size)},
                 {"kernel", facts.kernel},
                 {"kernel_line", Fact::said("kernel_line.host")},
                 {"kernel_settings", Fact::said("kernel_settings.host")},
                 {"kernel_files", Fact::said("kernel_files.masked")},
                 {"filter", Fact::said("filter.default")},
                 {"first_process", Fact::said("first_process.workload")},
                 {"processes_seen", Fact::said("processes_seen.own")},
                 {"devices", Fact::said("devices.container")},
                 {"clock", Fact::said("clock.host")},
                 {"accelerator", Fact::said("accelerator.native")},
                 {"machine", Fact::said("machine.host")},
                 {"firmware", Fact::said("firmware.none")},
                 {"privileges", Fact::said(facts.rootless ? "privileges.rootless" : "privileges.root")}});
    return rows;
}

std::vector<ContractRow> machine_contract(const ImagePlan& plan, const Workload& workload, const HypervisorFacts& facts,
                                          const GuestDisk& disk) {
    std::vector<ContractRow> rows = common_contract(plan, workload);
    const bool emulated = facts.accelerator == Accelerator::tcg;
    rows.insert(rows.end(), {{"limits", Fact::said("limits.machine")},
                             {"cpus_seen", Fact::said("cpus_seen.machine", {count(workload.limits.cpus)})},
                             {"memory_seen", Fact::said("memory_seen.machine")},
                             {"storage", Fact::said("storage.disk", {facts.disk_cache})},
                             {"disk_room", Fact::said("disk_room.disk", {bytes(disk.logical)})},
                             {"block_size", block_size_text(disk.block_size)},
                             {"kernel", facts.kernel},
                             {"kernel_line", facts.kernel_line},
                             {"kernel_settings", Fact::said("kernel_settings.machine")},
                             {"kernel_files", Fact::said("kernel_files.open")},
                             {"filter", Fact::said("filter.none")},
                             {"first_process", Fact::said("first_process.init")},
                             {"processes_seen", Fact::said("processes_seen.machine")},
                             {"devices", Fact::said("devices.machine")},
                             {"clock", Fact::said("clock.machine")},
                             {"accelerator", Fact::said(emulated ? "accelerator.tcg" : "accelerator.kvm")},
                             {"machine", machine_type(facts)},
                             {"firmware", facts.firmware},
                             {"privileges", facts.uri}});
    return rows;
}

std::vector<Notice> container_notices(const Workload& workload, const EngineFacts& facts) {
    if (facts.limits_enforced)
        return {};
    const Fact memory = mebibytes_text(workload.limits.memory_bytes);
    Fact limits = workload.limits.cpus == 1
                      ? Fact::said("notice.limits_one_cpu", {memory, facts.limits_reason})
                      : Fact::said("notice.limits", {count(workload.limits.cpus), memory, facts.limits_reason});
    return {{"limits", std::move(limits), Fact::said("remedy.check")},
            {"shared-memory", Fact::said("notice.shared_memory", {facts.limits_reason}), Fact::said("remedy.check")}};
}

} // namespace isolab
