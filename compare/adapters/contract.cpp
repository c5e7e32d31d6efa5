// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/adapters/contract.h"

#include <map>
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

Fact limiter(const EngineFacts& facts, const Ingredients& has) {
    if (!has.limits)
        return facts.cgroup_mode == "none" ? Fact::said("limits.off")
                                           : Fact::said("limits.counting", {facts.cgroup_mode});
    return facts.limits_enforced ? Fact::said("limits.cgroup", {facts.cgroup_mode})
                                 : Fact::said("limits.none", {facts.limits_reason});
}

/// Beside those of the whole host.
const char* kernel_settings(const Ingredients& has) {
    if (has.network)
        return has.ipc ? "kernel_settings.host" : "kernel_settings.network";
    return has.ipc ? "kernel_settings.ipc" : "kernel_settings.all";
}

const char* privileges(const EngineFacts& facts, const Ingredients& has) {
    if (has.capabilities)
        return facts.rootless ? "privileges.rootless" : "privileges.root";
    return facts.rootless ? "privileges.rootless_all" : "privileges.root_all";
}

Fact machine_type(const HypervisorFacts& facts) {
    return Fact::said(facts.acpi ? "machine.acpi" : "machine.no_acpi",
                      {machine_kind_id(facts.kind), facts.machine_type, facts.qemu_version, facts.libvirt_version});
}

std::string system_name(const MachineImage& image) {
    return image.distribution.empty() ? image.name : fmt::format("{} ({})", image.name, image.distribution);
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
        {"hostname", "isolab"},
        {"ipc", Fact::said("ipc.own")},
        {"groups_seen", Fact::said("groups_seen.own")},
    };
}

std::vector<ContractRow> container_contract(const ImagePlan& plan, const Workload& workload, const EngineFacts& facts,
                                            const HostShape& host, const ContainerSide& side) {
    const Ingredients& has = side.ingredients;
    const bool limited = facts.limits_enforced && has.limits;
    const bool overlay = facts.snapshotter == "overlay" && has.overlay;
    const auto said = [](bool here, const char* id, const char* otherwise) {
        return Fact::said(here ? id : otherwise);
    };
    std::vector<ContractRow> rows = common_contract(plan, workload);
    for (ContractRow& row : rows) {
        if (!limited && (row.key == "cpus" || row.key == "memory"))
            row.value = Fact::said("limit.unlimited", {row.value});
        if (!has.network && row.key == "network")
            row.value = Fact::said("network.host");
        if (!has.uts && row.key == "hostname")
            row.value = Fact::said("hostname.host");
        if (!has.ipc && row.key == "ipc")
            row.value = Fact::said("ipc.host");
        if (!has.cgroup && row.key == "groups_seen")
            row.value = Fact::said("groups_seen.host");
    }
    rows.insert(rows.end(),
                {{"runtime", side.runtime ? side.runtime->string() : "isolab-runtime"},
                 {"limits", limiter(facts, has)},
                 {"cpus_seen", Fact::said(limited ? "cpus_seen.host" : "cpus_seen.all", {count(host.cpus)})},
                 {"memory_seen", Fact::said(limited ? "memory_seen.host" : "memory_seen.all", {bytes(host.memory)})},
                 {"storage", said(overlay, "storage.overlay", "storage.copy")},
                 {"disk_room", Fact::said("disk_room.host", {bytes(host.disk_free)})},
                 {"block_size", block_size_text(host.block_size)},
                 {"kernel", facts.kernel},
                 {"kernel_line", Fact::said("kernel_line.host")},
                 {"kernel_settings", Fact::said(kernel_settings(has))},
                 {"kernel_files", said(has.kernel_files, "kernel_files.masked", "kernel_files.host")},
                 {"filter", said(has.seccomp, "filter.default", "filter.host")},
                 {"first_process", said(has.pid, "first_process.workload", "first_process.host")},
                 {"processes_seen", said(has.pid, "processes_seen.own", "processes_seen.host")},
                 {"devices", Fact::said("devices.container")},
                 {"clock", Fact::said("clock.host")},
                 {"accelerator", Fact::said("accelerator.native")},
                 {"machine", Fact::said("machine.host")},
                 {"firmware", Fact::said("firmware.none")},
                 {"privileges", Fact::said(privileges(facts, has))}});
    return rows;
}

