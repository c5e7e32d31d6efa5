// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/progress_view.h"

#include <algorithm>

#include <fmt/format.h>

#include "compare/model/format.h"

namespace isolab {
namespace {

constexpr unsigned bar_width = 24;

std::string bar(unsigned done, unsigned total) {
    const unsigned filled = total == 0 ? 0 : std::min(bar_width, bar_width * done / total);
    std::string text;
    for (unsigned i = 0; i < bar_width; ++i)
        text += i < filled ? "━" : "╌";
    return text;
}

std::string run_name(const std::string& side, unsigned index, bool warmup) {
    return fmt::format("{} {}{}", side, warmup ? "warm-up " : "run ", index + 1);
}

} // namespace

std::string amount_text(const Progress& progress) {
    if (progress.bytes)
        return progress.total == 0 ? format_bytes(static_cast<double>(progress.done))
                                   : fmt::format("{} of {}", format_bytes(static_cast<double>(progress.done)),
                                                 format_bytes(static_cast<double>(progress.total)));
    return progress.total == 0 ? "" : fmt::format("{} of {}", progress.done, progress.total);
}

ProgressView::ProgressView(unsigned total_runs, bool quiet) : line_(quiet), total_(total_runs) {}

void ProgressView::report(const Progress& progress) {
    const std::lock_guard lock(mutex_);
    line_.draw(fmt::format("{} {} {}", progress.task, progress.subject, amount_text(progress)));
}

void ProgressView::on_deployment(const std::string& side, const std::vector<DeploymentStep>& steps) {
    const std::lock_guard lock(mutex_);
    for (const DeploymentStep& step : steps)
        if (!step.cached)
            line_.print(fmt::format("{}: {} in {}", side, step.title,
                                    format_duration(static_cast<double>(step.duration.count()))));
}

void ProgressView::on_run_started(const std::string& side, unsigned index, bool warmup) {
    const std::lock_guard lock(mutex_);
    current_ = run_name(side, index, warmup);
    line_.draw(fmt::format("{} {}/{}  {}", bar(finished_, total_), finished_, total_, current_));
}

void ProgressView::on_phase(const std::string& side, const PhaseSpan& span) {
    const std::lock_guard lock(mutex_);
    line_.draw(fmt::format("{} {}/{}  {}: {}", bar(finished_, total_), finished_, total_,
                           current_.starts_with(side) ? current_ : side, phase_id(span.phase)));
}

void ProgressView::on_run_finished(const RunResult& run) {
    const std::lock_guard lock(mutex_);
    ++finished_;
    const std::string name = run_name(run.side, run.index, run.warmup);
    if (run.error)
        line_.print(fmt::format("{} failed: {}", name, run.error->message()));
    else if (!line_.on_terminal() && run.ready)
        line_.print(fmt::format("{}: ready after {}{}", name, format_duration(static_cast<double>(run.ready->count())),
                                std::ranges::find(run.marks, "tcg") != run.marks.end() ? " TCG" : ""));
    line_.draw(fmt::format("{} {}/{}  {}", bar(finished_, total_), finished_, total_, name));
}

} // namespace isolab
