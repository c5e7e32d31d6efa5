// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <vector>

#include "compare/model/backend.h"
#include "compare/model/comparison.h"
#include "compare/model/runner_observer.h"
#include "engine/base/stop.h"

namespace isolab {

class ComparisonStore;

/// Runs comparisons. One run() at a time per object; blocking, call it from a worker thread.
class Runner {
  public:
    /// Backends must outlive the runner. `history` may be null: nothing is saved then.
    Runner(std::vector<Backend*> backends, ComparisonStore* history);

    /// Deploys on each side, then runs warm-ups and measured runs, alternating with random order within each pair.
    /// A side that fails is recorded and, after failing at deployment or in a warm-up, skipped; the other side goes on.
    /// Saved to history after every run. An Error only when nothing could be done (bad plan, no such side); a stop ends
    /// the current run cleanly and returns what was measured with complete = false.
    Result<ComparisonResult> run(const ComparisonPlan& plan, RunnerObserver& observer, const StopToken& stop);

  private:
    std::vector<Backend*> backends_;
    ComparisonStore* history_;
};

} // namespace isolab
