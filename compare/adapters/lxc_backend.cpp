// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/adapters/lxc_backend.h"

#include <utility>

#include "compare/adapters/contract.h"
#include "compare/adapters/image_plan.h"
#include "compare/adapters/machine_exit.h"
#include "compare/adapters/memory_rows.h"
#include "compare/adapters/process_watch.h"
#include "engine/base/clock.h"
#include "engine/base/file_tree.h"
#include "engine/base/process_memory.h"
#include "engine/base/work_folder.h"

namespace isolab {
namespace {

ProcessMemory memory_of_all(const std::vector<pid_t>& pids) {
    ProcessMemory sum;
    for (const pid_t pid : pids)
        if (const auto memory = read_process_memory(pid)) // one that ends meanwhile counts nothing
            sum += *memory;
    return sum;
}

MemorySample lxc_memory(const LxcUsage& used) {
    ContainerUsage usage;
    usage.cgroup_bytes = used.group.memory_bytes;
    usage.cgroup_kernel_bytes = used.group.kernel_bytes;
    usage.cgroup_cache_bytes = used.group.cache_bytes;
    usage.cgroup_shmem_bytes = used.group.shmem_bytes;
    MemorySample sample = container_memory(memory_of_all(used.workload), memory_of_all(used.monitors), usage);
    for (MemoryRow& row : sample.rows)
        if (row.id == "monitor")
            row.formula = "Pss of libvirt_lxc and of the container's init";
    return sample;
}

/// A root file system that nothing is left of with this object.
struct OwnRoot {
    WorkFolder folder;
    Snapshot snapshot;
};

class LxcInstance final : public Instance {
  public:
    LxcInstance(OwnRoot root, const Snapshotter& snapshotter, std::unique_ptr<ProcessWatch> watch,
                std::unique_ptr<LxcContainer> container)
        : root_(std::move(root)), snapshotter_(snapshotter), watch_(std::move(watch)),
          container_(std::move(container)) {}

    Result<InstanceExit> wait(const StopToken& stop, std::optional<std::chrono::nanoseconds> timeout) override {
        return container_->wait(stop, timeout).map(instance_exit);
    }
    Result<InstanceExit> stop(std::chrono::nanoseconds grace) override {
        return container_->stop(grace).map(instance_exit);
    }
    Result<MemorySample> memory(bool detailed) override {
        ISOLAB_ASSIGN(const LxcUsage usage, container_->usage());
        MemorySample sample = lxc_memory(usage);
        sample.at = monotonic_now();
        if (!detailed)
            sample.rows.clear();
        return sample;
    }
    Result<DiskUse> disk() override {
        ISOLAB_ASSIGN(const SnapshotDisk disk, snapshotter_.disk(root_.snapshot));
        return DiskUse{disk.logical, disk.allocated, disk.shared, disk.unique};
    }
    Result<Nanoseconds> cpu() override { return container_->cpu(); }
    Result<std::string> exchange(const Exchange& exchange, std::chrono::milliseconds timeout) override {
        return container_->exchange(exchange.port, exchange.send, exchange.expect, timeout);
    }

  private:
    // Destroyed from the last to the first: the container, which tells the watch everything, then its root.
    OwnRoot root_;
    const Snapshotter& snapshotter_;
    std::unique_ptr<ProcessWatch> watch_;
    std::unique_ptr<LxcContainer> container_;
};

class LxcDeployment final : public PreparedWorkload {
  public:
    /// What it is of and by.
    struct Of {
        Engine& engine;
        LxcDriver& driver;
        std::filesystem::path scratch;
        Workload workload;
        ImagePlan plan;
        ProcessConfinement confinement;
    };
    LxcDeployment(Of of, std::unique_ptr<Snapshotter> snapshotter, std::vector<DeploymentStep> steps)
        : of_(std::move(of)), snapshotter_(std::move(snapshotter)), steps_(std::move(steps)) {}

    const std::vector<DeploymentStep>& steps() const noexcept override { return steps_; }
    std::vector<ContractRow> contract() const override {
        const EngineFacts facts = of_.engine.facts();
        return lxc_contract(of_.plan, of_.workload, facts, host_shape(facts.root), of_.driver.libvirt_version());
    }
    Result<std::unique_ptr<Instance>> start(InstanceObserver& observer, const StopToken& stop) override;

  private:
    const Of of_;
    const std::unique_ptr<Snapshotter> snapshotter_;
    const std::vector<DeploymentStep> steps_;
};

Result<std::unique_ptr<Instance>> LxcDeployment::start(InstanceObserver& observer, const StopToken& stop) {
    const Nanoseconds cpu_before = thread_cpu_time();
    ISOLAB_ASSIGN(WorkFolder folder, WorkFolder::create(of_.scratch));
    ISOLAB_ASSIGN(Snapshot snapshot, snapshotter_->prepare(of_.plan.image, folder.path() / "snapshot", stop));
    auto watch = std::make_unique<ProcessWatch>(observer);
    const LxcRequest request{{snapshot.lowers, snapshot.upper, snapshot.work, snapshot.root},
                             of_.plan.process,
                             of_.workload.limits,
                             port_probe(of_.workload.readiness),
                             "isolab",
                             of_.confinement,
                             thread_cpu_time() - cpu_before};
    ISOLAB_ASSIGN(std::unique_ptr<LxcContainer> container, of_.driver.start(request, *watch, stop));
    return std::make_unique<LxcInstance>(OwnRoot{std::move(folder), std::move(snapshot)}, *snapshotter_,
                                         std::move(watch), std::move(container));
}

} // namespace

Result<LxcDriver*> LxcBackend::driver(const StopToken& stop) {
    const std::lock_guard lock(mutex_);
    if (!driver_) {
        ISOLAB_TRY(check_lxc());
        ISOLAB_TRY(make_directories(data_.temporary(), 0700));
        ISOLAB_ASSIGN(driver_, LxcDriver::open({data_.temporary(), init_}, stop));
    }
    return driver_.get();
}

std::map<std::string, std::string> LxcBackend::versions() const {
    const std::lock_guard lock(mutex_);
    if (!driver_)
        return {};
    return {{"libvirt", driver_->libvirt_version()}};
}

Result<void> LxcBackend::check(const StopToken& stop) {
    return driver(stop).map([](const LxcDriver*) {});
}

Result<std::unique_ptr<PreparedWorkload>> LxcBackend::deploy(const Workload& workload, ProgressSink& progress,
                                                             const StopToken& stop) {
    ISOLAB_TRY(find_image(engine_, workload)); // before what takes long
    std::vector<DeploymentStep> steps;
    const Nanoseconds begin = monotonic_now();
    ISOLAB_ASSIGN(LxcDriver * driver, this->driver(stop));
    steps.push_back({"open-hypervisor", "open the hypervisor", monotonic_now() - begin, false});
    ISOLAB_ASSIGN(ImagePlan plan, plan_image(engine_, workload, steps, progress, stop));
    ISOLAB_ASSIGN(const ContainerSettings like, measured_settings(plan.process, workload.limits));
    ISOLAB_ASSIGN(std::unique_ptr<Snapshotter> snapshotter,
                  make_snapshotter(engine_.layers(), engine_.facts().snapshotter));
    LxcDeployment::Of of{engine_, *driver, data_.temporary(), workload, std::move(plan), confinement_of(like)};
    return std::make_unique<LxcDeployment>(std::move(of), std::move(snapshotter), std::move(steps));
}

} // namespace isolab
