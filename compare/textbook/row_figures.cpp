// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/textbook/row_figures.h"

#include <algorithm>
#include <set>
#include <utility>

#include "compare/statistics/slope.h"
#include "compare/textbook/row_samples.h"

namespace isolab {
namespace {

constexpr double nanoseconds_per_minute = 60e9;

/// Whether `id` is what `asked` names; "work.*" names all that begin with "work.".
bool matches(const std::string& asked, const std::string& id) {
    return asked.ends_with('*') ? id.starts_with(asked.substr(0, asked.size() - 1)) : asked == id;
}

/// The ids that are asked for, of those that there are.
std::vector<std::string> chosen(const std::vector<std::string>& asked, const std::set<std::string>& there) {
    std::vector<std::string> ids;
    for (const std::string& pattern : asked)
        for (const std::string& id : there)
            if (matches(pattern, id) && std::ranges::find(ids, id) == ids.end())
                ids.push_back(id);
    return ids;
}

bool is_emulated(const std::vector<std::string>& marks) { return std::ranges::find(marks, "tcg") != marks.end(); }

bool is_emulated(const ExperimentResult& result, const std::string& world) {
    return std::ranges::any_of(result.observations,
                               [&](const Observation& o) { return o.world == world && is_emulated(o.marks); });
}

// A comparison has its statistics already.

WorldFigure figure_of(const ComparisonResult& comparison, const SideResult& side, const MetricSummary& metric,
                      const std::string& base) {
    const SampleSummary& s = metric.summary;
    WorldFigure figure{side.side, s.median, {}, s.n, {}, is_emulated(side.marks)};
    if (s.n > 1)
        figure.interval = Interval{s.low, s.high};
    if (const MetricRatio* ratio = comparison.find_ratio(metric.id, {side.side, base}))
        figure.ratio = ratio->summary;
    return figure;
}

/// The first side that could take part: what the others are measured against.
std::string base_of(const ComparisonResult& comparison, const std::string& id) {
    for (const SideResult& side : comparison.sides)
        if (comparison.find_metric(side.side, id) != nullptr)
            return side.side;
    return {};
}

std::vector<RowFigures> comparison_figures(const ExperimentResult& result, const ComparisonResult& comparison) {
    std::set<std::string> there;
    for (const SideResult& side : comparison.sides)
        for (const MetricSummary& metric : side.metrics)
            there.insert(metric.id);
    std::vector<RowFigures> rows;
    for (const std::string& id : chosen(shown_figures(result.experiment), there)) {
        RowFigures row{id, {}, base_of(comparison, id), {}};
        for (const SideResult& side : comparison.sides)
            if (const MetricSummary* metric = comparison.find_metric(side.side, id)) {
                row.unit = metric->unit;
                row.worlds.push_back(figure_of(comparison, side, *metric, row.base));
            }
        rows.push_back(std::move(row));
    }
    return rows;
}

// Observations are raw.

WorldFigure summary_figure(const std::string& world, const std::vector<double>& values, std::uint64_t seed) {
    const auto summary = summarise(values, seed);
    WorldFigure figure{world, summary->median, {}, values.size(), {}, false};
    if (values.size() > 1)
        figure.interval = Interval{summary->low, summary->high};
    return figure;
}

/// Medians of the repetitions, as ratios over the first world that has the figure.
RowFigures repeated(const ExperimentResult& result, std::size_t cell, const std::string& id) {
    RowFigures row{id, unit_of_figure(id), {}, {}};
    std::vector<double> base;
    for (const std::string& world : measured_worlds(result)) {
        const std::vector<double> values = figures_of(result, world, cell, id);
        if (values.empty())
            continue;
        WorldFigure figure = summary_figure(world, values, result.experiment.seed);
        if (result.experiment.method == Method::probe) {
            figure.interval.reset(); // evidence, not a sample
        } else if (row.base.empty()) {
            row.base = world;
            base = values;
        } else {
            figure.ratio = compare_medians(values, base, result.experiment.seed);
        }
        figure.emulated = is_emulated(result, world);
        row.worlds.push_back(std::move(figure));
    }
    return row;
}

std::set<std::string> observed_figures(const ExperimentResult& result, std::size_t cell) {
    std::set<std::string> there;
    for (const Observation& observation : result.observations)
        if (observation.cell == cell && !observation.error)
            for (const auto& [id, value] : observation.figures)
                there.insert(id);
    return there;
}

std::vector<RowFigures> repeated_figures(const ExperimentResult& result, std::size_t cell) {
    std::vector<RowFigures> rows;
    for (const std::string& id : chosen(shown_figures(result.experiment), observed_figures(result, cell)))
        rows.push_back(repeated(result, cell, id));
    return rows;
}

// Density: one series of instances per world.

std::optional<WorldFigure> density_figure(const ExperimentResult& result, const std::string& world, std::size_t cell,
                                          const std::string& id) {
    if (id == "held" || id == "rate") {
        const std::vector<Point> points = series_of(result, cell, world, "elapsed");
        if (points.empty() || points.back().y <= 0)
            return std::nullopt;
        const double held = points.back().x;
        return WorldFigure{
            world, id == "held" ? held : held * nanoseconds_per_minute / points.back().y, {}, points.size(), {}, false};
    }
    if (id == "start") {
        std::vector<double> values = figures_of(result, world, cell, id);
        return values.empty() ? std::nullopt : std::optional(summary_figure(world, values, result.experiment.seed));
    }
    const std::vector<Point> points = series_of(result, cell, world, id);
    const auto line = theil_sen_line(points);
    if (!line)
        return std::nullopt;
    return WorldFigure{world, line->slope, line->interval, points.size(), {}, false};
}

const char* density_unit(const std::string& id) {
    return id == "held" ? "count" : id == "rate" ? "1/min" : unit_of_figure(id);
}

std::vector<RowFigures> density_figures(const ExperimentResult& result, std::size_t cell) {
    std::vector<RowFigures> rows;
    for (const std::string& id : shown_figures(result.experiment)) {
        RowFigures row{id, density_unit(id), {}, {}};
        for (const std::string& world : measured_worlds(result))
            if (auto figure = density_figure(result, world, cell, id)) {
                figure->emulated = is_emulated(result, world);
                row.worlds.push_back(std::move(*figure));
            }
        if (!row.worlds.empty())
            rows.push_back(std::move(row));
    }
    return rows;
}

// Interference: beside a neighbour over alone, in the same world under the same limits.

std::optional<std::size_t> alone_cell(const ExperimentResult& result, std::size_t cell) {
    Cell alone = result.cells[cell].cell;
    alone.neighbour.clear();
    for (std::size_t i = 0; i < result.cells.size(); ++i)
        if (result.cells[i].cell == alone)
            return i;
    return std::nullopt;
}

std::vector<RowFigures> interference_figures(const ExperimentResult& result, std::size_t cell) {
    const auto alone = alone_cell(result, cell);
    if (!alone || *alone == cell)
        return {};
    std::vector<RowFigures> rows;
    for (const std::string& id : chosen(shown_figures(result.experiment), observed_figures(result, cell))) {
        RowFigures row{id, "ratio", {}, {}};
        for (const std::string& world : measured_worlds(result)) {
            const std::vector<double> beside = figures_of(result, world, cell, id);
            const auto ratio = compare_medians(beside, figures_of(result, world, *alone, id), result.experiment.seed);
            if (ratio)
                row.worlds.push_back({world,
                                      ratio->ratio,
                                      Interval{ratio->low, ratio->high},
                                      beside.size(),
                                      {},
                                      is_emulated(result, world)});
        }
        if (!row.worlds.empty())
            rows.push_back(std::move(row));
    }
    return rows;
}

} // namespace

std::vector<RowFigures> row_figures(const ExperimentResult& result, std::size_t cell) {
    switch (result.experiment.method) {
    case Method::comparison:
        return result.cells[cell].comparison ? comparison_figures(result, *result.cells[cell].comparison)
                                             : std::vector<RowFigures>();
    case Method::density:
        return density_figures(result, cell);
    case Method::interference:
        return interference_figures(result, cell);
    case Method::deployment:
    case Method::probe:
        return repeated_figures(result, cell);
    }
    return {};
}

} // namespace isolab
