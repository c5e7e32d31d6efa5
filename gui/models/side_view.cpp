// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/side_view.h"

#include <algorithm>
#include <cmath>

#include "compare/model/world.h"

namespace isolab {
namespace {

std::optional<SampleSummary> summary_of(const ComparisonResult& result, const std::string& world,
                                        const std::string& metric) {
    const MetricSummary* found = result.find_metric(world, metric);
    return found != nullptr ? std::optional(found->summary) : std::nullopt;
}

bool is_good(const RunResult& run) { return !run.warmup && !run.error && run.ready; }

bool was_cancelled(const std::optional<Error>& error) { return error && error->kind == ErrorKind::cancelled; }

template <class T> std::optional<SampleSummary> single(const std::optional<T>& value) {
    return value ? summarise({static_cast<double>(*value)}, 1) : std::nullopt;
}

/// What a race shows: the figures of its run, which are not summarised.
void fill_from_race(SideView& view, const RunResult& run) {
    view.memory = run.memory_at_ready ? single(std::optional(run.memory_at_ready->host_cost)) : single(run.peak_memory);
    view.disk_unique = run.disk ? single(std::optional(run.disk->unique)) : std::nullopt;
    view.disk_shared = run.disk ? single(std::optional(run.disk->shared)) : std::nullopt;
    view.cpu_to_ready = run.cpu_to_ready ? single(std::optional(run.cpu_to_ready->count())) : std::nullopt;
}

void fill_from_runs(SideView& view, const ComparisonResult& result) {
    for (const RunResult& run : result.runs) {
        if (run.side != view.world || was_cancelled(run.error))
            continue;
        if (run.error) {
            ++view.failed_runs;
            view.output = {run.output, run.output.size(), 0};
            if (!view.error)
                view.error = run.error;
        }
        if (!run.warmup && run.verified) {
            ++view.asked;
            view.answered += *run.verified ? 1U : 0U;
        }
    }
    const RunResult* run = typical_run(result, view.world);
    if (run == nullptr)
        return;
    view.phases = run->phases;
    view.memory_series = run->memory_series;
    view.output = {run->output, run->output.size(), 0};
    if (run->memory_at_ready)
        view.memory_rows = run->memory_at_ready->rows;
    if (run->mode == Mode::race)
        fill_from_race(view, *run);
}

void fill_from_result(SideView& view, const ComparisonResult& result) {
    view.ready_samples = ready_times(result, view.world);
    view.ready = summary_of(result, view.world, "ready");
    if (!view.ready)
        view.ready = summarise(view.ready_samples, 1);
    view.memory = summary_of(result, view.world, "memory");
    view.disk_unique = summary_of(result, view.world, "disk.unique");
    view.disk_shared = summary_of(result, view.world, "disk.shared");
    view.cpu_to_ready = summary_of(result, view.world, "cpu_to_ready");
    if (const SideResult* side = result.find_side(view.world)) {
        view.memory_definition = side->memory_definition;
        view.marks = side->marks;
        if (!was_cancelled(side->error))
            view.error = side->error;
    }
    fill_from_runs(view, result);
    const bool failed = view.error && view.ready_samples.empty();
    view.state = failed                       ? SideView::State::failed
                 : view.ready_samples.empty() ? SideView::State::none
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

const SideView& ComparisonView::side(const std::string& world) const {
    return *std::ranges::find(sides, world, &SideView::world);
}

std::vector<double> ready_times(const ComparisonResult& result, const std::string& world) {
    std::vector<double> times;
    for (const RunResult& run : result.runs)
        if (run.side == world && is_good(run))
            times.push_back(static_cast<double>(run.ready->count()));
    return times;
}

bool is_emulated(const std::vector<std::string>& marks) { return std::ranges::find(marks, "tcg") != marks.end(); }

const RunResult* typical_run(const ComparisonResult& result, const std::string& world) {
    const std::vector<double> times = ready_times(result, world);
    const double median = times.empty() ? 0 : quantile(times, 0.5);
    const RunResult* best = nullptr;
    const auto distance = [&](const RunResult& run) {
        return std::abs(static_cast<double>(run.ready->count()) - median);
    };
    for (const RunResult& run : result.runs)
        if (run.side == world && is_good(run) && (best == nullptr || distance(run) < distance(*best)))
            best = &run;
    return best;
}

ComparisonView view_of(const std::vector<std::string>& worlds, const LiveComparison* live,
                       const ComparisonResult* result, bool emulated_here) {
    ComparisonView view;
    for (const std::string& world : worlds) {
        SideView& side = view.sides.emplace_back();
        side.world = world;
        if (result != nullptr)
            fill_from_result(side, *result);
        if (live != nullptr)
            fill_from_live(side, live->side(world));
        const bool guessed = live != nullptr || result == nullptr;
        if (emulated_here && guessed && boots_kernel(world) && !is_emulated(side.marks))
            side.marks.emplace_back("tcg");
    }
    return view;
}

} // namespace isolab
