// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/jobs/experiment_source.h"

#include <algorithm>

#include "engine/base/json.h"

namespace isolab {

bool made_alike(const Experiment& a, const Experiment& b) {
    Experiment same_seed = a;
    same_seed.seed = b.seed;
    return experiment_json(same_seed) == experiment_json(b);
}

bool ended_by_itself(const ExperimentResult& result) {
    const bool cut_off = std::ranges::find(result.notices, "deadline", &Notice::id) != result.notices.end();
    return !result.error && (result.complete || cut_off);
}

} // namespace isolab
