// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/jobs/live_feed.h"

#include <utility>

#include "engine/base/clock.h"

namespace isolab {

template <class Change> void LiveFeed::change(const std::string& side, Change change) {
    const std::lock_guard lock(mutex_);
    change(state_, state_.sides[side]);
    state_.active = side;
    changed_ = true;
}

std::optional<LiveComparison> LiveFeed::take() {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(changed_, false))
        return std::nullopt;
    return state_;
}

std::shared_ptr<const ComparisonResult> LiveFeed::take_result() {
    const std::lock_guard lock(mutex_);
    return std::exchange(result_, nullptr);
}

void LiveFeed::report(const Progress& progress) {
    const std::lock_guard lock(mutex_);
    state_.deployment = progress;
    changed_ = true;
}

void LiveFeed::on_deployment_started(const std::string& side) {
    change(side, [](LiveComparison& all, LiveSide& live) {
        live.state = LiveSide::State::deploying;
        all.deployment.reset();
    });
}

void LiveFeed::on_deployment(const std::string& side, const std::vector<DeploymentStep>& /*steps*/) {
    change(side, [](LiveComparison& all, LiveSide& live) {
        live.state = LiveSide::State::waiting;
        all.deployment.reset();
    });
}

void LiveFeed::on_run_started(const std::string& side, unsigned index, bool warmup) {
    change(side, [&](LiveComparison& all, LiveSide& live) {
        all.deployment.reset();
        live.state = LiveSide::State::starting;
        live.index = index;
        live.warmup = warmup;
        live.started_at = monotonic_now();
        live.phases.clear();
        live.memory.clear();
        live.output = {{}, 0, live.output.run + 1};
    });
}

void LiveFeed::on_phase(const std::string& side, const PhaseSpan& span) {
    change(side, [&](LiveComparison&, LiveSide& live) {
        live.phases.push_back(span);
        if (span.phase == Phase::ready)
            live.state = LiveSide::State::ready;
    });
}

void LiveFeed::on_output(const std::string& side, OutputStream stream, std::string_view bytes) {
    if (stream == OutputStream::console) // of the guest's kernel, not of the workload
        return;
    change(side, [&](LiveComparison&, LiveSide& live) {
        append_bounded(live.output.text, bytes);
        live.output.total += bytes.size();
    });
}

void LiveFeed::on_memory(const std::string& side, const MemorySample& sample) {
    change(side, [&](LiveComparison&, LiveSide& live) { live.memory.push_back(sample); });
}

void LiveFeed::on_run_finished(const RunResult& run) {
    const bool cancelled = run.error && run.error->kind == ErrorKind::cancelled;
    change(run.side, [&](LiveComparison& all, LiveSide& live) {
        live.state = cancelled   ? LiveSide::State::waiting
                     : run.error ? LiveSide::State::failed
                                 : LiveSide::State::finished;
        live.error = cancelled ? std::nullopt : run.error;
        live.phases = run.phases;
        ++live.finished;
        ++all.finished;
        if (run.ready && !run.warmup && !run.error)
            live.ready_samples.push_back(static_cast<double>(run.ready->count()));
    });
}

void LiveFeed::on_result(const ComparisonResult& result) {
    auto copy = std::make_shared<const ComparisonResult>(result);
    const std::lock_guard lock(mutex_);
    result_ = std::move(copy);
}

} // namespace isolab
