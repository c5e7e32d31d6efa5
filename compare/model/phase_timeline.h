// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "engine/base/instance.h"

namespace isolab {

/// One phase of one run, relative to t0 (the entry of Backend::start).
struct PhaseSpan {
    Phase phase = Phase::prepare;
    Nanoseconds start{0};           ///< since t0
    Nanoseconds duration{0};        ///< zero for a phase that this world does not have
    std::optional<Nanoseconds> cpu; ///< CPU time used within the phase, if known
    bool measured = false;          ///< false: no mark arrived, the phase does not exist here or was not reached
};

/// Collects marks and turns them into spans. Pure; one per run, not thread-safe.
class PhaseTimeline {
  public:
    explicit PhaseTimeline(Nanoseconds t0) noexcept : t0_(t0) {}

    /// Adds the end of a phase. A mark that is earlier than the one before it counts as at the same time.
    void add(const PhaseMark& mark);
    void remove(Phase phase) noexcept; ///< as if it had not ended
    /// The stop phase does not begin where `ready` ended but here: when it was asked for, or when the workload ended.
    /// `cpu`: used by then, if known.
    void begin_stop(Nanoseconds at, std::optional<Nanoseconds> cpu) noexcept;
    bool has(Phase phase) const noexcept;

    /// All phases in order of Phase; those without mark have length zero at the place where they would begin.
    std::vector<PhaseSpan> spans() const;

    /// The end of a phase since t0; empty when it has no mark.
    std::optional<Nanoseconds> end_of(Phase phase) const;

  private:
    Nanoseconds t0_;
    std::array<std::optional<PhaseMark>, phase_count> marks_;
    std::optional<PhaseMark> stop_begin_;
};

} // namespace isolab
