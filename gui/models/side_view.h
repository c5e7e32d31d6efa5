// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "compare/model/comparison.h"
#include "gui/models/live_comparison.h"

namespace isolab {

/// What one side of the compare page shows, whether it runs or is done. A value, made by view_of().
struct SideView {
    enum class State { none, waiting, deploying, starting, ready, finished, failed };

    ShownWorld world = ShownWorld::container;
    State state = State::none;
    std::optional<SampleSummary> ready;       ///< of measured runs, ns
    std::vector<double> ready_samples;        ///< raw, ns
    std::vector<PhaseSpan> phases;            ///< of the present run, or of the run nearest to the median
    std::optional<Nanoseconds> running_since; ///< monotonic start of the present run while phases still grow
    std::vector<MemorySample> memory_series;  ///< of the same run
    std::vector<MemoryRow> memory_rows;       ///< of the same run at ready; may be empty
    std::optional<SampleSummary> memory, disk_unique, disk_shared, cpu_to_ready; ///< of measured runs; bytes, ns
    std::string memory_definition;
    OutputTail output; ///< of the present run, of the run nearest to the median, or of the last one that failed
    std::vector<std::string> marks;
    std::optional<Error> error;
    unsigned failed_runs = 0;
    unsigned asked = 0,
             answered = 0; ///< measured runs in which the ready service was put a question; and answered well
};

struct ComparisonView {
    std::array<SideView, 2> sides; ///< by ShownWorld
    const SideView& side(ShownWorld world) const { return sides[static_cast<std::size_t>(world)]; }
    SideView& side(ShownWorld world) { return sides[static_cast<std::size_t>(world)]; }
};

/// The stable side ids of the two worlds: "container", "vm".
const std::string& side_id(ShownWorld world);

/// The marks say that the side runs without hardware virtualisation.
bool is_emulated(const std::vector<std::string>& marks);

/// `live` is null when nothing runs; `result` is null before the first run has ended. `emulated_here`: machines of this
/// host are emulated, which marks the side for as long as no finished result says what it was.
ComparisonView view_of(const LiveComparison* live, const ComparisonResult* result, bool emulated_here = false);

/// The measured run whose ready time is nearest to the median of its side; null when there is none.
const RunResult* typical_run(const ComparisonResult& result, ShownWorld world);

/// Measured ready times of a side in the order of the runs, ns; failed runs left out, races only in a race.
std::vector<double> ready_times(const ComparisonResult& result, ShownWorld world);

} // namespace isolab
