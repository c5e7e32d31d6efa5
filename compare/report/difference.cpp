// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/report/difference.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compare/report/json_fields.h"
#include "compare/report/report_parts.h"
#include "compare/textbook/row_figures.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

using Fields = std::map<std::string, std::string>;

void collect_fields(const Json& json, const std::string& path, Fields& fields) {
    if (!json.is_object()) {
        if (!path.empty())
            fields[path] = json.dump(-1, ' ', false, Json::error_handler_t::replace);
        return;
    }
    for (const auto& [key, value] : json.items())
        collect_fields(value, path.empty() ? key : path + "." + key, fields);
}

std::vector<FieldDifference> field_differences(const Json& a, const Json& b) {
    Fields of_a;
    Fields of_b;
    collect_fields(a, {}, of_a);
    collect_fields(b, {}, of_b);
    std::set<std::string> names;
    for (const Fields* fields : {&of_a, &of_b})
        for (const auto& [name, value] : *fields)
            names.insert(name);
    std::vector<FieldDifference> differences;
    for (const std::string& name : names)
        if (of_a[name] != of_b[name])
            differences.push_back({name, of_a[name], of_b[name]});
    return differences;
}

/// What is another one at every moment.
bool is_load(const FieldDifference& difference) {
    constexpr std::array beginnings{"load_before", "load_after", "overhead", "memory.swap_free"};
    return std::ranges::any_of(beginnings,
                               [&](const char* beginning) { return difference.field.starts_with(beginning); });
}

void add_environment(const SharedJson& a, const SharedJson& b, ResultDifference& difference) {
    Json of_a = a ? *a : Json::object();
    Json of_b = b ? *b : Json::object();
    for (Json* environment : {&of_a, &of_b})
        if (environment->is_object())
            environment->erase("load_of_runs");
    for (FieldDifference& one : field_differences(of_a, of_b))
        (is_load(one) ? difference.load : difference.environment).push_back(std::move(one));
}

// What a side was measured under.

using Marks = std::set<std::string>;

/// Marks that tell of a disturbance or of what a run was for, not of a condition.
bool is_condition(const std::string& mark) {
    constexpr std::array others{"busy-host", "warmup", killed_mark};
    return std::ranges::find(others, mark) == others.end();
}

void add_marks(const std::vector<std::string>& from, Marks& marks) {
    std::ranges::copy_if(from, std::inserter(marks, marks.end()), is_condition);
}

Marks marks_of(const ComparisonResult& result, const SideResult& side) {
    Marks marks;
    add_marks(side.marks, marks);
    for (const RunResult& run : result.runs)
        if (run.side == side.side && !run.warmup && !run.error)
            add_marks(run.marks, marks);
    if (result.plan.cold)
        marks.insert(cold_mark);
    return marks;
}

Marks marks_of(const ExperimentResult& result, std::size_t cell, const std::string& world) {
    Marks marks;
    for (const Observation& observation : result.observations)
        if (observation.world == world && observation.cell == cell && !observation.error)
            add_marks(observation.marks, marks);
    return marks;
}

std::string mark_reason(const Marks& a, const Marks& b) {
    const auto text = [](const Marks& marks) {
        return marks.empty() ? "no marks" : fmt::format("{}", fmt::join(marks, ", "));
    };
    return a == b ? "" : fmt::format("A has {}, B has {}", text(a), text(b));
}

// Comparisons.

bool is_headline(const std::string& id) {
    constexpr std::array ids{"ready", "cpu_to_ready", "memory", "disk.unique"};
    return std::ranges::find(ids, id) != ids.end() || id.starts_with(work_prefix);
}

Estimate estimate_of(const SampleSummary& summary) {
    Estimate estimate{summary.median, {}, summary.n};
    if (summary.n > 1)
        estimate.interval = Interval{summary.low, summary.high};
    return estimate;
}

/// Those of A in their order, then those that only B has.
template <class T, class Id> std::vector<std::string> ids_of_both(const T& a, const T& b, Id&& id_of_one) {
    std::vector<std::string> ids;
    for (const T* list : {&a, &b})
        for (const auto& one : *list)
            if (std::ranges::find(ids, id_of_one(one)) == ids.end())
                ids.push_back(id_of_one(one));
    return ids;
}

