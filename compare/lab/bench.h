// SPDX-License-Identifier: GPL-3.0-or-later
//
// What every method of an experiment works with, and the methods.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compare/lab/experiment_run.h"

namespace isolab {

/// As a figure, ns.
inline double as_number(Nanoseconds time) { return static_cast<double>(time.count()); }

/// One world in one cell.
struct WorldPart {
    Backend& world;
    std::size_t cell;
    const Workload& workload;
    std::size_t left; ///< parts that are not done, with this one
};

/// An experiment while it is made: its result so far, and what all methods need. One thread.
class Bench {
  public:
    Bench(Lab& lab, ExperimentObserver& observer, const StopToken& stop, ExperimentResult& result);

    Lab& lab() noexcept { return lab_; }
    ExperimentObserver& observer() noexcept { return observer_; }
    const StopToken& stop() const noexcept { return stop_; }
    ExperimentResult& result() noexcept { return result_; }
    const Experiment& experiment() const noexcept { return result_.experiment; }

    /// The worlds that can be used here, in the experiment's order; the others are recorded as absent, once.
    std::vector<Backend*> worlds();
    /// Each usable world in each cell, one after the other, until there is no more time. `accept` may refuse a cell's
    /// workload, for which it sets the experiment's error; then nothing more is done.
    void for_each_world(const std::function<bool(const Workload&)>& accept,
                        const std::function<void(const WorldPart&)>& measure);
    /// The workload with the cell's values in place of its own.
    Result<Workload> workload_of(const Cell& cell);

    /// Whether there is time for more; false once it is over, which is recorded.
    bool has_time();
    /// Records that the deadline left something out.
    void cut_off();
    bool is_cut_off() const;
    bool is_over() const { return stop_.stop_requested(); }
    /// For each of so many parts that are left; empty: there is no deadline.
    std::optional<std::chrono::nanoseconds> time_for(std::size_t parts) const;

    /// The history takes the experiment in, and all of it at the end.
    void begin();
    void end();
    void begin_part(std::size_t part, std::size_t parts, const Fact& what);
    void observe(Observation observation);
    /// A world that failed in a cell before anything was observed in it.
    void fail_world(const std::string& world, std::size_t cell, Error error);

  private:
    void save_observations();
    void note_saving(Result<void> saved);

    Lab& lab_;
    ExperimentObserver& observer_;
    const StopToken& stop_;
    ExperimentResult& result_;
    const Nanoseconds begun_at_;
};

void run_comparisons(Bench& bench);
void run_deployments(Bench& bench);
void run_density(Bench& bench);
void run_interference(Bench& bench);
void run_probes(Bench& bench);

} // namespace isolab
