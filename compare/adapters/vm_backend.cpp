// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/adapters/vm_backend.h"

#include <utility>

#include "compare/adapters/contract.h"
#include "compare/adapters/image_plan.h"
#include "compare/adapters/machine_exit.h"
#include "compare/adapters/memory_rows.h"
#include "compare/adapters/process_watch.h"
#include "engine/base/clock.h"
#include "engine/base/process_memory.h"
#include "engine/base/work_folder.h"

namespace isolab {
namespace {

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

/// Finds the disk of an image, or makes it.
class DiskMaker {
  public:
    DiskMaker(Engine& engine, const DataFolder& data)
        : engine_(engine), disks_(data.disks()), scratch_(data.temporary()) {}

    /// `made`: it was not there, or damaged.
    struct Found {
        GuestDisk disk;
        bool made = false;
    };
    Result<Found> ensure(const Image& image, ProgressSink& progress, const StopToken& stop);

  private:
    Engine& engine_;
    GuestImages disks_;
    std::filesystem::path scratch_;
};

Result<DiskMaker::Found> DiskMaker::ensure(const Image& image, ProgressSink& progress, const StopToken& stop) {
    if (auto found = disks_.find(image.digest.text()))
        return Found{std::move(*found), false};
    ISOLAB_TRY(make_directories(scratch_, 0700));
    ISOLAB_ASSIGN(const WorkFolder parent, WorkFolder::create(scratch_));
    const std::filesystem::path tree = parent.path() / "rootfs";
    ISOLAB_TRY(engine_.layers().build_tree(image, tree, progress, stop));
    ISOLAB_ASSIGN(FileOwners owners, engine_.layers().owners(image));
    ISOLAB_ASSIGN(GuestDisk made, disks_.make({tree, std::move(owners)}, image.digest.text(), progress, stop));
    return Found{std::move(made), true};
}

/// Emulated, on a busy host, a system starts in a minute or more.
constexpr std::chrono::nanoseconds system_patience = std::chrono::minutes(5);

/// The installed system of a whole machine, which nobody can remove meanwhile.
struct PreparedSystem {
    MachineImageHold hold;
    SystemDisk disk;
};

class MachineDeployment final : public PreparedWorkload {
  public:
    /// What it is of and by.
    struct Of {
        World world;
        Hypervisor& hypervisor;
        std::optional<MachineKind> kind;
        MachineExtras extras;
        Workload workload;
        ImagePlan plan;
        std::optional<PreparedSystem> system;
        ProcessConfinement confinement;
    };
    MachineDeployment(Of of, DiskMaker maker, GuestDisk disk, std::vector<DeploymentStep> steps)
        : of_(std::move(of)), maker_(std::move(maker)), steps_(std::move(steps)), disk_(std::move(disk)),
          damage_(disk_.replaced) {}

    const std::vector<DeploymentStep>& steps() const noexcept override { return steps_; }
    std::vector<ContractRow> contract() const override;
    std::vector<Notice> notices() const override;
    std::chrono::nanoseconds patience() const noexcept override {
        return of_.system ? system_patience : std::chrono::nanoseconds(0);
    }
    Result<std::unique_ptr<Instance>> start(InstanceObserver& observer, const StopToken& stop) override;
    Result<bool> mend(ProgressSink& progress, const StopToken& stop) override;

  private:
    MachineRequest request() const {
        const std::lock_guard lock(mutex_);
        MachineRequest request{disk_,
                               of_.plan.process,
                               of_.workload.limits,
                               port_probe(of_.workload.readiness),
                               "isolab",
                               of_.confinement,
                               of_.kind,
                               of_.extras,
                               {}};
        if (of_.system)
            request.system = of_.system->disk;
        return request;
    }
    void note_damage(const std::string& how) {
        const std::lock_guard lock(mutex_);
        damage_ = how;
    }

    HypervisorFacts facts() const { return of_.hypervisor.facts(of_.workload.limits, of_.kind, of_.extras); }

