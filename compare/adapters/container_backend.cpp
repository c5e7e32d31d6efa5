// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/adapters/container_backend.h"

#include <utility>

#include "compare/adapters/contract.h"
#include "compare/adapters/memory_rows.h"
#include "compare/adapters/process_watch.h"
#include "engine/base/clock.h"
#include "engine/base/process_memory.h"

namespace isolab {
namespace {

/// Sum over processes; one that ends meanwhile counts nothing.
ProcessMemory memory_of(const std::vector<pid_t>& pids) {
    ProcessMemory sum;
    for (const pid_t pid : pids)
        if (const auto memory = read_process_memory(pid))
            sum += *memory;
    return sum;
}

class ContainerInstance final : public Instance {
  public:
    ContainerInstance(std::unique_ptr<ProcessWatch> watch, std::unique_ptr<Container> container) noexcept
        : watch_(std::move(watch)), container_(std::move(container)) {}

    Result<InstanceExit> wait(const StopToken& stop, std::optional<std::chrono::nanoseconds> timeout) override {
        return container_->wait(stop, timeout).map([this](const ContainerExit& exit) { return instance_exit(exit); });
    }
    Result<InstanceExit> stop(std::chrono::nanoseconds grace) override {
        return container_->stop(grace).map([this](const ContainerExit& exit) { return instance_exit(exit); });
    }
    Result<MemorySample> memory(bool detailed) override {
        ISOLAB_ASSIGN(const ContainerUsage usage, container_->usage());
        const ProcessMemory workload = memory_of(usage.workload_pids);
        const ProcessMemory monitor = memory_of({usage.monitor_pid});
        MemorySample sample = container_memory(workload, monitor, usage);
        sample.at = monotonic_now();
        if (!detailed)
            sample.rows.clear();
        return sample;
    }
    Result<DiskUse> disk() override {
        ISOLAB_ASSIGN(const SnapshotDisk disk, container_->disk());
        return DiskUse{disk.logical, disk.allocated, disk.shared, disk.unique};
    }
    Result<Nanoseconds> cpu() override {
        ISOLAB_ASSIGN(const ContainerUsage usage, container_->usage());
        if (!usage.cpu)
            return fail(ErrorKind::unsupported, "read the CPU time of container", container_->id(),
                        "neither a cgroup nor its processes tell it");
        return *usage.cpu;
    }
    Result<std::string> exchange(const Exchange& exchange, std::chrono::milliseconds timeout) override {
        return container_->exchange(exchange.port, exchange.send, exchange.expect, timeout);
    }

  private:
    InstanceExit instance_exit(const ContainerExit& exit) const {
        auto peak = exit.peak_rss;
        if (peak)
            *peak += watch_->peak_at_exec(); // the monitor does not grow after that
        return {exit.status, exit.exited_at, exit.gone_at, exit.cpu_total, peak, exit.killed};
    }

    std::unique_ptr<ProcessWatch> watch_; ///< outlives the container, which tells it everything
    std::unique_ptr<Container> container_;
};

class ContainerDeployment final : public PreparedWorkload {
  public:
    ContainerDeployment(Engine& engine, const Workload& workload, ImagePlan plan, std::vector<DeploymentStep> steps,
                        ContainerSettings settings, ContainerSide side)
        : engine_(engine), workload_(workload), plan_(std::move(plan)), steps_(std::move(steps)),
          side_(std::move(side)), request_{plan_.image, std::move(settings), port_probe(workload.readiness),
                                           side_.ingredients, side_.runtime} {}

    const std::vector<DeploymentStep>& steps() const noexcept override { return steps_; }
    std::vector<ContractRow> contract() const override {
        const EngineFacts facts = engine_.facts();
        return container_contract(plan_, workload_, facts, host_shape(facts.root), side_);
    }
    std::vector<Notice> notices() const override { return container_notices(workload_, engine_.facts(), side_); }
    Result<std::unique_ptr<Instance>> start(InstanceObserver& observer, const StopToken& stop) override {
        auto watch = std::make_unique<ProcessWatch>(observer);
        ISOLAB_ASSIGN(std::unique_ptr<Container> container, engine_.start(request_, *watch, stop));
        return std::make_unique<ContainerInstance>(std::move(watch), std::move(container));
    }

  private:
    Engine& engine_;
    const Workload workload_;
    const ImagePlan plan_;
    const std::vector<DeploymentStep> steps_;
    const ContainerSide side_;
    const ContainerRequest request_;
};

} // namespace

Result<void> ContainerBackend::check(const StopToken& /*stop*/) {
    if (!side_.runtime)
        return {};
    if (!side_.runtime->is_absolute())
        return fail(ErrorKind::unavailable, "start containers with", side_.world.id, "it is not installed",
                    "Install the package " + side_.world.id);
    if (engine_.facts().rootless)
        return fail(ErrorKind::unsupported, "start containers with", side_.world.id,
                    "other runtimes are started by root only", "Run Isolab as root");
    return {};
}

Result<std::unique_ptr<PreparedWorkload>> ContainerBackend::deploy(const Workload& workload, ProgressSink& progress,
                                                                   const StopToken& stop) {
    ISOLAB_TRY(check(stop));
    std::vector<DeploymentStep> steps;
    ISOLAB_ASSIGN(ImagePlan plan, plan_image(engine_, workload, steps, progress, stop));
    ISOLAB_ASSIGN(ContainerSettings settings, measured_settings(plan.process, workload.limits));
    return std::make_unique<ContainerDeployment>(engine_, workload, std::move(plan), std::move(steps),
                                                 std::move(settings), side_);
}

} // namespace isolab
