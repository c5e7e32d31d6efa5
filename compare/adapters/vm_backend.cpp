// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/adapters/vm_backend.h"

#include <utility>

#include <fmt/format.h>

#include "compare/adapters/image_plan.h"
#include "compare/adapters/memory_rows.h"
#include "compare/adapters/process_watch.h"
#include "engine/base/clock.h"
#include "engine/base/process_memory.h"
#include "engine/base/work_folder.h"

namespace isolab {
namespace {

InstanceExit instance_exit(const MachineExit& exit) {
    return {exit.status, exit.exited_at, exit.gone_at, exit.cpu_total, exit.peak_rss};
}

class VmInstance final : public Instance {
  public:
    VmInstance(std::unique_ptr<ProcessWatch> watch, std::unique_ptr<Machine> machine) noexcept
        : watch_(std::move(watch)), machine_(std::move(machine)) {}

    Result<InstanceExit> wait(const StopToken& stop, std::optional<std::chrono::nanoseconds> timeout) override {
        return machine_->wait(stop, timeout).map(instance_exit);
    }
    Result<InstanceExit> stop(std::chrono::nanoseconds grace) override {
        return machine_->stop(grace).map(instance_exit);
    }
    Result<MemorySample> memory(bool detailed) override {
        MachineUsage usage;
        if (detailed) {
            ISOLAB_ASSIGN(usage, machine_->usage());
        }
        ISOLAB_ASSIGN(const ProcessMemory vmm, read_process_memory(watch_->pid()));
        MemorySample sample = machine_memory(vmm, usage);
        sample.at = monotonic_now();
        if (!detailed)
            sample.rows.clear();
        return sample;
    }
    Result<DiskUse> disk() override {
        ISOLAB_ASSIGN(const MachineDisk disk, machine_->disk());
        return DiskUse{disk.logical, disk.allocated, disk.shared, disk.unique};
    }
    Result<Nanoseconds> cpu() override { return machine_->cpu(); }
    Result<std::string> exchange(const Exchange& exchange, std::chrono::milliseconds timeout) override {
        return machine_->exchange(exchange.port, exchange.send, exchange.expect, timeout);
    }

