// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/side_view.h"

#include <algorithm>
#include <cmath>

namespace isolab {
namespace {

std::optional<double> metric_of(const SideResult* side, std::string_view id) {
    if (side == nullptr)
        return std::nullopt;
    const auto found = std::ranges::find(side->metrics, id, &MetricSummary::id);
    return found == side->metrics.end() ? std::nullopt : std::optional(found->summary.median);
}

const SideResult* side_of(const ExperimentResult& result, World world) {
    const auto found = std::ranges::find(result.sides, side_id(world), &SideResult::side);
    return found == result.sides.end() ? nullptr : &*found;
}

std::optional<SampleSummary> ready_summary(const SideResult* side, const std::vector<double>& samples) {
    if (side != nullptr)
        if (const auto found = std::ranges::find(side->metrics, "ready", &MetricSummary::id);
            found != side->metrics.end())
            return found->summary;
    return summarise(samples, 1);
}

/// What a race shows: the metrics of its only run, which are not summarised.
void fill_from_run(SideView& view, const RunResult& run) {
    if (!view.memory && run.memory_at_ready)
        view.memory = static_cast<double>(run.memory_at_ready->host_cost);
    else if (!view.memory && run.peak_memory)
        view.memory = static_cast<double>(*run.peak_memory);
    if (!view.disk_unique && run.disk)
        view.disk_unique = static_cast<double>(run.disk->unique);
    if (!view.disk_shared && run.disk)
        view.disk_shared = static_cast<double>(run.disk->shared);
    if (!view.cpu_to_ready && run.cpu_to_ready)
        view.cpu_to_ready = static_cast<double>(run.cpu_to_ready->count());
}

void fill_from_result(SideView& view, const ExperimentResult& result) {
    const SideResult* side = side_of(result, view.world);
    view.ready_samples = ready_times(result, view.world);
    view.ready = ready_summary(side, view.ready_samples);
    view.memory = metric_of(side, "memory");
    view.disk_unique = metric_of(side, "disk.unique");
    view.disk_shared = metric_of(side, "disk.shared");
    view.cpu_to_ready = metric_of(side, "cpu_to_ready");
    if (side != nullptr) {
        view.memory_definition = side->memory_definition;
        view.marks = side->marks;
        view.error = side->error;
    }
    for (const RunResult& run : result.runs)
        if (run.side == side_id(view.world) && run.error) {
            ++view.failed_runs;
            if (!view.error)
                view.error = run.error;
        }
    if (const RunResult* run = typical_run(result, view.world)) {
        view.phases = run->phases;
        view.memory_series = run->memory_series;
        view.output = run->output;
        if (run->memory_at_ready)
            view.memory_rows = run->memory_at_ready->rows;
        fill_from_run(view, *run);
    }
    const bool failed = view.error && view.ready_samples.empty();
    view.state = failed                                              ? SideView::State::failed
                 : view.ready_samples.empty() && view.phases.empty() ? SideView::State::none
                                                                     : SideView::State::finished;
}

SideView::State shown(LiveSide::State state) {
    switch (state) {
    case LiveSide::State::waiting:
        return SideView::State::waiting;
    case LiveSide::State::deploying:
        return SideView::State::deploying;
    case LiveSide::State::starting:
        return SideView::State::starting;
    case LiveSide::State::ready:
        return SideView::State::ready;
    case LiveSide::State::finished:
        return SideView::State::finished;
    case LiveSide::State::failed:
        return SideView::State::failed;
    }
    return SideView::State::none;
}

/// While it runs, the present run is what one watches; figures stay those of the finished runs.
void fill_from_live(SideView& view, const LiveSide& live) {
    view.state = shown(live.state);
    if (live.started_at.count() == 0)
        return;
    view.phases = live.phases;
    view.memory_series = live.memory;
    view.output = live.output;
    if (live.state == LiveSide::State::starting)
        view.running_since = live.started_at;
    if (view.ready_samples.size() < live.ready_samples.size()) {
        view.ready_samples = live.ready_samples;
        view.ready = summarise(view.ready_samples, 1);
    }
    if (live.error)
        view.error = live.error;
}

} // namespace

const std::string& side_id(World world) {
    static const std::array<std::string, 2> ids{"container", "vm"};
    return ids[static_cast<std::size_t>(world)];
}

std::vector<double> ready_times(const ExperimentResult& result, World world) {
    std::vector<double> times;
    for (const RunResult& run : result.runs)
        if (run.side == side_id(world) && !run.warmup && !run.error && run.ready)
            times.push_back(static_cast<double>(run.ready->count()));
    return times;
}

const RunResult* typical_run(const ExperimentResult& result, World world) {
    const std::vector<double> times = ready_times(result, world);
    const double median = times.empty() ? 0 : quantile(times, 0.5);
    const RunResult* best = nullptr;
    const RunResult* last = nullptr;
    const auto distance = [&](const RunResult& run) {
        return std::abs(static_cast<double>(run.ready->count()) - median);
    };
    for (const RunResult& run : result.runs) {
        if (run.side != side_id(world))
            continue;
        last = &run;
        if (!run.warmup && !run.error && run.ready && (best == nullptr || distance(run) < distance(*best)))
            best = &run;
    }
    return best != nullptr ? best : last;
}

ComparisonView view_of(const LiveExperiment* live, const ExperimentResult* result) {
    ComparisonView view;
    for (const World world : {World::container, World::vm}) {
        SideView& side = view.side(world);
        side.world = world;
        if (result != nullptr)
            fill_from_result(side, *result);
        if (live != nullptr)
            fill_from_live(side, live->side(world));
    }
    return view;
}

} // namespace isolab
