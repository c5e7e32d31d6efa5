// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compare/model/comparison.h"
#include "engine/base/progress.h"

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
    std::map<std::string, LiveSide> sides; ///< by world, those that were heard of
    std::optional<Progress> deployment;
    std::string active;    ///< the world that was heard of last; empty: none
    unsigned finished = 0; ///< runs that ended in all worlds, warm-ups included

    /// One that was not heard of waits.
    const LiveSide& side(const std::string& world) const;
};

inline constexpr std::size_t live_output_limit = 64U << 10U;

/// The phase that follows the last of `phases` in a world; only a machine has firmware and a kernel of its own.
Phase next_phase(const std::string& world, const std::vector<PhaseSpan>& phases);

/// Appends, keeping only the end within `limit` bytes, cut at a line where there is one, otherwise at a UTF-8
/// character.
void append_bounded(std::string& text, std::string_view more, std::size_t limit = live_output_limit);

} // namespace isolab