FigureDifference figure_difference(const ComparisonResult& a, const ComparisonResult& b, const std::string& side,
                                   const std::string& id, bool comparable) {
    const MetricSummary* of_a = a.find_metric(side, id);
    const MetricSummary* of_b = b.find_metric(side, id);
    FigureDifference figure{id, of_a != nullptr ? of_a->unit : of_b->unit, {}, {}, {}};
    if (of_a != nullptr)
        figure.a = estimate_of(of_a->summary);
    if (of_b != nullptr)
        figure.b = estimate_of(of_b->summary);
    if (comparable && of_a != nullptr && of_b != nullptr)
        figure.ratio = compare_medians(sample_of(b, side, id), sample_of(a, side, id), a.plan.seed);
    return figure;
}

SideDifference side_difference(const ComparisonResult& a, const ComparisonResult& b, const std::string& id) {
    static const SideResult none;
    const SideResult* of_a = a.find_side(id);
    const SideResult* of_b = b.find_side(id);
    SideDifference side{id, {}, {}};
    if (of_a == nullptr || of_b == nullptr)
        side.reason = of_a == nullptr ? "A does not have it" : "B does not have it";
    else
        side.reason = mark_reason(marks_of(a, *of_a), marks_of(b, *of_b));
    const std::vector<MetricSummary>& metrics_a = (of_a != nullptr ? *of_a : none).metrics;
    const std::vector<MetricSummary>& metrics_b = (of_b != nullptr ? *of_b : none).metrics;
    for (const std::string& figure : ids_of_both(metrics_a, metrics_b, [](const auto& metric) { return metric.id; })) {
        const bool other_memory = figure == "memory" && of_a != nullptr && of_b != nullptr &&
                                  of_a->memory_definition != of_b->memory_definition;
        if (is_headline(figure))
            side.figures.push_back(figure_difference(a, b, id, figure, side.reason.empty() && !other_memory));
    }
    return side;
}

ResultDifference comparison_difference(const ComparisonResult& a, const ComparisonResult& b) {
    ResultDifference difference;
    difference.a = a.id;
    difference.b = b.id;
    Json plan_a = plan_json(a.plan);
    Json plan_b = plan_json(b.plan);
    for (Json* plan : {&plan_a, &plan_b})
        plan->erase("part_of");
    difference.plan = field_differences(plan_a, plan_b);
    add_environment(a.environment, b.environment, difference);
    for (const std::string& side : ids_of_both(a.sides, b.sides, [](const auto& one) { return one.side; }))
        difference.sides.push_back(side_difference(a, b, side));
    return difference;
}

// Experiments.

/// By world and figure.
using CellFigures = std::vector<RowFigures>;

const WorldFigure* find_figure(const CellFigures& rows, const std::string& id, const std::string& world) {
    for (const RowFigures& row : rows)
        for (const WorldFigure& figure : row.worlds)
            if (row.id == id && figure.world == world)
                return &figure;
    return nullptr;
}

std::optional<Estimate> estimate_of(const WorldFigure* figure) {
    return figure != nullptr ? std::optional(Estimate{figure->value, figure->interval, figure->n}) : std::nullopt;
}

/// Their rows are medians of repetitions, of which the raw values are there.
bool is_repeated(Method method) { return method == Method::deployment; }

struct CellPair {
    const ExperimentResult& a;
    const ExperimentResult& b;
    std::size_t cell_a, cell_b;
};

