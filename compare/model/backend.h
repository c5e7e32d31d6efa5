// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compare/model/fact.h"
#include "compare/model/metric.h"
#include "compare/model/workload.h"
#include "compare/model/world.h"
#include "engine/base/instance.h"
#include "engine/base/progress.h"
#include "engine/base/stop.h"

namespace isolab {

/// How an instance ended and what it used altogether.
struct InstanceExit {
    ExitStatus status;
    Nanoseconds exited_at{0}; ///< the workload's process ended; monotonic_now()
    Nanoseconds gone_at{0};   ///< nothing of the instance is left
    std::optional<Nanoseconds> cpu_total;
    /// Peak resident sets, bytes. Container: of its largest process and of its monitor, added; machine: of QEMU.
    std::optional<std::uint64_t> peak_memory;
    /// By force, since it did not end when it was asked to: the time that took says nothing about the world.
    bool killed = false;
};

/// A running instance in one world. Destroying it ends it and leaves nothing behind. Methods may be called
/// from any thread but the observer's; stop() may overlap wait().
class Instance {
  public:
    virtual ~Instance() = default;
    virtual Result<InstanceExit> wait(const StopToken& stop,
                                      std::optional<std::chrono::nanoseconds> timeout = std::nullopt) = 0;
    /// Asks politely, after `grace` by force; returns when everything is gone.
    virtual Result<InstanceExit> stop(std::chrono::nanoseconds grace) = 0;
    /// `detailed`: with all rows; otherwise the headline only, cheap enough for 20 Hz.
    virtual Result<MemorySample> memory(bool detailed) = 0;
    virtual Result<DiskUse> disk() = 0;
    virtual Result<Nanoseconds> cpu() = 0; ///< used since the start, the same sum as in PhaseMark::cpu; cheap
    virtual Result<std::string> exchange(const Exchange& exchange, std::chrono::milliseconds timeout) = 0;
};

/// One row of the fairness contract: the same key on both sides; rows whose values differ are marked.
struct ContractRow {
    std::string key; ///< stable: "image", "cpus", "storage", ...: a contract_title() each
    Fact value;
};

/// Something a reader must know before trusting the numbers.
struct Notice {
    std::string id; ///< "tcg", "limits", "busy-host", "debug-build", "low-disk", "few-runs", ...: told once in a result
    Fact text;      ///< a sentence
    Fact remedy;    ///< may be empty
};

/// A workload made ready in one world: image, process and disk are found once, and held for as long as this lives, so
/// that each start measures the same and does nothing of that. It may be used from any thread, must not outlive its
/// Backend, and outlives its instances.
class PreparedWorkload {
  public:
    virtual ~PreparedWorkload() = default;
    /// What was done once for the image; each step timed, or found in the cache.
    virtual const std::vector<DeploymentStep>& steps() const noexcept = 0;
    /// What the runs will be like on this side.
    virtual std::vector<ContractRow> contract() const = 0;
    /// What a reader must know about this side's runs of the workload; empty when nothing is odd.
    virtual std::vector<Notice> notices() const { return {}; }
    /// What a start may take here beside the workload's deadline, before the workload can do anything for it.
    virtual std::chrono::nanoseconds patience() const noexcept { return {}; }
    /// Starts an instance; its entry is t0. Returns after execve(2) of the workload succeeded there, with the marks
    /// prepare..exec delivered; wall and CPU time of each mark cover the same work. Failure leaves nothing behind.
    /// `observer` must outlive the instance.
    virtual Result<std::unique_ptr<Instance>> start(InstanceObserver& observer, const StopToken& stop) = 0;
    /// After start() failed: makes again what was prepared, when it is damaged or gone since, and tells whether it did,
    /// so that another start may succeed.
    virtual Result<bool> mend(ProgressSink& /*progress*/, const StopToken& /*stop*/) { return false; }
};

/// A world in which a workload can be run. The interface that every adapter implements; thread-safe.
class Backend {
  public:
    virtual ~Backend() = default;
    virtual const World& world() const noexcept = 0;
    const std::string& side() const noexcept { return world().id; }
    std::string title() const { return english(world().title); }
    /// Name and version of each program and library that this side consists of, once deployed: {"qemu", "7.2.22"}.
    virtual std::map<std::string, std::string> versions() const { return {}; }
    /// Marks on every number of this side, e.g. {"tcg"}; samples with different marks are never pooled.
    virtual std::vector<std::string> marks() const = 0;
    /// Whether it can run anything here; otherwise the one cause, with a remedy. May take seconds the first time.
    virtual Result<void> check(const StopToken& /*stop*/) { return {}; }
    /// Everything that is done once per image and workload.
    virtual Result<std::unique_ptr<PreparedWorkload>> deploy(const Workload& workload, ProgressSink& progress,
                                                             const StopToken& stop) = 0;
};

} // namespace isolab
