// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "compare/adapters/session.h"
#include "compare/model/runner_observer.h"

namespace isolab {

/// Where comparisons come from. Blocks; run() is called from the thread that measures, load() from another.
class ComparisonSource {
  public:
    virtual ~ComparisonSource() = default;
    /// See Runner::run.
    virtual Result<ComparisonResult> run(const ComparisonPlan& plan, RunnerObserver& observer,
                                         const StopToken& stop) = 0;
    virtual Result<ComparisonResult> load(const std::string& id) = 0;
};

} // namespace isolab
