// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/compare_options.h"

#include <algorithm>
#include <set>

#include "compare/size.h"

namespace isolab {
namespace {

Result<void> apply_limits(Workload& workload, const CompareOptions& options) {
    if (options.cpus)
        workload.limits.cpus = *options.cpus;
    if (options.memory) {
        ISOLAB_ASSIGN(workload.limits.memory_bytes, parse_size(*options.memory));
    }
    return {};
}

Result<void> apply_process(Workload& workload, const CompareOptions& options) {
    if (!options.command.empty()) {
        workload.command = options.command;
        workload.readiness = Readiness{};
        workload.verify.reset();
    }
    if (options.ready) {
        ISOLAB_ASSIGN(workload.readiness, Readiness::parse(*options.ready));
    }
    workload.env.insert(workload.env.end(), options.env.begin(), options.env.end());
    if (options.user)
        workload.user = options.user;
    if (options.cwd)
        workload.cwd = options.cwd;
    if (options.deadline_s)
        workload.deadline = std::chrono::seconds(*options.deadline_s);
    return {};
}

Result<void> check_sides(const std::vector<std::string>& sides) {
    static const std::set<std::string> known{"container", "vm"};
    std::set<std::string> seen;
    for (const std::string& side : sides) {
        if (!known.contains(side))
            return fail(ErrorKind::invalid_argument, "compare side", side, "there is no such side",
                        "Sides: container, vm");
        if (!seen.insert(side).second)
            return fail(ErrorKind::invalid_argument, "compare side", side, "it is named twice");
    }
    return {};
}

} // namespace

Result<ExperimentPlan> make_plan(Workload workload, const CompareOptions& options) {
    ISOLAB_TRY(check_sides(options.sides));
    ISOLAB_TRY(apply_limits(workload, options));
    ISOLAB_TRY(apply_process(workload, options));
    ExperimentPlan plan;
    plan.workload = std::move(workload);
    plan.sides = options.sides;
    plan.mode = options.race ? Mode::race : Mode::measure;
    plan.runs = options.runs.value_or(options.race ? 1 : plan.runs);
    plan.warmup = options.warmup.value_or(options.race ? 0 : plan.warmup);
    plan.seed = options.seed;
    return plan;
}

} // namespace isolab