SideDifference world_difference(const CellPair& pair, const CellFigures& rows_a, const CellFigures& rows_b,
                                const std::string& world) {
    SideDifference side{
        world, mark_reason(marks_of(pair.a, pair.cell_a, world), marks_of(pair.b, pair.cell_b, world)), {}};
    for (const std::string& id : ids_of_both(rows_a, rows_b, [](const auto& row) { return row.id; })) {
        const WorldFigure* of_a = find_figure(rows_a, id, world);
        const WorldFigure* of_b = find_figure(rows_b, id, world);
        if (of_a == nullptr && of_b == nullptr)
            continue;
        const auto& rows = std::ranges::find(rows_a, id, &RowFigures::id) != rows_a.end() ? rows_a : rows_b;
        FigureDifference figure{
            id, std::ranges::find(rows, id, &RowFigures::id)->unit, estimate_of(of_a), estimate_of(of_b), {}};
        if (side.reason.empty() && is_repeated(pair.a.experiment.method))
            figure.ratio = compare_medians(figures_of(pair.b, world, pair.cell_b, id),
                                           figures_of(pair.a, world, pair.cell_a, id), pair.a.experiment.seed);
        side.figures.push_back(std::move(figure));
    }
    const std::vector<std::string> worlds_a = measured_worlds(pair.a);
    const std::vector<std::string> worlds_b = measured_worlds(pair.b);
    if (std::ranges::find(worlds_a, world) == worlds_a.end())
        side.reason = "A does not have it";
    else if (std::ranges::find(worlds_b, world) == worlds_b.end())
        side.reason = "B does not have it";
    return side;
}

ResultDifference observed_difference(const CellPair& pair) {
    ResultDifference difference;
    const CellFigures rows_a = row_figures(pair.a, pair.cell_a);
    const CellFigures rows_b = row_figures(pair.b, pair.cell_b);
    const auto itself = [](const std::string& world) { return world; };
    for (const std::string& world : ids_of_both(measured_worlds(pair.a), measured_worlds(pair.b), itself))
        difference.sides.push_back(world_difference(pair, rows_a, rows_b, world));
    return difference;
}

std::string subject_of(const ExperimentResult& result, const Cell& cell) {
    const std::string condition = english(condition_of(result.experiment, cell));
    if (result.experiment.workloads.size() < 2 || condition.find(cell.workload) != std::string::npos)
        return condition;
    return cell.workload + (condition.empty() ? "" : ", " + condition);
}

bool is_measured(const ExperimentResult& result, const CellResult& cell) {
    return result.experiment.method != Method::comparison || cell.comparison;
}

/// The number of a cell that was measured, under the same conditions and by this method.
std::optional<std::size_t> find_measured(const ExperimentResult& result, const Cell& cell, Method method) {
    const auto found = std::ranges::find(result.cells, cell, &CellResult::cell);
    if (found == result.cells.end() || !is_measured(result, *found) || result.experiment.method != method)
        return std::nullopt;
    return static_cast<std::size_t>(found - result.cells.begin());
}

void add_cell(const ExperimentResult& a, const ExperimentResult& b, std::size_t cell, ResultDifference& whole) {
    const std::string subject = subject_of(a, a.cells[cell].cell);
    const auto same = find_measured(b, a.cells[cell].cell, a.experiment.method);
    if (!same) {
        whole.only_a.push_back(subject);
        return;
    }
    whole.parts.push_back(a.experiment.method == Method::comparison
                              ? comparison_difference(*a.cells[cell].comparison, *b.cells[*same].comparison)
                              : observed_difference({a, b, cell, *same}));
    whole.parts.back().subject = subject;
}

Result<ResultDifference> experiment_difference(const ExperimentResult& a, const ExperimentResult& b) {
    if (a.experiment.id != b.experiment.id)
        return fail(ErrorKind::invalid_argument, "compare results", a.id + " and " + b.id,
                    "they are of different experiments: " + a.experiment.id + " and " + b.experiment.id);
    ResultDifference difference;
    difference.a = a.id;
    difference.b = b.id;
    difference.plan = field_differences(experiment_json(a.experiment), experiment_json(b.experiment));
    add_environment(a.environment, b.environment, difference);
    for (std::size_t i = 0; i < a.cells.size(); ++i)
        if (is_measured(a, a.cells[i]))
            add_cell(a, b, i, difference);
    for (const CellResult& cell : b.cells)
        if (is_measured(b, cell) && !find_measured(a, cell.cell, b.experiment.method))
            difference.only_b.push_back(subject_of(b, cell.cell));
    return difference;
}

