// SPDX-License-Identifier: GPL-3.0-or-later
//
// First and second deployment: in a data folder that is empty, the image is taken in, made ready in the world and
// started; then all of it again. Each world has a folder of its own, so that none finds what another unpacked.
#include <utility>

#include "compare/lab/bench.h"
#include "compare/run/single_run.h"
#include "engine/base/clock.h"

namespace isolab {
namespace {

/// The steps of a deployment that are the world's, not the program's.
double deployment_time(const std::vector<DeploymentStep>& steps) {
    double sum = 0;
    for (const DeploymentStep& step : steps)
        if (step.id != "open-hypervisor")
            sum += as_number(step.duration);
    return sum;
}

/// Deploys and starts once; figures begin with `prefix`.
Result<void> deploy_once(Bench& bench, Lab& lab, const std::string& world_id, const Workload& workload,
                         const std::string& prefix, Observation& observation) {
    ISOLAB_ASSIGN(Backend * world, lab.world(world_id, bench.stop()));
    Nanoseconds begin = monotonic_now();
    ISOLAB_TRY(lab.bring_image(workload, bench.observer(), bench.stop()));
    const double import = as_number(monotonic_now() - begin);
    ISOLAB_ASSIGN(const auto deployment, world->deploy(workload, bench.observer(), bench.stop()));
    const double prepare = deployment_time(deployment->steps());
    SideFeed feed(bench.observer(), world_id);
    RunResult run =
        perform_run({*world, *deployment}, workload, {observation.index, false, Mode::measure}, feed, bench.stop());
    observation.marks = run.marks;
    if (run.error)
        return fail(std::move(*run.error));
    const double start = as_number(run.ready.value_or(Nanoseconds(0)));
    observation.figures[prefix + ".import"] = import;
    observation.figures[prefix + ".prepare"] = prepare;
    observation.figures[prefix + ".start"] = start;
    observation.figures[prefix + ".total"] = import + prepare + start;
    return {};
}

Result<void> deploy_twice(Bench& bench, const std::string& world, const Workload& workload, Observation& observation) {
    ISOLAB_ASSIGN(const auto lab, bench.lab().empty_lab(bench.observer(), bench.stop()));
    ISOLAB_TRY(deploy_once(bench, *lab, world, workload, "first", observation));
    return deploy_once(bench, *lab, world, workload, "second", observation);
}

} // namespace

void run_deployments(Bench& bench) {
    const std::vector<Backend*> worlds = bench.worlds();
    ExperimentResult& result = bench.result();
    const unsigned repetitions = bench.experiment().repetitions;
    const std::size_t parts = result.cells.size() * worlds.size() * repetitions;
    std::size_t part = 0;
    for (std::size_t cell = 0; cell < result.cells.size(); ++cell) {
        const auto workload = bench.workload_of(result.cells[cell].cell);
        if (!workload) {
            result.error = workload.error();
            return;
        }
        for (unsigned index = 0; index < repetitions; ++index)
            for (const Backend* world : worlds) {
                if (bench.is_over() || !bench.has_time())
                    return;
                bench.begin_part(part++, parts, world_name(world->side(), world->title()));
                Observation observation;
                observation.world = world->side();
                observation.cell = cell;
                observation.index = index;
                if (auto deployed = deploy_twice(bench, world->side(), *workload, observation); !deployed)
                    observation.error = std::move(deployed).error();
                if (!observation.error || observation.error->kind != ErrorKind::cancelled)
                    bench.observe(std::move(observation));
            }
    }
}

} // namespace isolab
