// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "compare/model/comparison.h"
#include "engine/base/progress.h"
#include "gui/theme/colours.h"

namespace isolab {

/// The end of what a run printed, with what is needed to go on from an earlier state of it.
struct OutputTail {
    std::string text;        ///< the last 64 KiB
    std::uint64_t total = 0; ///< bytes of the whole output
    std::uint64_t run = 0;   ///< tells the live runs of a side apart, from 1; 0: the output of a finished run
    bool operator==(const OutputTail&) const = default;
};

/// One side while a comparison runs. A value.
struct LiveSide {
    enum class State { waiting, deploying, starting, ready, finished, failed };
    State state = State::waiting;
    unsigned index = 0; ///< of the present run, from 0
    bool warmup = false;
    unsigned finished = 0;     ///< runs that ended, warm-ups included
    Nanoseconds started_at{0}; ///< monotonic_now() when the present run began
    std::vector<PhaseSpan> phases;
    std::vector<MemorySample> memory;
    std::vector<double> ready_samples; ///< of finished measured runs, ns
    OutputTail output;                 ///< of the present run
    std::optional<Error> error;        ///< of the last run that failed
};

/// A comparison while it runs, as far as it has been told.
struct LiveComparison {
    std::array<LiveSide, 2> sides; ///< by ShownWorld
    std::optional<Progress> deployment;
    std::optional<ShownWorld> active; ///< the side that was heard of last
    unsigned finished = 0;            ///< runs that ended on both sides, warm-ups included

    LiveSide& side(ShownWorld world) { return sides[static_cast<std::size_t>(world)]; }
    const LiveSide& side(ShownWorld world) const { return sides[static_cast<std::size_t>(world)]; }
};

inline constexpr std::size_t live_output_limit = 64U << 10U;

/// The phase that follows the last of `phases`; a container has neither firmware nor a kernel of its own.
Phase next_phase(ShownWorld world, const std::vector<PhaseSpan>& phases);

/// Appends, keeping only the end within `limit` bytes, cut at a line where there is one, otherwise at a UTF-8
/// character.
void append_bounded(std::string& text, std::string_view more, std::size_t limit = live_output_limit);

} // namespace isolab
