// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/model/comparison.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <set>
#include <string_view>

namespace isolab {
namespace {

/// A figure of a run; empty when that run does not have it.
struct Figure {
    std::string id;
    std::string unit;
    std::function<std::optional<double>(const RunResult&)> value;
};

template <class T> std::optional<double> nanoseconds(const std::optional<T>& time) {
    return time ? std::optional(static_cast<double>(time->count())) : std::nullopt;
}

std::optional<double> memory_at_ready(const RunResult& run) {
    return run.memory_at_ready ? std::optional(static_cast<double>(run.memory_at_ready->host_cost)) : std::nullopt;
}

/// The kernel's peak knows each process by itself, samples know all at once but not every moment: what is more counts.
std::optional<double> peak_memory(const RunResult& run) {
    std::optional<std::uint64_t> peak = run.peak_memory;
    for (const MemorySample& sample : run.memory_series)
        peak = std::max(peak.value_or(0), sample.host_cost);
    return peak ? std::optional(static_cast<double>(*peak)) : std::nullopt;
}

Figure disk_figure(const char* id, std::uint64_t DiskUse::*column) {
    return {id, "bytes", [column](const RunResult& run) {
                return run.disk ? std::optional(static_cast<double>((*run.disk).*column)) : std::nullopt;
            }};
}

/// Null: the run does not have it, or its time is not the phase's.
const PhaseSpan* find_phase(const RunResult& run, Phase phase) {
    if (phase == Phase::stop && std::ranges::find(run.marks, killed_mark) != run.marks.end())
        return nullptr;
    const auto span = std::ranges::find_if(run.phases, [&](const PhaseSpan& s) { return s.phase == phase; });
    return span != run.phases.end() && span->measured ? &*span : nullptr;
}

void add_phase_figures(Phase phase, std::vector<Figure>& figures) {
    const std::string id(phase_id(phase));
    figures.push_back({"phase." + id, "ns", [phase](const RunResult& run) -> std::optional<double> {
                           const PhaseSpan* span = find_phase(run, phase);
                           return span != nullptr ? nanoseconds(std::optional(span->duration)) : std::nullopt;
                       }});
    figures.push_back({"phase_cpu." + id, "ns", [phase](const RunResult& run) -> std::optional<double> {
                           const PhaseSpan* span = find_phase(run, phase);
                           return span != nullptr ? nanoseconds(span->cpu) : std::nullopt;
                       }});
}

using StageFigure = std::optional<double> (*)(const StageResult&);

Figure stage_figure(const std::string& stage, const char* name, const char* unit, StageFigure value) {
    return {"stage." + stage + "." + name, unit, [stage, value](const RunResult& run) -> std::optional<double> {
                const auto found = std::ranges::find(run.stages, stage, &StageResult::id);
                return found != run.stages.end() ? value(*found) : std::nullopt;
            }};
}

template <std::uint64_t DiskUse::*Column> std::optional<double> stage_disk(const StageResult& stage) {
    return stage.disk ? std::optional(static_cast<double>((*stage.disk).*Column)) : std::nullopt;
}

std::vector<Figure> stage_figures(const std::vector<WorkloadStage>& stages) {
    std::vector<Figure> figures;
    for (const WorkloadStage& stage : stages) {
        figures.push_back(stage_figure(stage.id, "memory", "bytes", [](const StageResult& result) {
            return result.memory ? std::optional(static_cast<double>(result.memory->host_cost)) : std::nullopt;
        }));
        figures.push_back(stage_figure(stage.id, "took", "ns", [](const StageResult& result) {
            return std::optional(static_cast<double>(result.took.count()));
        }));
        figures.push_back(stage_figure(stage.id, "disk.logical", "bytes", stage_disk<&DiskUse::logical>));
        figures.push_back(stage_figure(stage.id, "disk.allocated", "bytes", stage_disk<&DiskUse::allocated>));
        figures.push_back(stage_figure(stage.id, "disk.shared", "bytes", stage_disk<&DiskUse::shared>));
        figures.push_back(stage_figure(stage.id, "disk.unique", "bytes", stage_disk<&DiskUse::unique>));
    }
    return figures;
}

/// `stays`: the workload is a service, otherwise it runs to its end.
std::vector<Figure> all_figures(bool stays) {
    std::vector<Figure> figures{
        {"ready", "ns", [](const RunResult& run) { return nanoseconds(run.ready); }},
        {"cpu_to_ready", "ns", [](const RunResult& run) { return nanoseconds(run.cpu_to_ready); }},
        {"cpu_total", "ns", [](const RunResult& run) { return nanoseconds(run.cpu_total); }},
        {"memory", "bytes", stays ? memory_at_ready : peak_memory},
        disk_figure("disk.logical", &DiskUse::logical),
        disk_figure("disk.allocated", &DiskUse::allocated),
        disk_figure("disk.shared", &DiskUse::shared),
        disk_figure("disk.unique", &DiskUse::unique)};
    for (std::size_t i = 0; i < phase_count; ++i)
        add_phase_figures(static_cast<Phase>(i), figures);
    return figures;
}

/// Figures that the workload itself reported in any run.
void add_reported(const SharedList<RunResult>& runs, std::map<std::string, double> RunResult::*reported,
                  std::string_view prefix, const char* unit, std::vector<Figure>& figures) {
    std::set<std::string> names;
    for (const RunResult& run : runs)
        for (const auto& [name, value] : run.*reported)
            names.insert(name);
    for (const std::string& name : names)
        figures.push_back(
            {std::string(prefix) + name, unit, [name, reported](const RunResult& run) -> std::optional<double> {
                 const auto found = (run.*reported).find(name);
                 return found != (run.*reported).end() ? std::optional(found->second) : std::nullopt;
             }});
}

bool is_service(const ComparisonResult& result) { return result.plan.workload.readiness.kind != Readiness::Kind::exit; }

std::vector<Figure> figures_of(const ComparisonResult& result) {
    std::vector<Figure> figures = all_figures(is_service(result));
    add_reported(result.runs, &RunResult::work, work_prefix, "1/s", figures);
    add_reported(result.runs, &RunResult::latency, latency_prefix, "ns", figures);
    std::ranges::move(stage_figures(result.plan.workload.stages), std::back_inserter(figures));
    return figures;
}

bool is_pooled(const RunResult& run) { return !run.warmup && run.mode == Mode::measure && !run.error; }

std::vector<double> sample_of(const ComparisonResult& result, const std::string& side, const Figure& figure) {
    std::vector<double> sample;
    for (const RunResult& run : result.runs)
        if (run.side == side && is_pooled(run))
            if (const auto value = figure.value(run))
                sample.push_back(*value);
    return sample;
}

/// A seed of its own for each figure, so that figures are independent (FNV-1a over the id).
std::uint64_t seed_for(std::uint64_t seed, std::string_view id) {
    std::uint64_t hash = 14695981039346656037ULL ^ seed;
    for (const char letter : id)
        hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211ULL;
    return hash;
}

void summarise_figure(ComparisonResult& result, const Figure& figure) {
    const std::uint64_t seed = seed_for(result.plan.seed, figure.id);
    for (SideResult& side : result.sides)
        if (auto summary = summarise(sample_of(result, side.side, figure), seed))
            side.metrics.push_back({figure.id, figure.unit, std::move(*summary)});
    for (const RatioPair& pair : ratios_of(result.plan))
        if (auto ratio = compare_medians(sample_of(result, pair.of, figure), sample_of(result, pair.to, figure), seed))
            result.ratios.push_back({figure.id, *ratio, pair});
}

bool values_differ(const ContractEntry& entry, std::size_t sides) {
    return entry.values.size() != sides || std::ranges::any_of(entry.values, [&](const auto& value) {
               return !(value.second == entry.values.begin()->second);
           });
}

} // namespace

const SideResult* ComparisonResult::find_side(const std::string& side) const noexcept {
    const auto found = std::ranges::find(sides, side, &SideResult::side);
    return found != sides.end() ? &*found : nullptr;
}

const MetricSummary* ComparisonResult::find_metric(const std::string& side, const std::string& metric) const noexcept {
    const SideResult* owner = find_side(side);
    if (owner == nullptr)
        return nullptr;
    const auto found = std::ranges::find(owner->metrics, metric, &MetricSummary::id);
    return found != owner->metrics.end() ? &*found : nullptr;
}

const MetricRatio* ComparisonResult::find_ratio(const std::string& metric, const RatioPair& pair) const noexcept {
    const auto found = std::ranges::find_if(
        ratios, [&](const MetricRatio& ratio) { return ratio.id == metric && ratio.pair == pair; });
    return found != ratios.end() ? &*found : nullptr;
}

const MetricRatio* ComparisonResult::find_ratio(const std::string& metric) const noexcept {
    const auto found = std::ranges::find(ratios, metric, &MetricRatio::id);
    return found != ratios.end() ? &*found : nullptr;
}

std::optional<RatioPair> machine_over_container(const ComparisonPlan& plan) {
    const auto machine = std::ranges::find_if(plan.sides, boots_kernel);
    auto container = std::ranges::find(plan.sides, "container");
    if (container == plan.sides.end())
        container = std::ranges::find_if_not(plan.sides, boots_kernel);
    if (machine == plan.sides.end() || container == plan.sides.end())
        return std::nullopt;
    return RatioPair{*machine, *container};
}

std::vector<RatioPair> ratios_of(const ComparisonPlan& plan) {
    std::vector<RatioPair> pairs;
    for (std::size_t i = 1; i < plan.sides.size(); ++i)
        pairs.push_back({plan.sides[i], plan.sides.front()});
    const auto add = [&](const RatioPair& pair) {
        if (std::ranges::find(pairs, pair) == pairs.end())
            pairs.push_back(pair);
    };
    if (const auto pair = machine_over_container(plan); pair && pair->of != plan.sides.front())
        add(*pair);
    std::ranges::for_each(plan.ratios, add);
    return pairs;
}

std::vector<double> sample_of(const ComparisonResult& result, const std::string& side, const std::string& metric) {
    const std::vector<Figure> figures = figures_of(result);
    const auto figure = std::ranges::find(figures, metric, &Figure::id);
    return figure != figures.end() ? sample_of(result, side, *figure) : std::vector<double>();
}

void summarise_comparison(ComparisonResult& result) {
    const bool stays = is_service(result);
    const std::vector<Figure> figures = figures_of(result);
    result.ratios.clear();
    for (SideResult& side : result.sides) {
        side.metrics.clear();
        side.memory_definition = stays ? "PSS at ready" : "peak resident set";
    }
    for (const Figure& figure : figures)
        summarise_figure(result, figure);
    const auto measured_sides = static_cast<std::size_t>(
        std::ranges::count_if(result.sides, [](const SideResult& side) { return !side.error; }));
    for (ContractEntry& entry : result.contract)
        entry.differs = values_differ(entry, std::max(measured_sides, entry.values.size()));
}

} // namespace isolab
