// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/jobs/suite_feed.h"

#include <utility>

#include "engine/base/clock.h"

namespace isolab {

template <class Change> void SuiteFeed::change(Change change) {
    const std::lock_guard lock(mutex_);
    change(state_);
    changed_ = true;
}

std::optional<SuiteLive> SuiteFeed::take() {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(changed_, false))
        return std::nullopt;
    return state_;
}

std::vector<MeasuredPointer> SuiteFeed::take_ended() {
    const std::lock_guard lock(mutex_);
    return std::exchange(ended_, {});
}

void SuiteFeed::on_suite(const Suite& suite, std::size_t number, std::size_t /*count*/) {
    change([&](SuiteLive& live) {
        live = {};
        live.experiment = suite.experiments.at(number).id;
        live.begun_at = monotonic_now();
    });
}

void SuiteFeed::on_part(const ExperimentResult& result, std::size_t part, std::size_t parts, const Fact& what) {
    const Experiment& experiment = result.experiment;
    const auto worlds = static_cast<unsigned>(experiment.worlds.size() - result.absent.size());
    const bool compares = experiment.method == Method::comparison;
    change([&](SuiteLive& live) {
        const Nanoseconds begun = live.experiment == experiment.id ? live.begun_at : monotonic_now();
        live = {};
        live.experiment = experiment.id;
        live.begun_at = begun;
        live.part = part;
        live.parts = parts;
        live.what = what;
        live.expected = compares ? (experiment.repetitions + experiment.warmup) * worlds : 0;
    });
}

/// Copied only when it has ended: an experiment may have thousands of observations.
void SuiteFeed::on_experiment(const ExperimentResult& result) {
    const bool ended = result.finished_at.count() != 0;
    auto copy = ended ? std::make_shared<const MeasuredExperiment>(result) : nullptr;
    change([&](SuiteLive& live) {
        if (result.experiment.method == Method::density && !result.observations.empty())
            live.instances = result.observations.back().index;
        if (copy)
            ended_.push_back(std::move(copy));
    });
}

void SuiteFeed::report(const Progress& progress) {
    change([&](SuiteLive& live) { live.deployment = progress; });
}

void SuiteFeed::on_deployment(const std::string& /*side*/, const std::vector<DeploymentStep>& /*steps*/) {
    change([](SuiteLive& live) { live.deployment.reset(); });
}

void SuiteFeed::on_run_started(const std::string& side, unsigned index, bool warmup) {
    change([&](SuiteLive& live) {
        live.deployment.reset();
        live.side = side;
        live.index = index;
        live.warmup = warmup;
    });
}

void SuiteFeed::on_run_finished(const RunResult& /*run*/) {
    change([](SuiteLive& live) { ++live.finished; });
}

} // namespace isolab
