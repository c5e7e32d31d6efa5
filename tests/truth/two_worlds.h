// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "compare/adapters/container_backend.h"
#include "compare/adapters/vm_backend.h"
#include "compare/model/comparison.h"
#include "compare/model/runner_observer.h"
#include "engine/base/file_tree.h"
#include "tests/engine/launcher/bundle.h"
#include "tests/virt/vm_fixture.h"

namespace isolab::test {

/// Both real worlds over a data folder of their own, with an image of busybox, "truth:latest". What cannot be made
/// throws std::runtime_error with the cause. One thread.
class TwoWorlds {
  public:
    /// `launcher`: isolab-runtime.
    explicit TwoWorlds(std::filesystem::path launcher = launcher_path());

    Engine& engine() noexcept { return *engine_; }
    /// A world of this process's kernel: all isolation and our launcher unless `side` says otherwise.
    std::unique_ptr<Backend> container(ContainerSide side = {}) {
        return std::make_unique<ContainerBackend>(*engine_, std::move(side));
    }
    /// Lean machines, emulated; the options may be changed before the first one is started.
    std::unique_ptr<Backend> machine();
    HypervisorOptions& machine_options() noexcept { return machine_options_; }

    const std::filesystem::path& root() const noexcept { return root_.path(); }
    /// A folder for what a test writes.
    const std::filesystem::path& scratch() const noexcept { return scratch_.path(); }

  private:
    void import_image();

    TestRoot root_;
    TemporaryTree scratch_;
    Bundle bundle_;
    std::unique_ptr<Engine> engine_;
    HypervisorOptions machine_options_;
    std::unique_ptr<Hypervisor> hypervisor_;
};

/// A script for busybox's shell in that image; it is ready when it has printed "up", unless `readiness` says otherwise.
Workload scripted(const std::string& script, const std::string& readiness = "log:^up");

/// Milliseconds by phase id of one counted run; throws when it failed.
using PhaseTimes = std::map<std::string, double>;
PhaseTimes measure_phases(Backend& world, PreparedWorkload& deployment, const Workload& workload,
                          RunnerObserver& observer);

/// Deploys; throws when that fails.
std::unique_ptr<PreparedWorkload> deploy(Backend& world, const Workload& workload);

/// What delays.cpp is told: "start=30,setup=40".
inline constexpr const char* delays_variable = "ISOLAB_TEST_DELAYS";

/// Samples of phases with and without delays, and whether each delay came back.
struct DelayTrial {
    std::map<std::string, double> delays; ///< ms, by phase
    double tolerance = 0;                 ///< ms, of the difference of medians on a quiet machine
    double most_noise = 0;                ///< ms; what the control's own spread may add
    std::vector<PhaseTimes> delayed, control;

    /// The difference of medians less the delay, ms.
    double error_of(const std::string& phase) const;
    /// The tolerance, and half of the interval that such a difference has by the control's spread, up to a bound.
    double bound_of(const std::string& phase) const { return tolerance + std::min(noise_of(phase), most_noise); }
    double noise_of(const std::string& phase) const; ///< half of that interval, ms
    /// Whether the control alone repeats well enough for that bound; otherwise an error beyond it says nothing.
    bool is_quiet(const std::string& phase) const { return noise_of(phase) < most_noise; }
    bool holds() const;
    /// "setup: 40.0 ms came back as 40.3 ± 0.1 …" of all phases.
    std::string text() const;
};

/// While it lives, this thread and what it starts go before all other work of the machine, so that a busy one disturbs
/// what is measured as little as may be.
class GoFirst {
  public:
    GoFirst();
    GoFirst(const GoFirst&) = delete;
    GoFirst& operator=(const GoFirst&) = delete;
    ~GoFirst();

  private:
    int former_;
};

/// Takes turns until all delays came back.
struct Rounds {
    int least = 0, most = 0;
};
void try_delays(DelayTrial& trial, Rounds rounds, const std::function<PhaseTimes(bool delayed)>& measure);

} // namespace isolab::test
