// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compare/experiment/experiment.h"
#include "compare/model/comparison.h"
#include "engine/base/json_fwd.h"

namespace isolab {

/// What one world showed once in one cell: what every method but `comparison` measures, kept raw.
struct Observation {
    std::string world;
    std::size_t cell = 0;                       ///< in ExperimentResult::cells
    unsigned index = 0;                         ///< repetition from 0; density: how many instances there are
    std::map<std::string, double> figures = {}; ///< by id; unit_of_figure() tells the unit
    SharedJson evidence = {};                   ///< what a probe reported; empty: it is no probe's
    std::vector<std::string> marks = {};
    std::optional<Error> error = {}; ///< set: it failed; what was measured before is kept
};

struct CellResult {
    Cell cell;
    /// Method comparison: what was measured; null: not reached.
    std::shared_ptr<const ComparisonResult> comparison = {};
};

/// A world that took no part, and the one cause.
struct AbsentWorld {
    std::string world;
    Error cause;
};

/// Why a world did not go on: density, which ends by a rule.
struct WorldEnd {
    std::string world;
    std::size_t cell = 0;
    Fact reason;
};

struct ExperimentResult {
    std::string id;      ///< sortable, as those of comparisons
    std::string part_of; ///< the id of the suite's result; empty: it was made by itself
    Experiment experiment;
    Nanoseconds started_at{0}; ///< realtime_now()
    Nanoseconds finished_at{0};
    std::vector<CellResult> cells; ///< all of cells_of()
    std::vector<Observation> observations;
    std::vector<WorldEnd> ends;
    std::vector<AbsentWorld> absent;
    std::vector<Notice> notices;
    SharedJson environment;     ///< of methods without comparisons, which have their own
    bool complete = false;      ///< false: stopped, failed or cut off by its deadline
    std::optional<Error> error; ///< why nothing could be measured at all
};

/// A figure of one world in one cell over its repetitions.
struct FigureSummary {
    std::string world;
    std::size_t cell = 0;
    std::string id;
    SampleSummary summary;
};

/// "ns", "bytes", "1/s", "count": of a figure of an observation, by what its id begins with.
const char* unit_of_figure(const std::string& id) noexcept;

/// The values of a figure, in the order of their observations, without those that failed. Pure.
std::vector<double> figures_of(const ExperimentResult& result, const std::string& world, std::size_t cell,
                               const std::string& figure);

/// The worlds that have observations or sides without error, in the order of the experiment. Pure.
std::vector<std::string> measured_worlds(const ExperimentResult& result);

/// All experiments of a suite that were run at once.
struct SuiteResult {
    std::string id;
    std::string suite; ///< "textbook"
    Fact title;
    Nanoseconds started_at{0};
    Nanoseconds finished_at{0};
    std::vector<ExperimentResult> experiments;
    bool complete = false;
};

} // namespace isolab