  private:
    std::unique_ptr<ProcessWatch> watch_; ///< outlives the machine, which tells it everything
    std::unique_ptr<Machine> machine_;
};

} // namespace

Result<std::vector<ContractRow>> VmBackend::contract(const Workload& workload) {
    ISOLAB_ASSIGN(Hypervisor * hypervisor, open_({}));
    ISOLAB_ASSIGN(const ImagePlan plan, plan_image(engine_, workload));
    const HypervisorFacts facts = hypervisor->facts(workload.limits);
    const bool emulated = facts.accelerator == Accelerator::tcg;
    std::vector<ContractRow> rows = common_contract(plan, workload);
    rows.insert(rows.end(),
                {{"limits", "limits by", "virtual CPUs and guest RAM"},
                 {"storage", "storage",
                  fmt::format("ext4 on a qcow2 layer over a shared base disk, virtio-blk, cache {}", facts.disk_cache)},
                 {"kernel", "kernel", facts.kernel},
                 {"kernel_line", "kernel command line", facts.kernel_line},
                 {"accelerator", "processor", emulated ? "TCG: software emulation" : "KVM: hardware virtualisation"},
                 {"machine", "machine type",
                  fmt::format("{}: {}{}, QEMU {}, libvirt {}", machine_kind_id(facts.kind), facts.machine_type,
                              facts.acpi ? "" : " without ACPI", facts.qemu_version, facts.libvirt_version)},
                 {"firmware", "firmware", facts.firmware},
                 {"privileges", "privileges", facts.uri}});
    return rows;
}

std::map<std::string, std::string> VmBackend::versions() const {
    const auto hypervisor = open_({});
    if (!hypervisor)
        return {};
    const HypervisorFacts facts = (*hypervisor)->facts({});
    return {{"qemu", facts.qemu_version}, {"libvirt", facts.libvirt_version}, {"guest_kernel", facts.kernel}};
}

std::vector<std::string> VmBackend::marks() const {
    const auto hypervisor = open_({});
    if (!hypervisor)
        return {};
    return {accelerator_id((*hypervisor)->facts({}).accelerator)};
}

Result<DeploymentStep> VmBackend::build_disk(Hypervisor& hypervisor, const Image& image, ProgressSink& progress,
                                             const StopToken& stop) {
    const Nanoseconds begin = monotonic_now();
    if (hypervisor.find_disk(image.digest.text()))
        return DeploymentStep{"build-disk", "build base disk", monotonic_now() - begin, true};
    ISOLAB_TRY(make_directories(scratch_, 0700));
    ISOLAB_ASSIGN(const WorkFolder parent, WorkFolder::create(scratch_));
    const std::filesystem::path tree = parent.path() / "rootfs";
    ISOLAB_TRY(engine_.layers().build_tree(image, tree, progress, stop));
    ISOLAB_ASSIGN(FileOwners owners, engine_.layers().owners(image));
    ISOLAB_ASSIGN(const GuestDisk disk,
                  hypervisor.make_disk({tree, std::move(owners)}, image.digest.text(), progress, stop));
    if (!disk.replaced.empty())
        note_damage(image, disk.replaced);
    return DeploymentStep{"build-disk", "build base disk", monotonic_now() - begin, false};
}

Result<std::vector<DeploymentStep>> VmBackend::deploy(const Workload& workload, ProgressSink& progress,
                                                      const StopToken& stop) {
    ISOLAB_ASSIGN(const Image image, find_image(engine_, workload));
    note_damage(image, {});
    const Nanoseconds begin = monotonic_now();
    ISOLAB_ASSIGN(Hypervisor * hypervisor, open_(stop));
    DeploymentStep connect{"open-hypervisor", "open the hypervisor", monotonic_now() - begin, false};
    LayerHold hold;
    ISOLAB_ASSIGN(DeploymentStep unpack, unpack_layers(engine_, image, hold, progress, stop));
    ISOLAB_ASSIGN(DeploymentStep disk, build_disk(*hypervisor, image, progress, stop));
    return std::vector{std::move(connect), std::move(unpack), std::move(disk)};
}

Result<std::unique_ptr<Instance>> VmBackend::start(const Workload& workload, InstanceObserver& observer,
                                                   const StopToken& stop) {
    ISOLAB_ASSIGN(Hypervisor * hypervisor, open_(stop));
    ISOLAB_ASSIGN(ImagePlan plan, plan_image(engine_, workload));
    ISOLAB_ASSIGN(GuestDisk disk, hypervisor->find_disk(plan.image.digest.text()));
    const MachineRequest request{std::move(disk), std::move(plan.process), workload.limits,
                                 port_probe(workload.readiness), "isolab"};
    auto watch = std::make_unique<ProcessWatch>(observer);
    auto machine = hypervisor->start(request, *watch, stop);
    if (!machine && machine.error().kind == ErrorKind::corrupt)
        note_damage(plan.image, machine.error().cause);
    if (!machine)
        return fail(std::move(machine).error());
    return std::make_unique<VmInstance>(std::move(watch), std::move(*machine));
}

void VmBackend::note_damage(const Image& image, const std::string& how) {
    const std::lock_guard lock(mutex_);
    damage_[image.digest.text()] = how;
}

std::vector<Notice> VmBackend::notices(const Workload& workload) const {
    const auto image = find_image(engine_, workload);
    const std::lock_guard lock(mutex_);
    const auto damage = image ? damage_.find(image->digest.text()) : damage_.end();
    if (damage == damage_.end() || damage->second.empty())
        return {};
    return {{"disk-made-again",
             fmt::format("{}: its disk was damaged and has been made again: {}.", title(), damage->second), ""}};
}

Result<bool> VmBackend::mend(const Workload& workload, ProgressSink& progress, const StopToken& stop) {
    ISOLAB_ASSIGN(Hypervisor * hypervisor, open_(stop));
    ISOLAB_ASSIGN(const Image image, find_image(engine_, workload));
    ISOLAB_ASSIGN(const DeploymentStep disk, build_disk(*hypervisor, image, progress, stop));
    return !disk.cached;
}

} // namespace isolab