std::vector<ContractRow> lxc_contract(const ImagePlan& plan, const Workload& workload, const EngineFacts& facts,
                                      const HostShape& host, const std::string& libvirt) {
    std::vector<ContractRow> rows = container_contract(plan, workload, facts, host);
    const std::map<std::string, Fact> values{
        {"runtime", "libvirt_lxc, libvirt " + libvirt},
        {"limits", Fact::said("limits.lxc", {facts.cgroup_mode})},
        {"storage", Fact::said(facts.snapshotter == "overlay" ? "storage.lxc" : "storage.copy")},
        {"memory_seen", Fact::said("memory_seen.lxc")},
        {"processes_seen", Fact::said("processes_seen.lxc")},
        {"groups_seen", Fact::said("groups_seen.host")},
        {"devices", Fact::said("devices.lxc")},
        {"kernel_files", Fact::said("kernel_files.lxc")},
        {"filter", Fact::said("filter.host")},
        {"first_process", Fact::said("first_process.init")},
        {"privileges", Fact::said("privileges.lxc")},
    };
    for (ContractRow& row : rows)
        if (const auto found = values.find(row.key); found != values.end())
            row.value = found->second;
    return rows;
}

std::vector<ContractRow> machine_contract(const ImagePlan& plan, const Workload& workload, const HypervisorFacts& facts,
                                          const GuestDisk& disk) {
    std::vector<ContractRow> rows = common_contract(plan, workload);
    const bool emulated = facts.accelerator == Accelerator::tcg;
    rows.insert(rows.end(), {{"runtime", "libvirt"},
                             {"limits", Fact::said("limits.machine")},
                             {"cpus_seen", Fact::said("cpus_seen.machine", {count(workload.limits.cpus)})},
                             {"memory_seen", Fact::said("memory_seen.machine")},
                             {"storage", Fact::said("storage.disk", {facts.disk_cache})},
                             {"disk_room", Fact::said("disk_room.disk", {bytes(disk.logical)})},
                             {"block_size", block_size_text(disk.block_size)},
                             {"kernel", facts.compressed_kernel ? Fact::said("kernel.compressed", {facts.kernel})
                                                                : Fact(facts.kernel)},
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
    for (ContractRow& row : rows)
        if (row.key == "network" && facts.network_card)
            row.value = Fact::said("network.card");
    return rows;
}

void describe_system(std::vector<ContractRow>& rows, const Workload& workload, const HypervisorFacts& facts,
                     const SystemSide& system) {
    const bool uefi = system.firmware == DiskFirmware::uefi;
    const std::map<std::string, Fact> values{
        {"network", Fact::said("network.system")},
        {"memory_seen", Fact::said("memory_seen.system")},
        {"kernel", system.image.kernel.empty() ? Fact::said("kernel.image") : Fact(system.image.kernel)},
        {"kernel_line", Fact::said("kernel_line.image")},
        {"kernel_settings", Fact::said("kernel_settings.system")},
        {"first_process", Fact::said("first_process.system")},
        {"processes_seen", Fact::said("processes_seen.system")},
        {"machine", Fact::said("text.and", {machine_type(facts), system_name(system.image)})},
        {"firmware", uefi ? "OVMF" : "SeaBIOS"},
    };
    for (ContractRow& row : rows) {
        if (const auto found = values.find(row.key); found != values.end())
            row.value = found->second;
        if (row.key == "memory" && facts.memory > workload.limits.memory_bytes)
            row.value = Fact::said("memory.raised", {mebibytes_text(facts.memory), row.value});
    }
}

std::vector<Notice> machine_notices(const World& world, const Workload& workload, const HypervisorFacts& facts) {
    if (facts.memory <= workload.limits.memory_bytes)
        return {};
    return {{"memory-raised",
             Fact::said("notice.memory_raised",
                        {world.title, mebibytes_text(facts.memory), mebibytes_text(workload.limits.memory_bytes)}),
             {}}};
}

std::vector<Notice> container_notices(const Workload& workload, const EngineFacts& facts, const ContainerSide& side) {
    if (facts.limits_enforced)
        return {};
    const Notice uncounted{"shared-memory", Fact::said("notice.shared_memory", {side.world.title, facts.limits_reason}),
                           Fact::said("remedy.check")};
    if (!side.ingredients.limits) // it was to have none
        return {uncounted};
    const Fact memory = mebibytes_text(workload.limits.memory_bytes);
    Fact limits =
        workload.limits.cpus == 1
            ? Fact::said("notice.limits_one_cpu", {side.world.title, memory, facts.limits_reason})
            : Fact::said("notice.limits", {side.world.title, count(workload.limits.cpus), memory, facts.limits_reason});
    return {{"limits", std::move(limits), Fact::said("remedy.check")}, uncounted};
}

} // namespace isolab
