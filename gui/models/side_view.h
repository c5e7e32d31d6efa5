// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compare/model/comparison.h"
#include "gui/models/live_comparison.h"

namespace isolab {

/// What one side of the compare page shows, whether it runs or is done. A value, made by view_of().
struct SideView {
    enum class State { none, waiting, deploying, starting, ready, finished, failed };

    std::string world; ///< its id
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
    std::vector<SideView> sides;                          ///< in the order in which they are shown
    const SideView& side(const std::string& world) const; ///< one that is among them
};

/// The marks say that the side runs without hardware virtualisation.
bool is_emulated(const std::vector<std::string>& marks);

/// `live` is null when nothing runs; `result` is null before the first run has ended. `emulated_here`: machines of this
/// host are emulated, which marks them for as long as no finished result says what they were.
ComparisonView view_of(const std::vector<std::string>& worlds, const LiveComparison* live,
                       const ComparisonResult* result, bool emulated_here = false);

/// The measured run whose ready time is nearest to the median of its side; null when there is none.
const RunResult* typical_run(const ComparisonResult& result, const std::string& world);

/// Measured ready times of a side in the order of the runs, ns; failed runs left out, races only in a race.
std::vector<double> ready_times(const ComparisonResult& result, const std::string& world);

} // namespace isolab
