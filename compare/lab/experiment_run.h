// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compare/experiment/experiment_result.h"
#include "compare/lab/lab.h"
#include "compare/model/runner_observer.h"

namespace isolab {

/// Follows an experiment. Calls come as RunnerObserver's do; all have empty defaults.
class ExperimentObserver : public RunnerObserver {
  public:
    /// `part` of `parts` of the experiment begins: a cell, or a world in a cell.
    virtual void on_part(const ExperimentResult& /*result*/, std::size_t /*part*/, std::size_t /*parts*/,
                         const Fact& /*what*/) {}
    /// Experiment `number` of `count` of a suite begins.
    virtual void on_suite(const Suite& /*suite*/, std::size_t /*number*/, std::size_t /*count*/) {}
    /// After every observation and every run: the experiment as far as it is.
    virtual void on_experiment(const ExperimentResult& /*result*/) {}
};

/// Makes an experiment. A world that fails keeps all others; a stop ends what runs and returns what was measured, with
/// complete = false. Blocking, call it from a worker thread. What could not be measured at all says why in `error`.
ExperimentResult run_experiment(const Experiment& experiment, Lab& lab, ExperimentObserver& observer,
                                const StopToken& stop);

/// Makes the experiments of a suite one after the other. After a stop those that were not begun are missing.
SuiteResult run_suite(const Suite& suite, Lab& lab, ExperimentObserver& observer, const StopToken& stop);

} // namespace isolab
