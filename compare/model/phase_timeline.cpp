// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/model/phase_timeline.h"

#include <algorithm>

namespace isolab {
namespace {

std::optional<Nanoseconds> difference(std::optional<Nanoseconds> from, std::optional<Nanoseconds> to) {
    if (!from || !to)
        return std::nullopt;
    return std::max(Nanoseconds{0}, *to - *from);
}

} // namespace

void PhaseTimeline::add(const PhaseMark& mark) { marks_.at(static_cast<std::size_t>(mark.phase)) = mark; }

void PhaseTimeline::remove(Phase phase) noexcept { marks_[static_cast<std::size_t>(phase)].reset(); }

void PhaseTimeline::begin_stop(Nanoseconds at, std::optional<Nanoseconds> cpu) noexcept {
    stop_begin_ = PhaseMark{Phase::stop, at, cpu};
}

bool PhaseTimeline::has(Phase phase) const noexcept { return marks_[static_cast<std::size_t>(phase)].has_value(); }

std::vector<PhaseSpan> PhaseTimeline::spans() const {
    std::vector<PhaseSpan> spans;
    spans.reserve(phase_count);
    Nanoseconds end = t0_;
    std::optional<Nanoseconds> cpu = Nanoseconds{0};
    for (std::size_t i = 0; i < phase_count; ++i) {
        const auto phase = static_cast<Phase>(i);
        if (phase == Phase::stop && stop_begin_) {
            end = std::max(end, stop_begin_->at);
            cpu = stop_begin_->cpu;
        }
        PhaseSpan span{phase, end - t0_, Nanoseconds{0}, std::nullopt, marks_.at(i).has_value()};
        if (const auto& mark = marks_.at(i)) {
            span.duration = std::max(end, mark->at) - end;
            span.cpu = difference(cpu, mark->cpu);
            end += span.duration;
            cpu = mark->cpu;
        }
        spans.push_back(span);
    }
    return spans;
}

std::optional<Nanoseconds> PhaseTimeline::end_of(Phase phase) const {
    if (!has(phase))
        return std::nullopt;
    const PhaseSpan span = spans().at(static_cast<std::size_t>(phase));
    return span.start + span.duration;
}

} // namespace isolab