    const Of of_;
    DiskMaker maker_; ///< used by mend() alone, one at a time
    const std::vector<DeploymentStep> steps_;
    mutable std::mutex mutex_; ///< of the fields below
    GuestDisk disk_;
    std::string damage_; ///< why the disk was made again; empty: it was not
};

Result<std::unique_ptr<Instance>> MachineDeployment::start(InstanceObserver& observer, const StopToken& stop) {
    auto watch = std::make_unique<ProcessWatch>(observer);
    auto machine = of_.hypervisor.start(request(), *watch, stop);
    if (!machine && machine.error().kind == ErrorKind::corrupt)
        note_damage(machine.error().cause);
    if (!machine)
        return fail(std::move(machine).error());
    return std::make_unique<VmInstance>(std::move(watch), std::move(*machine));
}

Result<bool> MachineDeployment::mend(ProgressSink& progress, const StopToken& stop) {
    ISOLAB_ASSIGN(DiskMaker::Found found, maker_.ensure(of_.plan.image, progress, stop));
    const std::lock_guard lock(mutex_);
    if (!found.disk.replaced.empty())
        damage_ = found.disk.replaced;
    disk_ = std::move(found.disk);
    return found.made;
}

std::vector<Notice> MachineDeployment::notices() const {
    std::vector<Notice> notices = machine_notices(of_.world, of_.workload, facts());
    const std::lock_guard lock(mutex_);
    if (!damage_.empty())
        notices.push_back({"disk-made-again", Fact::said("notice.disk_made_again", {damage_}), {}});
    return notices;
}

std::vector<ContractRow> MachineDeployment::contract() const {
    const std::lock_guard lock(mutex_);
    std::vector<ContractRow> rows = machine_contract(of_.plan, of_.workload, facts(), disk_);
    if (of_.system)
        describe_system(rows, of_.workload, facts(), {of_.system->hold.image(), of_.system->disk.firmware});
    return rows;
}

} // namespace

std::map<std::string, std::string> VmBackend::versions() const {
    const auto hypervisor = open_({});
    if (!hypervisor)
        return {};
    const HypervisorFacts facts = (*hypervisor)->facts({});
    std::string kernel = facts.kernel;
    if (kind_ == MachineKind::full)
        kernel = find_system(data_, system_).map([](const auto& hold) { return hold.image().kernel; }).value_or("");
    return {{"qemu", facts.qemu_version}, {"libvirt", facts.libvirt_version}, {"guest_kernel", kernel}};
}

std::vector<std::string> VmBackend::marks() const {
    const auto hypervisor = open_({});
    if (!hypervisor)
        return {};
    return {accelerator_id((*hypervisor)->facts({}).accelerator)};
}

Result<void> VmBackend::check(const StopToken& stop) {
    ISOLAB_ASSIGN(const Hypervisor* hypervisor, open_(stop));
    if (kind_ != MachineKind::full)
        return {};
    ISOLAB_ASSIGN(const MachineImageHold hold, find_system(data_, system_));
    ISOLAB_TRY(hypervisor->prepare_system(hold.image(), system_.firmware, stop));
    return {};
}

Result<std::unique_ptr<PreparedWorkload>> VmBackend::deploy(const Workload& workload, ProgressSink& progress,
                                                            const StopToken& stop) {
    ISOLAB_TRY(find_image(engine_, workload)); // before what takes long
    std::vector<DeploymentStep> steps;
    Nanoseconds begin = monotonic_now();
    ISOLAB_ASSIGN(Hypervisor * hypervisor, open_(stop));
    steps.push_back({"open-hypervisor", "open the hypervisor", monotonic_now() - begin, false});
    std::optional<PreparedSystem> system;
    if (kind_ == MachineKind::full) {
        begin = monotonic_now();
        ISOLAB_ASSIGN(MachineImageHold hold, find_system(data_, system_));
        ISOLAB_ASSIGN(SystemDisk disk, hypervisor->prepare_system(hold.image(), system_.firmware, stop));
        steps.push_back({"find-machine-image", "find machine image", monotonic_now() - begin, false});
        system = PreparedSystem{std::move(hold), std::move(disk)};
    }
    ISOLAB_ASSIGN(ImagePlan plan, plan_image(engine_, workload, steps, progress, stop));
    DiskMaker maker(engine_, data_);
    begin = monotonic_now();
    ISOLAB_ASSIGN(DiskMaker::Found found, maker.ensure(plan.image, progress, stop));
    steps.push_back({"build-disk", "build base disk", monotonic_now() - begin, !found.made});
    ISOLAB_ASSIGN(const ContainerSettings like, measured_settings(plan.process, {})); // limits are the machine's own
    MachineDeployment::Of of{
        world_, *hypervisor, kind_, extras_, workload, std::move(plan), std::move(system), confinement_of(like)};
    return std::make_unique<MachineDeployment>(std::move(of), maker, std::move(found.disk), std::move(steps));
}

} // namespace isolab
