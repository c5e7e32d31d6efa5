// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "compare/adapters/session.h"
#include "compare/model/runner_observer.h"

namespace isolab {

/// What open() found.
struct Catalogue {
    std::vector<Workload> workloads;
    std::set<std::string> missing_images; ///< of the workloads, by name: they have to be imported first
    std::optional<Error> unknown;         ///< why the wanted workload is not among them
};

/// What the window needs from both worlds. Implemented over a Session in the program and by hand in tests.
///
/// All methods block and are called from worker threads: open(), status(), run() and close() from one of them,
/// one at a time; check(), history() and load() from another, after open() has succeeded (check() at any time).
class ComparisonSource {
  public:
    virtual ~ComparisonSource() = default;

    /// Opens folders and images; the workloads that can be chosen, `wanted` (an id or an image; may be empty) among
    /// them when there is such a one.
    virtual Result<Catalogue> open(const std::string& wanted, ProgressSink& progress, const StopToken& stop) = 0;
    /// How this machine runs both worlds; may take seconds.
    virtual Result<SessionStatus> status(const StopToken& stop) = 0;
    /// See Runner::run.
    virtual Result<ComparisonResult> run(const ComparisonPlan& plan, RunnerObserver& observer,
                                         const StopToken& stop) = 0;
    virtual std::vector<Prerequisite> check() = 0;
    virtual Result<std::vector<HistoryEntry>> history() = 0;
    virtual Result<ComparisonResult> load(const std::string& id) = 0;
    /// Gives everything back; no other call follows.
    virtual void close() = 0;
};

} // namespace isolab