const ExperimentResult* find_experiment(const SuiteResult& suite, const std::string& id) {
    const auto found =
        std::ranges::find_if(suite.experiments, [&](const auto& one) { return one.experiment.id == id; });
    return found != suite.experiments.end() ? &*found : nullptr;
}

Result<ResultDifference> suite_difference(const SuiteResult& a, const SuiteResult& b) {
    if (a.suite != b.suite)
        return fail(ErrorKind::invalid_argument, "compare results", a.id + " and " + b.id,
                    "they are of different suites: " + a.suite + " and " + b.suite);
    ResultDifference difference;
    difference.a = a.id;
    difference.b = b.id;
    for (const ExperimentResult& one : a.experiments) {
        const ExperimentResult* other = find_experiment(b, one.experiment.id);
        if (other == nullptr) {
            difference.only_a.push_back(one.experiment.id);
            continue;
        }
        ISOLAB_ASSIGN(ResultDifference part, experiment_difference(one, *other));
        part.subject = one.experiment.id;
        difference.parts.push_back(std::move(part));
    }
    for (const ExperimentResult& one : b.experiments)
        if (find_experiment(a, one.experiment.id) == nullptr)
            difference.only_b.push_back(one.experiment.id);
    return difference;
}

// JSON.

Json field_json(const FieldDifference& field) {
    const auto value = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json::parse(text); };
    return {{"field", field.field}, {"a", value(field.a)}, {"b", value(field.b)}};
}

Json estimate_json(const std::optional<Estimate>& estimate) {
    if (!estimate)
        return nullptr;
    const auto& interval = estimate->interval;
    return {{"value", estimate->value},
            {"low", interval ? Json(interval->low) : Json(nullptr)},
            {"high", interval ? Json(interval->high) : Json(nullptr)},
            {"n", estimate->n}};
}

Json test_json(const std::optional<RatioSummary>& ratio) {
    if (!ratio)
        return nullptr;
    return {{"ratio", ratio->ratio},
            {"low", ratio->low},
            {"high", ratio->high},
            {"p_value", ratio->p_value},
            {"distinguishable", ratio->distinguishable}};
}

Json figure_json(const FigureDifference& figure) {
    return {{"id", figure.id},
            {"unit", figure.unit},
            {"a", estimate_json(figure.a)},
            {"b", estimate_json(figure.b)},
            {"b_over_a", test_json(figure.ratio)}};
}

Json side_difference_json(const SideDifference& side) {
    return {{"side", side.side},
            {"not_comparable", side.reason.empty() ? Json(nullptr) : Json(side.reason)},
            {"figures", json_list(side.figures, figure_json)}};
}

Json part_json(const ResultDifference& part) {
    return {{"a", part.a},
            {"b", part.b},
            {"subject", part.subject},
            {"plan", json_list(part.plan, field_json)},
            {"environment", json_list(part.environment, field_json)},
            {"load", json_list(part.load, field_json)},
            {"sides", json_list(part.sides, side_difference_json)},
            {"parts", json_list(part.parts, part_json)},
            {"only_a", part.only_a},
            {"only_b", part.only_b}};
}

} // namespace

Result<ResultDifference> difference_of(const AnyResult& a, const AnyResult& b) {
    if (a.index() != b.index())
        return fail(ErrorKind::invalid_argument, "compare results", id_of(a) + " and " + id_of(b),
                    "they are of different kinds");
    if (const auto* experiment = std::get_if<ExperimentResult>(&a))
        return experiment_difference(*experiment, std::get<ExperimentResult>(b));
    if (const auto* suite = std::get_if<SuiteResult>(&a))
        return suite_difference(*suite, std::get<SuiteResult>(b));
    return comparison_difference(std::get<ComparisonResult>(a), std::get<ComparisonResult>(b));
}

Json difference_json(const ResultDifference& difference) {
    Json json{{"schema", "isolab.difference/1"}};
    json.update(part_json(difference));
    return json;
}

} // namespace isolab
