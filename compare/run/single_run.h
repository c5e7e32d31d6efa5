// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compare/measure/side_feed.h"
#include "compare/model/backend.h"
#include "compare/model/comparison.h"

namespace isolab {

/// Which run it is.
struct RunLabel {
    unsigned index = 0;
    bool warmup = false;
    Mode mode = Mode::measure;
};

/// Where it runs: a world, and the workload as it was deployed there.
struct RunWorld {
    Backend& backend;
    PreparedWorkload& deployment;
};

/// Starts one instance, follows it until it is gone and returns what was measured. Never fails as a whole: what went
/// wrong is in RunResult::error, what was measured before is kept. Nothing of the instance is left afterwards.
///
/// An exit code other than zero of a workload that runs to its end is an error of the run: a command that fails does
/// less work, and its time would look good. So is an end before ready, and an end while a service is watched.
RunResult perform_run(const RunWorld& world, const Workload& workload, const RunLabel& label, SideFeed& feed,
                      const StopToken& stop);

} // namespace isolab
