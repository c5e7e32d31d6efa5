// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/progress_view.h"

#include <algorithm>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/terminal.h"
#include "compare/model/format.h"
#include "engine/base/text.h"

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

std::size_t terminal_columns() {
    winsize size{};
    return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/// Cuts after `columns` characters of UTF-8.
std::string cut(const std::string& text, std::size_t columns) {
    std::size_t shown = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool begins_character = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
        if (begins_character && shown++ == columns)
            return text.substr(0, i);
    }
    return text;
}

std::string run_name(const std::string& side, unsigned index, bool warmup) {
    return fmt::format("{} {}{}", side, warmup ? "warm-up " : "run ", index + 1);
}

std::string amount(const Progress& progress) {
    if (progress.bytes)
        return progress.total == 0 ? format_bytes(static_cast<double>(progress.done))
                                   : fmt::format("{} of {}", format_bytes(static_cast<double>(progress.done)),
                                                 format_bytes(static_cast<double>(progress.total)));
    return progress.total == 0 ? "" : fmt::format("{} of {}", progress.done, progress.total);
}

} // namespace

ProgressView::ProgressView(unsigned total_runs, bool quiet)
    : total_(total_runs), quiet_(quiet), terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressView::~ProgressView() { clear(); }

void ProgressView::report(const Progress& progress) {
    const std::lock_guard lock(mutex_);
    draw(fmt::format("{} {} {}", progress.task, progress.subject, amount(progress)));
}

void ProgressView::on_deployment(const std::string& side, const std::vector<DeploymentStep>& steps) {
    const std::lock_guard lock(mutex_);
    for (const DeploymentStep& step : steps)
        if (!step.cached)
            print(fmt::format("{}: {} in {}", side, step.title,
                              format_duration(static_cast<double>(step.duration.count()))));
}

void ProgressView::on_run_started(const std::string& side, unsigned index, bool warmup) {
    const std::lock_guard lock(mutex_);
    current_ = run_name(side, index, warmup);
    draw(fmt::format("{} {}/{}  {}", bar(finished_, total_), finished_, total_, current_));
}

void ProgressView::on_phase(const std::string& side, const PhaseSpan& span) {
    const std::lock_guard lock(mutex_);
    draw(fmt::format("{} {}/{}  {}: {}", bar(finished_, total_), finished_, total_,
                     current_.starts_with(side) ? current_ : side, phase_id(span.phase)));
}

void ProgressView::on_run_finished(const RunResult& run) {
    const std::lock_guard lock(mutex_);
    ++finished_;
    const std::string name = run_name(run.side, run.index, run.warmup);
    if (run.error)
        print(fmt::format("{} failed: {}", name, run.error->message()));
    else if (!terminal_ && run.ready)
        print(fmt::format("{}: ready after {}{}", name, format_duration(static_cast<double>(run.ready->count())),
                          std::ranges::find(run.marks, "tcg") != run.marks.end() ? " TCG" : ""));
    draw(fmt::format("{} {}/{}  {}", bar(finished_, total_), finished_, total_, name));
}

void ProgressView::clear() {
    if (drawn_)
        write_error("\r\033[K");
    drawn_ = false;
}

void ProgressView::draw(const std::string& text) {
    if (quiet_ || !terminal_)
        return;
    write_error("\r\033[K" + cut(plain_text(text), terminal_columns() - 1));
    drawn_ = true;
}

void ProgressView::print(const std::string& line) {
    if (quiet_)
        return;
    clear();
    write_error(plain_text(line) + "\n");
}

} // namespace isolab
