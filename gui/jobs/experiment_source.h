// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "compare/lab/experiment_run.h"

namespace isolab {

/// Where experiments and suites come from. Blocks; both run() are called from the thread that measures, the rest from
/// another.
class ExperimentSource {
  public:
    virtual ~ExperimentSource() = default;
    /// A suite that comes with the program; `quick`: with what its experiments say for a first look.
    virtual Result<Suite> suite(const std::string& id, bool quick) = 0;
    /// What was saved last of each experiment of a suite, in its order: made as the suite says where there is such a
    /// one, otherwise in another way. Experiments without a saved result are missing.
    virtual Result<std::vector<ExperimentResult>> saved(const Suite& suite) = 0;
    /// See run_suite() and run_experiment(): what failed or was stopped is told by the results. An error: nothing could
    /// be begun.
    virtual Result<SuiteResult> run(const Suite& suite, ExperimentObserver& observer, const StopToken& stop) = 0;
    virtual Result<ExperimentResult> run(const Experiment& experiment, ExperimentObserver& observer,
                                         const StopToken& stop) = 0;
};

/// Both measure the same in the same way; their seeds may differ. Pure.
bool made_alike(const Experiment& a, const Experiment& b);

/// It was neither stopped nor did it fail: all of it was measured, or as much as its deadline allows. Pure.
bool ended_by_itself(const ExperimentResult& result);

} // namespace isolab
