// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compare/model/backend.h"
#include "compare/model/fact.h"
#include "compare/model/metric.h"
#include "compare/model/phase_timeline.h"
#include "compare/model/workload.h"
#include "compare/statistics/statistics.h"
#include "compare/statistics/stopping_rule.h"
#include "engine/base/json_fwd.h"
#include "engine/base/shared_list.h"

namespace isolab {

/// `measure`: the sides take turns. `race`: both start at the same moment, for the eye; never pooled.
enum class Mode { measure, race };

/// Which ratio is asked for: the figures of `of` over those of `to`.
struct RatioPair {
    std::string of;
    std::string to;
    bool operator==(const RatioPair&) const = default;
};

/// The order of the sides within each round. `random` spreads what drifts over all of them; `listed` is for the eye.
enum class RunOrder { random, listed };

/// The experiment that a comparison is a cell of.
struct PartOf {
    std::string experiment; ///< the result's id
    std::size_t cell = 0;
    bool operator==(const PartOf&) const = default;
};

struct ComparisonPlan {
    Workload workload;
    std::vector<std::string> sides{"container", "vm"}; ///< ids of worlds, each once
    std::vector<RatioPair> ratios = {};                ///< beside those of each side over the first
    unsigned runs = 5;                                 ///< 1..1000 per side
    unsigned warmup = 1;                               ///< 0..100 per side, kept apart from the results
    std::uint64_t seed = 0; ///< of the order within each pair and of the bootstrap; 0: chosen and recorded
    Mode mode = Mode::measure;
    RunOrder order = RunOrder::random;
    std::optional<PartOf> part_of = {};
    std::optional<StoppingLimits> stop = {}; ///< may end it before `runs`; looked at after each round
    bool cold = false; ///< the host's page cache is dropped before each run (page_cache.h); such runs are marked "cold"
};

/// What a run was like after one of its workload's stages.
struct StageResult {
    std::string id;
    Nanoseconds took{0};                ///< until the answer came
    std::optional<MemorySample> memory; ///< detailed
    std::optional<DiskUse> disk;
};

/// One start of one side, kept raw.
struct RunResult {
    std::string side;
    unsigned index = 0; ///< counted from 0, warm-ups apart
    bool warmup = false;
    Mode mode = Mode::measure;
    Nanoseconds started_at{0}; ///< realtime_now()
    std::vector<PhaseSpan> phases;
    std::optional<Nanoseconds> ready; ///< t0 until the readiness condition held
    std::optional<Nanoseconds> cpu_to_ready;
    std::optional<Nanoseconds> cpu_total;
    std::optional<ExitStatus> exit;
    std::optional<std::uint64_t> peak_memory;    ///< bytes, see InstanceExit
    std::optional<MemorySample> memory_at_ready; ///< detailed; workloads that stay
    std::vector<MemorySample> memory_series;     ///< headline only, `at` relative to t0
    std::vector<StageResult> stages = {};        ///< those that were reached, in their order
    std::optional<DiskUse> disk;
    std::optional<bool> verified; ///< the exchange was answered as expected
    std::string output;           ///< the last 64 KiB of what the workload printed
    std::map<std::string, double> work =
        {}; ///< operations per second by kernel, when it measured them (bench_output.h)
    /// How long single operations took, ns, by kernel and quantile: "requests.p99".
    std::map<std::string, double> latency = {};
    std::vector<Notice> notices;    ///< what could not be measured, though the run went well
    std::vector<std::string> marks; ///< "tcg", "race", "warmup", "busy-host", "killed", ...
    SharedJson load;                ///< "before", "after" (record_load()) and "foreign_cpu"; empty: not recorded
    std::optional<Error> error;     ///< set: the run failed; what was measured before is kept
};

/// The mark of a run that was ended by force (InstanceExit::killed): its stop time is kept, but not counted.
inline constexpr const char* killed_mark = "killed";

/// The mark of a run before which the host's page cache was dropped.
inline constexpr const char* cold_mark = "cold";

/// What the ids of work per second begin with: "work.compute".
inline constexpr std::string_view work_prefix = "work.";

/// What the ids of latencies begin with: "latency.requests.p99".
inline constexpr std::string_view latency_prefix = "latency.";

/// One figure of one side over its measured runs. Times in ns, sizes in bytes, work in operations per second.
struct MetricSummary {
    std::string id;   ///< "ready", "phase.kernel", "memory", "disk.unique", "cpu_to_ready", "cpu_total", "work.compute"
    std::string unit; ///< "ns", "bytes", "1/s"
    SampleSummary summary;
};

struct SideResult {
    std::string side;
    std::string title;
    std::vector<std::string> marks;
    std::vector<DeploymentStep> deployment;
    std::vector<MetricSummary> metrics;
    std::string memory_definition; ///< what the metric "memory" is: "PSS at ready" or "peak resident set"
    std::optional<Error> error;    ///< the side could not be deployed or started at all
};

struct MetricRatio {
    std::string id;
    RatioSummary summary;
    RatioPair pair;
};

struct ContractEntry {
    std::string key;
    std::map<std::string, Fact> values; ///< by side
    bool differs = false;
};

struct ComparisonResult {
    std::string id; ///< sortable: "20261124-205441-1a2b"
    Nanoseconds started_at{0};
    Nanoseconds finished_at{0};
    ComparisonPlan plan;
    SharedList<RunResult> runs; ///< in the order in which they were done
    std::vector<SideResult> sides;
    std::vector<MetricRatio> ratios;
    std::vector<ContractEntry> contract;
    SharedJson environment; ///< see environment.h; the loads of runs are with the runs; empty: not recorded
    std::vector<Notice> notices;
    std::optional<StoppingLook> stopping; ///< the last look of plan.stop, recorded
    bool complete = false;                ///< false: stopped or failed before all runs were done

    const SideResult* find_side(const std::string& side) const noexcept;
    const MetricSummary* find_metric(const std::string& side, const std::string& metric) const noexcept;
    const MetricRatio* find_ratio(const std::string& metric, const RatioPair& pair) const noexcept;
    /// Of the first pair: of the second side over the first.
    const MetricRatio* find_ratio(const std::string& metric) const noexcept;
};

/// The pair that books speak of, machine over container: the first side that boots a kernel, and "container", or else
/// the first that does not. Empty: the plan has no such two.
std::optional<RatioPair> machine_over_container(const ComparisonPlan& plan);

/// The ratios of a plan: those of each other side over the first, the baseline, machine over container where that is
/// none of them, and those that it asks for.
std::vector<RatioPair> ratios_of(const ComparisonPlan& plan);

/// The values of a metric ("ready", "work.compute") in the counted runs of one side, in their order: what its summary
/// is made of. Pure.
std::vector<double> sample_of(const ComparisonResult& result, const std::string& side, const std::string& metric);

/// Fills sides[].metrics, ratios and contract[].differs from the runs. Pure; warm-ups, races and failed runs are left
/// out, and the stop times of runs that were ended by force.
void summarise_comparison(ComparisonResult& result);

} // namespace isolab
