// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/jobs/live_feed.h"

#include <utility>

#include "engine/base/clock.h"

namespace isolab {

template <class Change> void LiveFeed::change(const std::string& side, Change change) {
    const std::lock_guard lock(mutex_);
    const World world = world_of(side);
    change(state_.side(world));
    state_.active = world;
    changed_ = true;
}

std::optional<LiveExperiment> LiveFeed::take() {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(changed_, false))
        return std::nullopt;
    return state_;
}

std::optional<ExperimentResult> LiveFeed::take_result() {
    const std::lock_guard lock(mutex_);
    return std::exchange(result_, std::nullopt);
}

void LiveFeed::report(const Progress& progress) {
    const std::lock_guard lock(mutex_);
    state_.deployment = progress;
    changed_ = true;
}

void LiveFeed::on_deployment(const std::string& side, const std::vector<DeploymentStep>& /*steps*/) {
    change(side, [](LiveSide& live) { live.state = LiveSide::State::deploying; });
}

void LiveFeed::on_run_started(const std::string& side, unsigned index, bool warmup) {
    change(side, [&](LiveSide& live) {
        live.state = LiveSide::State::starting;
        live.index = index;
        live.warmup = warmup;
        live.started_at = monotonic_now();
        live.phases.clear();
        live.memory.clear();
        live.output.clear();
    });
    const std::lock_guard lock(mutex_);
    state_.deployment.reset();
}

void LiveFeed::on_phase(const std::string& side, const PhaseSpan& span) {
    change(side, [&](LiveSide& live) {
        live.phases.push_back(span);
        if (span.phase == Phase::ready)
            live.state = LiveSide::State::ready;
    });
}

void LiveFeed::on_output(const std::string& side, OutputStream stream, std::string_view bytes) {
    if (stream == OutputStream::console) // of the guest's kernel, not of the workload
        return;
    change(side, [&](LiveSide& live) { append_bounded(live.output, bytes); });
}

void LiveFeed::on_memory(const std::string& side, const MemorySample& sample) {
    change(side, [&](LiveSide& live) { live.memory.push_back(sample); });
}

void LiveFeed::on_run_finished(const RunResult& run) {
    change(run.side, [&](LiveSide& live) {
        live.state = run.error ? LiveSide::State::failed : LiveSide::State::finished;
        live.error = run.error;
        live.phases = run.phases;
        ++live.finished;
        if (run.ready && !run.warmup && !run.error)
            live.ready_samples.push_back(static_cast<double>(run.ready->count()));
    });
    const std::lock_guard lock(mutex_);
    ++state_.finished;
}

void LiveFeed::on_result(const ExperimentResult& result) {
    const std::lock_guard lock(mutex_);
    result_ = result;
}

} // namespace isolab
