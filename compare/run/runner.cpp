// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/run/runner.h"

#include <algorithm>
#include <random>
#include <thread>

#include <fmt/format.h>

#include "compare/run/comparison_run.h"
#include "engine/base/host_facts.h"

namespace isolab {
namespace {

constexpr unsigned most_runs = 1000;
constexpr unsigned most_warmups = 100;

tl::unexpected<Error> refuse(const ComparisonPlan& plan, std::string cause, std::string remedy = {}) {
    return fail(ErrorKind::invalid_argument, "compare", plan.workload.id, std::move(cause), std::move(remedy));
}

Result<void> check_ratios(const ComparisonPlan& plan) {
    for (const auto& [of, to] : plan.ratios) {
        for (const std::string& side : {of, to})
            if (std::ranges::find(plan.sides, side) == plan.sides.end())
                return refuse(plan, fmt::format("a ratio names \"{}\", which is not among its sides", side));
        if (of == to)
            return refuse(plan, fmt::format("the ratio of \"{}\" to itself is always one", of));
    }
    return {};
}

Result<void> check_plan(const ComparisonPlan& plan) {
    if (plan.runs < 1 || plan.runs > most_runs)
        return refuse(plan, fmt::format("{} runs: possible are 1 to {} per side", plan.runs, most_runs));
    if (plan.warmup > most_warmups)
        return refuse(plan, fmt::format("{} warm-ups: possible are 0 to {} per side", plan.warmup, most_warmups));
    if (plan.sides.empty())
        return refuse(plan, "no side is named");
    ISOLAB_TRY(check_ratios(plan));
    return validate_workload(plan.workload, online_cpu_count(), host_memory_bytes());
}

Result<std::vector<Backend*>> choose_backends(const std::vector<Backend*>& all, const ComparisonPlan& plan) {
    std::vector<Backend*> chosen;
    for (const std::string& side : plan.sides) {
        const auto found = std::ranges::find_if(all, [&](const Backend* backend) { return backend->side() == side; });
        if (found == all.end()) {
            std::string known;
            for (const Backend* backend : all)
                known += (known.empty() ? "" : ", ") + backend->side();
            return refuse(plan, fmt::format("there is no side \"{}\"", side),
                          "Sides: " + known + ". isolab worlds tells what they are");
        }
        if (std::ranges::find(chosen, *found) != chosen.end())
            return refuse(plan, fmt::format("side \"{}\" is named twice", side));
        chosen.push_back(*found);
    }
    return chosen;
}

std::uint64_t chosen_seed(std::uint64_t seed) {
    std::random_device device;
    while (seed == 0)
        seed = device();
    return seed;
}

} // namespace

Runner::Runner(std::vector<Backend*> backends, ComparisonStore* history)
    : backends_(std::move(backends)), history_(history) {}

Result<ComparisonResult> Runner::run(const ComparisonPlan& plan, RunnerObserver& observer, const StopToken& stop) {
    ISOLAB_TRY(check_plan(plan));
    ISOLAB_ASSIGN(std::vector<Backend*> chosen, choose_backends(backends_, plan));
    ComparisonPlan seeded = plan;
    seeded.seed = chosen_seed(plan.seed);
    return ComparisonRun(std::move(chosen), history_, seeded, observer, stop).perform();
}

} // namespace isolab
