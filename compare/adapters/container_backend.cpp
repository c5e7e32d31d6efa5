// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/adapters/container_backend.h"

#include <utility>

#include <fmt/format.h>

#include "compare/adapters/memory_rows.h"
#include "compare/adapters/process_watch.h"
#include "engine/base/clock.h"
#include "engine/base/process_memory.h"
#include "engine/base/size.h"

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
        return {exit.status, exit.exited_at, exit.gone_at, exit.cpu_total, peak};
    }

    std::unique_ptr<ProcessWatch> watch_; ///< outlives the container, which tells it everything
    std::unique_ptr<Container> container_;
};

std::string limits_text(const EngineFacts& facts) {
    return facts.limits_enforced ? "cgroup " + facts.cgroup_mode : "not enforced: " + facts.limits_reason;
}

} // namespace

std::vector<ContractRow> container_contract(const ImagePlan& plan, const Workload& workload, const EngineFacts& facts) {
    std::vector<ContractRow> rows = common_contract(plan, workload);
    if (!facts.limits_enforced)
        for (ContractRow& row : rows)
            if (row.key == "cpus" || row.key == "memory")
                row.value = fmt::format("unlimited (asked: {})", row.value);
    rows.insert(rows.end(), {{"limits", "limits by", limits_text(facts)},
                             {"storage", "storage",
                              facts.snapshotter == "overlay" ? "overlayfs on the host's file system"
                                                             : "copy on the host's file system"},
                             {"kernel", "kernel", facts.kernel},
                             {"kernel_line", "kernel command line", "the host's"},
                             {"accelerator", "processor", "native"},
                             {"machine", "machine type", "the host"},
                             {"firmware", "firmware", "none"},
                             {"privileges", "privileges", facts.rootless ? "rootless" : "root"}});
    return rows;
}

std::vector<Notice> container_notices(const Workload& workload, const EngineFacts& facts) {
    if (facts.limits_enforced)
        return {};
    return {{"limits",
             fmt::format("Container: neither its {} nor its {} of memory are a limit here: {}.",
                         workload.limits.cpus == 1 ? "1 CPU" : fmt::format("{} CPUs", workload.limits.cpus),
                         mebibytes_text(workload.limits.memory_bytes), facts.limits_reason),
             "isolab check tells what is needed."}};
}

Result<std::vector<ContractRow>> ContainerBackend::contract(const Workload& workload) {
    ISOLAB_ASSIGN(const ImagePlan plan, plan_image(engine_, workload));
    return container_contract(plan, workload, engine_.facts());
}

Result<std::vector<DeploymentStep>> ContainerBackend::deploy(const Workload& workload, ProgressSink& progress,
                                                             const StopToken& stop) {
    ISOLAB_ASSIGN(const Image image, find_image(engine_, workload));
    LayerHold hold;
    ISOLAB_ASSIGN(DeploymentStep unpack, unpack_layers(engine_, image, hold, progress, stop));
    return std::vector{std::move(unpack)};
}

Result<std::unique_ptr<Instance>> ContainerBackend::start(const Workload& workload, InstanceObserver& observer,
                                                          const StopToken& stop) {
    ISOLAB_ASSIGN(ImagePlan plan, plan_image(engine_, workload));
    const ContainerRequest request{std::move(plan.image), std::move(plan.process), workload.limits,
                                   port_probe(workload.readiness), "isolab"};
    auto watch = std::make_unique<ProcessWatch>(observer);
    ISOLAB_ASSIGN(std::unique_ptr<Container> container, engine_.start(request, *watch, stop));
    return std::make_unique<ContainerInstance>(std::move(watch), std::move(container));
}

} // namespace isolab
