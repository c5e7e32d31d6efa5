// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/measure/run_recorder.h"

#include <algorithm>

namespace isolab {
namespace {

constexpr std::size_t warning_limit = 20;

void append_tail(std::string& tail, std::string_view bytes, std::size_t limit) {
    tail += bytes;
    if (tail.size() > limit)
        tail.erase(0, tail.size() - limit);
}

std::string last_line_of(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.remove_suffix(1);
    const std::size_t feed = text.rfind('\n');
    return std::string(feed == std::string_view::npos ? text : text.substr(feed + 1));
}

} // namespace

RunRecorder::RunRecorder(const Readiness& readiness, SideFeed& feed)
    : readiness_(readiness), feed_(feed), timeline_(Nanoseconds{0}) {
    if (readiness_.kind == Readiness::Kind::log)
        matcher_.emplace(readiness_.pattern);
}

void RunRecorder::begin(Nanoseconds t0) {
    const std::lock_guard lock(mutex_);
    timeline_ = PhaseTimeline(t0);
}

RunRecorder::Outcome RunRecorder::wait_ready(Nanoseconds deadline, const StopToken& stop) const {
    const bool woken = ready_event_.wait(stop, deadline) == Waited::happened;
    const std::lock_guard lock(mutex_);
    if (stop.stop_requested())
        return Outcome::stopped;
    if (ready_)
        return ready_->at <= deadline ? Outcome::ready : Outcome::deadline;
    return woken ? Outcome::exited : Outcome::deadline;
}

RunRecorder::Outcome RunRecorder::watch(std::chrono::nanoseconds duration, const StopToken& stop) const {
    const bool exited = exit_event_.wait(stop, monotonic_now() + duration) == Waited::happened;
    if (stop.stop_requested())
        return Outcome::stopped;
    return exited ? Outcome::exited : Outcome::ready;
}

void RunRecorder::finish_phase(const PhaseMark& mark) {
    PhaseSpan span;
    {
        const std::lock_guard lock(mutex_);
        timeline_.add(mark);
        span = timeline_.spans().at(static_cast<std::size_t>(mark.phase));
    }
    feed_.phase(span);
}

void RunRecorder::become_ready(Nanoseconds at, std::optional<Nanoseconds> cpu) {
    const PhaseMark mark{Phase::ready, at, cpu};
    {
        const std::lock_guard lock(mutex_);
        if (ready_ || over_)
            return;
        ready_ = mark;
    }
    finish_phase(mark);
    ready_event_.set();
}

void RunRecorder::give_up() {
    const std::lock_guard lock(mutex_);
    over_ = true;
    ready_.reset();
    timeline_.remove(Phase::ready);
}

void RunRecorder::begin_stop(Nanoseconds at, std::optional<Nanoseconds> cpu) {
    const std::lock_guard lock(mutex_);
    timeline_.begin_stop(at, cpu);
}

void RunRecorder::end_stop(Nanoseconds at, std::optional<Nanoseconds> cpu) { finish_phase({Phase::stop, at, cpu}); }

std::vector<PhaseSpan> RunRecorder::spans() const {
    const std::lock_guard lock(mutex_);
    return timeline_.spans();
}

std::optional<Nanoseconds> RunRecorder::ready_after() const {
    const std::lock_guard lock(mutex_);
    return timeline_.end_of(Phase::ready);
}

std::optional<Nanoseconds> RunRecorder::ready_cpu() const {
    const std::lock_guard lock(mutex_);
    return ready_ ? ready_->cpu : std::nullopt;
}

std::optional<ExitStatus> RunRecorder::exit_status() const {
    const std::lock_guard lock(mutex_);
    return status_;
}

bool RunRecorder::lost() const {
    const std::lock_guard lock(mutex_);
    return lost_;
}

std::optional<PhaseMark> RunRecorder::exit_mark() const {
    const std::lock_guard lock(mutex_);
    return exited_;
}

std::string RunRecorder::output() const {
    const std::lock_guard lock(mutex_);
    return output_;
}

std::string RunRecorder::last_line() const {
    const std::lock_guard lock(mutex_);
    return last_line_of(output_);
}

std::vector<std::string> RunRecorder::warnings() const {
    const std::lock_guard lock(mutex_);
    return warnings_;
}

void RunRecorder::on_warning(std::string_view text) {
    const std::lock_guard lock(mutex_);
    if (warnings_.size() < warning_limit)
        warnings_.emplace_back(text.substr(0, output_limit));
}

void RunRecorder::on_process(pid_t pid) {
    const std::lock_guard lock(mutex_);
    process_ = pid;
}

std::optional<pid_t> RunRecorder::process() const {
    const std::lock_guard lock(mutex_);
    return process_;
}

void RunRecorder::on_mark(const PhaseMark& mark) {
    if (mark.phase < Phase::ready)
        finish_phase(mark);
}

void RunRecorder::on_output(OutputStream stream, std::string_view bytes, Nanoseconds at) {
    bool searched = false;
    if (stream != OutputStream::console) { // on that the guest's kernel speaks, not the workload
        const std::lock_guard lock(mutex_);
        append_tail(output_, bytes, output_limit);
        searched = !ready_ && matcher_;
    }
    if (searched && matcher_->feed(stream, bytes))
        become_ready(at, std::nullopt);
    feed_.output(stream, bytes);
}

void RunRecorder::on_probe_ready(Nanoseconds at, std::optional<Nanoseconds> cpu) {
    if (readiness_.kind == Readiness::Kind::tcp || readiness_.kind == Readiness::Kind::http)
        become_ready(at, cpu);
}

void RunRecorder::on_exit(const ExitStatus& status, Nanoseconds at, std::optional<Nanoseconds> cpu) {
    {
        const std::lock_guard lock(mutex_);
        status_ = status;
        exited_ = PhaseMark{Phase::ready, at, cpu};
    }
    if (readiness_.kind == Readiness::Kind::exit)
        become_ready(at, cpu);
    end();
}

/// Output that was under way may follow, but what has ended becomes ready no more.
void RunRecorder::end() {
    {
        const std::lock_guard lock(mutex_);
        over_ = true;
    }
    exit_event_.set();
    ready_event_.set();
}

void RunRecorder::on_lost(Nanoseconds /*at*/) {
    {
        const std::lock_guard lock(mutex_);
        lost_ = true;
    }
    end();
}

} // namespace isolab
