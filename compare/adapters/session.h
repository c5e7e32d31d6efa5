// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compare/adapters/system_choice.h"
#include "compare/history/history.h"
#include "compare/lab/experiment_run.h"
#include "compare/model/backend.h"
#include "compare/model/runner_observer.h"
#include "compare/model/workload.h"
#include "compare/run/runner.h"
#include "engine/engine.h"
#include "virt/virt.h"

namespace isolab {

class SessionLab;

struct SessionOptions {
    std::filesystem::path root; ///< data folder; empty: default_data_root()
    std::optional<std::string> libvirt_uri;
    std::optional<Accelerator> accelerator;
    MachineKind machine_kind = MachineKind::lean; ///< of the world "vm"
    SystemChoice system;                          ///< of the world "vm-full"
    std::optional<std::filesystem::path> kernel;
    std::optional<std::filesystem::path>
        resources; ///< workload catalogue and default image; empty: found beside the program
};

/// /var/lib/isolab as root, otherwise $XDG_DATA_HOME/isolab or ~/.local/share/isolab; ISOLAB_ROOT overrules both.
/// An error where no variable tells.
Result<std::filesystem::path> default_data_root();

/// The data folder that the options ask for.
Result<std::filesystem::path> data_root(const SessionOptions& options);

/// How this machine runs both worlds: the status line.
struct SessionStatus {
    EngineFacts engine;
    std::optional<HypervisorFacts> hypervisor; ///< empty when it could not be opened
    std::optional<Error> hypervisor_error;
    std::optional<Error> leftovers_error; ///< why something of an earlier, interrupted session could not be removed
};

/// A world, and whether a workload can be run in it here.
struct WorldStatus {
    World world;
    std::optional<Error> trouble; ///< empty: it is usable
};

/// All worlds over one data folder, opened when first needed. What cli and gui talk to. All methods block and may be
/// called from one worker thread at a time; status() and the catalogue may be read from any.
class Session {
  public:
    /// Opens folders, image store and catalogue; imports the embedded default image on first use.
    static Result<std::unique_ptr<Session>> open(const SessionOptions& options, ProgressSink& progress,
                                                 const StopToken& stop);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    const std::vector<Workload>& workloads() const noexcept;
    /// A workload of the catalogue by id, or, when there is none of that name, an image of that name as a workload.
    Result<Workload> find_workload(const std::string& workload_or_image) const;

    Engine& engine() noexcept;
    History& history() noexcept;
    /// Why something of an earlier, interrupted session could not be removed; the next one tries again.
    const std::optional<Error>& leftovers_error() const noexcept;
    /// Opens the hypervisor when that was not done yet (may take seconds the first time).
    SessionStatus status(const StopToken& stop);

    /// Runs a plan over the sides it names (see Runner::run).
    Result<ComparisonResult> run(const ComparisonPlan& plan, RunnerObserver& observer, const StopToken& stop);

    /// Makes an experiment (see run_experiment()).
    ExperimentResult run(const Experiment& experiment, ExperimentObserver& observer, const StopToken& stop);
    /// Makes the experiments of a suite one after the other. A stop keeps those that were made.
    SuiteResult run(const Suite& suite, ExperimentObserver& observer, const StopToken& stop);
    /// The experiments and suites that come with the program.
    Result<ExperimentCatalogue> experiments(bool quick) const;

    /// Every world that this machine might have, in the order of known_worlds(). Opens the hypervisor.
    std::vector<WorldStatus> worlds(const StopToken& stop);

    /// Every prerequisite of both worlds.
    static std::vector<Prerequisite> check(const SessionOptions& options);

  private:
    struct State;
    SessionLab lab();
    explicit Session(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace isolab
