// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a neighbour costs: a victim that measures its own throughput and latency, alone and beside another instance of
// the same world, with each one's limits and without.
#include <algorithm>
#include <utility>

#include "compare/lab/bench.h"
#include "compare/measure/bench_output.h"
#include "compare/run/single_run.h"
#include "compare/run/standing_instance.h"
#include "engine/base/host_facts.h"

namespace isolab {
namespace {

/// Without limits: all processors, and as much memory as leaves the host enough; a machine needs a size in any case.
constexpr std::uint64_t most_unlimited_memory = 2ULL << 30U;
constexpr std::uint64_t memory_share = 8; ///< of the host's, one such part

void lift_limits(Workload& workload) {
    workload.limits.cpus = online_cpu_count();
    workload.limits.memory_bytes =
        std::max(workload.limits.memory_bytes, std::min(most_unlimited_memory, host_memory_bytes() / memory_share));
}

Result<Workload> named_workload(Bench& bench, const std::string& name, bool limited) {
    ISOLAB_ASSIGN(Workload workload, bench.lab().workload(name));
    if (!limited)
        lift_limits(workload);
    return workload;
}

Observation observation_of(RunResult run, Backend& world, std::size_t cell) {
    Observation observation;
    observation.world = world.side();
    observation.cell = cell;
    observation.index = run.index;
    observation.marks = std::move(run.marks);
    for (const auto& [kernel, rate] : run.work)
        observation.figures[std::string(work_prefix) + kernel] = rate;
    for (const auto& [quantile, time] : run.latency)
        observation.figures[std::string(latency_prefix) + quantile] = time;
    observation.error = std::move(run.error);
    return observation;
}

/// One world in one cell.
class Neighbourhood {
  public:
    Neighbourhood(Bench& bench, Backend& world, std::size_t cell)
        : bench_(bench), world_(world), cell_(cell), label_(bench.result().cells[cell].cell) {}

    Result<void> measure() {
        ISOLAB_ASSIGN(const Workload victim, named_workload(bench_, label_.workload, label_.limited));
        ISOLAB_ASSIGN(const auto victims, world_.deploy(victim, bench_.observer(), bench_.stop()));
        if (label_.neighbour.empty())
            return observe_victim(victim, *victims);
        ISOLAB_ASSIGN(const Workload neighbour, named_workload(bench_, label_.neighbour, label_.limited));
        ISOLAB_ASSIGN(const auto neighbours, world_.deploy(neighbour, bench_.observer(), bench_.stop()));
        ISOLAB_ASSIGN(const auto standing, StandingInstance::start(world_, *neighbours, neighbour, bench_.stop()));
        ISOLAB_TRY(observe_victim(victim, *victims));
        if (standing->is_over())
            return fail(ErrorKind::system, "measure beside", neighbour.id, "it ended before the victim did",
                        "A neighbour must stay until it is asked to stop");
        return {};
    }

  private:
    Result<void> observe_victim(const Workload& victim, PreparedWorkload& deployment) {
        SideFeed feed(bench_.observer(), world_.side());
        for (unsigned index = 0; index < bench_.experiment().repetitions && !bench_.is_over(); ++index) {
            RunResult run =
                perform_run({world_, deployment}, victim, {index, false, Mode::measure}, feed, bench_.stop());
            if (run.error && run.error->kind == ErrorKind::cancelled)
                return {};
            bench_.observe(observation_of(std::move(run), world_, cell_));
        }
        return {};
    }

    Bench& bench_;
    Backend& world_;
    const std::size_t cell_;
    const Cell label_;
};

} // namespace

void run_interference(Bench& bench) {
    const std::vector<Backend*> worlds = bench.worlds();
    ExperimentResult& result = bench.result();
    const std::size_t parts = result.cells.size() * worlds.size();
    std::size_t part = 0;
    for (std::size_t cell = 0; cell < result.cells.size(); ++cell)
        for (Backend* world : worlds) {
            if (bench.is_over() || !bench.has_time())
                return;
            bench.begin_part(part++, parts,
                             Fact::said("text.and", {world_name(world->side(), world->title()),
                                                     condition_of(bench.experiment(), result.cells[cell].cell)}));
            if (auto measured = Neighbourhood(bench, *world, cell).measure(); !measured)
                bench.fail_world(world->side(), cell, std::move(measured).error());
        }
}

} // namespace isolab
