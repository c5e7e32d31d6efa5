// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/experiment_view.h"

#include <fmt/format.h>

#include "cli/progress_view.h"
#include "compare/model/format.h"

namespace isolab {

void ExperimentView::on_suite(const Suite& suite, std::size_t number, std::size_t count) {
    const std::lock_guard lock(mutex_);
    suite_ = fmt::format("{} {}/{}: ", english(suite.title), number + 1, count);
}

void ExperimentView::on_part(const ExperimentResult& result, std::size_t part, std::size_t parts, const Fact& what) {
    const std::lock_guard lock(mutex_);
    part_ = fmt::format("{} {}/{}", english(result.experiment.title), part + 1, parts);
    if (!what.empty())
        part_ += ", " + english(what);
    if (!line_.on_terminal())
        line_.print(suite_ + part_);
    draw({});
}

void ExperimentView::on_experiment(const ExperimentResult& result) {
    const std::lock_guard lock(mutex_);
    if (result.experiment.method == Method::density && !result.observations.empty())
        draw(fmt::format("{} instances", result.observations.back().index));
}

void ExperimentView::on_run_started(const std::string& side, unsigned index, bool warmup) {
    const std::lock_guard lock(mutex_);
    draw(fmt::format("{} {}{}", side, warmup ? "warm-up " : "run ", index + 1));
}

void ExperimentView::on_run_finished(const RunResult& run) {
    const std::lock_guard lock(mutex_);
    if (run.error && run.error->kind != ErrorKind::cancelled)
        line_.print(fmt::format("{}: {} failed: {}", part_, run.side, run.error->message()));
}

void ExperimentView::report(const Progress& progress) {
    const std::lock_guard lock(mutex_);
    draw(fmt::format("{} {} {}", progress.task, progress.subject, amount_text(progress)));
}

void ExperimentView::clear() {
    const std::lock_guard lock(mutex_);
    line_.clear();
}

void ExperimentView::draw(const std::string& detail) {
    line_.draw(suite_ + part_ + (detail.empty() ? "" : "  " + detail));
}

} // namespace isolab
