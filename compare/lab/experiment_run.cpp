// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/lab/experiment_run.h"

#include <algorithm>
#include <random>
#include <utility>

#include <fmt/format.h>

#include "compare/history/history.h"
#include "compare/lab/bench.h"
#include "compare/measure/environment.h"
#include "compare/measure/guard.h"
#include "engine/base/clock.h"
#include "engine/base/json.h"
#include "engine/base/random_id.h"
#include "engine/base/utc_time.h"

namespace isolab {
namespace {

void perform(Bench& bench) {
    switch (bench.experiment().method) {
    case Method::comparison:
        return run_comparisons(bench);
    case Method::deployment:
        return run_deployments(bench);
    case Method::density:
        return run_density(bench);
    case Method::interference:
        return run_interference(bench);
    case Method::probe:
        return run_probes(bench);
    }
}

std::string new_id(Nanoseconds now) { return utc_stamp(now) + "-" + random_hex(4); }

std::uint64_t chosen_seed(std::uint64_t seed) {
    std::random_device device;
    while (seed == 0)
        seed = device();
    return seed;
}

/// Something that a world showed, in any cell.
bool has_figures(const ExperimentResult& result) {
    return std::ranges::any_of(result.observations, [](const Observation& o) { return !o.error; }) ||
           std::ranges::any_of(result.cells, [](const CellResult& cell) { return cell.comparison != nullptr; });
}

/// Where no world could be used, the first one's cause is the experiment's.
void explain_nothing(ExperimentResult& result) {
    if (result.error || has_figures(result))
        return;
    for (const AbsentWorld& absent : result.absent) {
        result.error = absent.cause;
        return;
    }
    for (const Observation& observation : result.observations)
        if (observation.error) {
            result.error = observation.error;
            return;
        }
}

} // namespace

Bench::Bench(Lab& lab, ExperimentObserver& observer, const StopToken& stop, ExperimentResult& result)
    : lab_(lab), observer_(observer), stop_(stop), result_(result), begun_at_(monotonic_now()) {}

std::vector<Backend*> Bench::worlds() {
    std::vector<Backend*> usable;
    for (const std::string& id : experiment().worlds) {
        if (is_over())
            return {};
        auto world = lab_.world(id, stop_);
        if (world)
            usable.push_back(*world);
        else if (world.error().kind != ErrorKind::cancelled &&
                 std::ranges::find(result_.absent, id, &AbsentWorld::world) == result_.absent.end())
            result_.absent.push_back({id, std::move(world).error()});
    }
    return usable;
}

void Bench::for_each_world(const std::function<bool(const Workload&)>& accept,
                           const std::function<void(const WorldPart&)>& measure) {
    const std::vector<Backend*> usable = worlds();
    const std::size_t parts = result_.cells.size() * usable.size();
    std::size_t part = 0;
    for (std::size_t cell = 0; cell < result_.cells.size(); ++cell) {
        auto workload = workload_of(result_.cells[cell].cell);
        if (!workload) {
            result_.error = std::move(workload).error();
            return;
        }
        if (!accept(*workload))
            return;
        for (Backend* world : usable) {
            if (is_over() || !has_time())
                return;
            begin_part(part, parts, world_name(world->side(), world->title()));
            measure({*world, cell, *workload, parts - part});
            ++part;
        }
    }
}

Result<Workload> Bench::workload_of(const Cell& cell) {
    ISOLAB_ASSIGN(Workload workload, lab_.workload(cell.workload));
    if (cell.cpus)
        workload.limits.cpus = *cell.cpus;
    if (cell.memory)
        workload.limits.memory_bytes = *cell.memory;
    return workload;
}

std::optional<std::chrono::nanoseconds> Bench::time_for(std::size_t parts) const {
    using namespace std::chrono_literals;
    if (experiment().deadline == 0s)
        return std::nullopt;
    const std::chrono::nanoseconds left = experiment().deadline - (monotonic_now() - begun_at_);
    return std::max<std::chrono::nanoseconds>(left, 1ns) / std::max<std::int64_t>(1, static_cast<std::int64_t>(parts));
}

bool Bench::has_time() {
    const std::chrono::nanoseconds deadline = experiment().deadline;
    const bool over = deadline.count() != 0 && monotonic_now() - begun_at_ > deadline;
    if (over)
        cut_off();
    return !over;
}

void Bench::cut_off() {
    if (is_cut_off())
        return;
    const Fact limit = Fact::quantity(as_number(experiment().deadline), "ns");
    result_.notices.push_back({"deadline", Fact::said("notice.deadline", {limit}), {}});
}

bool Bench::is_cut_off() const {
    return std::ranges::find(result_.notices, "deadline", &Notice::id) != result_.notices.end();
}

void Bench::begin_part(std::size_t part, std::size_t parts, const Fact& what) {
    observer_.on_part(result_, part, parts, what);
}

void Bench::observe(Observation observation) {
    result_.observations.push_back(std::move(observation));
    save_observations();
    observer_.on_experiment(result_);
}

void Bench::save_observations() {
    if (lab_.history() != nullptr)
        note_saving(lab_.history()->save_observations(result_));
}

/// The notice tells of the last try.
void Bench::note_saving(Result<void> saved) {
    std::erase_if(result_.notices, [](const Notice& notice) { return notice.id == "not-saved"; });
    if (saved)
        return;
    const std::string remedy = std::exchange(saved.error().remedy, {});
    result_.notices.push_back({"not-saved", Fact::said("notice.failed", {saved.error().message()}), remedy});
}

void Bench::begin() {
    if (lab_.history() != nullptr)
        note_saving(lab_.history()->begin(result_));
}

void Bench::end() {
    if (lab_.history() != nullptr)
        note_saving(lab_.history()->save(result_));
}

void Bench::fail_world(const std::string& world, std::size_t cell, Error error) {
    if (error.kind == ErrorKind::cancelled)
        return;
    Observation observation;
    observation.world = world;
    observation.cell = cell;
    observation.error = std::move(error);
    observe(std::move(observation));
}

namespace {

ExperimentResult make_experiment(const Experiment& experiment, const std::string& part_of, Lab& lab,
                                 ExperimentObserver& observer, const StopToken& stop) {
    ExperimentResult result;
    result.part_of = part_of;
    result.started_at = realtime_now();
    result.id = new_id(result.started_at);
    result.experiment = experiment;
    result.experiment.seed = chosen_seed(experiment.seed);
    for (Cell& cell : cells_of(experiment))
        result.cells.push_back({std::move(cell), nullptr});
    const std::filesystem::path data_root = lab.data_root();
    Json environment = record_environment(data_root);
    const Json load = record_load(data_root);
    environment["load_before"] = load;
    result.notices = guard(environment, load);

    Bench bench(lab, observer, stop, result);
    bench.begin();
    perform(bench);

    environment["load_after"] = record_load(data_root);
    result.environment = share(std::move(environment));
    result.complete = !stop.stop_requested() && !result.error && !bench.is_cut_off();
    explain_nothing(result);
    result.finished_at = realtime_now();
    bench.end();
    observer.on_experiment(result);
    return result;
}

} // namespace

ExperimentResult run_experiment(const Experiment& experiment, Lab& lab, ExperimentObserver& observer,
                                const StopToken& stop) {
    return make_experiment(experiment, {}, lab, observer, stop);
}

SuiteResult run_suite(const Suite& suite, Lab& lab, ExperimentObserver& observer, const StopToken& stop) {
    SuiteResult result;
    result.started_at = realtime_now();
    result.id = new_id(result.started_at);
    result.suite = suite.id;
    result.title = suite.title;
    History* history = lab.history();
    const bool begun = history != nullptr && history->begin(result); // what cannot be saved is told by its experiments
    for (std::size_t i = 0; i < suite.experiments.size() && !stop.stop_requested(); ++i) {
        observer.on_suite(suite, i, suite.experiments.size());
        result.experiments.push_back(make_experiment(suite.experiments[i], result.id, lab, observer, stop));
    }
    result.complete = result.experiments.size() == suite.experiments.size() &&
                      std::ranges::all_of(result.experiments, &ExperimentResult::complete);
    result.finished_at = realtime_now();
    if (begun)
        (void)history->save(result);
    return result;
}

} // namespace isolab
