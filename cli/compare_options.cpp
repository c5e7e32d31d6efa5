// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/compare_options.h"

#include <algorithm>

#include "engine/base/size.h"

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

/// "vm/container": the figures of the one over those of the other.
Result<std::vector<RatioPair>> parse_ratios(const std::vector<std::string>& texts) {
    std::vector<RatioPair> pairs;
    for (const std::string& text : texts) {
        const auto slash = text.find('/');
        if (slash == 0 || slash == std::string::npos || slash + 1 == text.size())
            return fail(ErrorKind::invalid_argument, "compare ratio", text, "it does not name two sides",
                        "Write OF/TO, as in vm/container");
        pairs.push_back({text.substr(0, slash), text.substr(slash + 1)});
    }
    return pairs;
}

} // namespace

void declare_compare_options(CommandParser command, CompareOptions& options) {
    command.add_option("workload", options.workload, "Workload of the catalogue, or an image")
        .capture_default_str()
        .type_name("WORKLOAD|IMAGE");
    command.add_option("--runs", options.runs, "Measured runs per side [5]").type_name("N");
    command.add_option("--warmup", options.warmup, "Runs per side before them, not counted [1]").type_name("N");
    command.add_option("--cpus", options.cpus, "CPUs for each side").type_name("N");
    command.add_option("--memory", options.memory, "Memory for each side, e.g. 256M").type_name("SIZE");
    command.add_option("--ready", options.ready, "When it counts as started: exit, log:REGEX, tcp:PORT, http:PORT/PATH")
        .type_name("CONDITION");
    command.add_option("--deadline", options.deadline_s, "Seconds until it must be ready [60]").type_name("N");
    command.add_option("--env", options.env, "NAME=VALUE, may be repeated").allow_extra_args(false).type_name("VAR");
    command.add_option("--user", options.user, "User, name or id, with :group").type_name("USER");
    command.add_option("--workdir", options.cwd, "Working directory").type_name("DIR");
    command.add_option("--sides", options.sides, "Worlds to compare, first the baseline (see isolab worlds)")
        .delimiter(',')
        .allow_extra_args(false)
        .type_name("LIST");
    command.add_option("--ratio", options.ratios, "OF/TO: more ratios than those of each side over the first")
        .delimiter(',')
        .allow_extra_args(false)
        .type_name("LIST");
    command.add_option("--seed", options.seed, "Seed of the order of runs and of the intervals").type_name("N");
    command.add_flag("--cold", options.cold, "Drop the host's page cache before each run (root only)");
    command.add_flag("--race", options.race,
                     "Start all at the same moment, for the eye: never pooled with measured runs");
}

Result<ComparisonPlan> make_plan(Workload workload, const CompareOptions& options) {
    ISOLAB_TRY(apply_limits(workload, options));
    ISOLAB_TRY(apply_process(workload, options));
    ComparisonPlan plan;
    plan.workload = std::move(workload);
    plan.sides = options.sides;
    ISOLAB_ASSIGN(plan.ratios, parse_ratios(options.ratios));
    plan.cold = options.cold;
    plan.mode = options.race ? Mode::race : Mode::measure;
    plan.runs = options.runs.value_or(options.race ? 1 : plan.runs);
    plan.warmup = options.warmup.value_or(options.race ? 0 : plan.warmup);
    plan.seed = options.seed;
    return plan;
}

} // namespace isolab
