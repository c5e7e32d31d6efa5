// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/textbook/row.h"

#include <algorithm>
#include <utility>

#include "compare/textbook/finding.h"
#include "compare/textbook/row_figures.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

Fact name_of(const std::string& world) { return world_name(world, world); }

Fact as_fact(double value, const std::string& unit) { return Fact::quantity(value, unit); }

/// "Virtual machine 187× (180× to 195×)".
Fact ratio_line(const WorldFigure& world) {
    const RatioSummary& r = *world.ratio;
    return Fact::said("row.ratio", {name_of(world.world), as_fact(r.ratio, "ratio"), as_fact(r.low, "ratio"),
                                    as_fact(r.high, "ratio")});
}

/// "Container 118 (110 to 124)", without an interval "Container 118".
Fact figure_line(const WorldFigure& world, const std::string& unit) {
    const Fact name = name_of(world.world);
    const Fact value = as_fact(world.value, unit);
    if (!world.interval)
        return Fact::said("row.figure", {name, value});
    return Fact::said("row.interval",
                      {name, value, as_fact(world.interval->low, unit), as_fact(world.interval->high, unit)});
}

Fact joined(std::vector<Fact> parts) {
    Fact line;
    for (Fact& part : parts)
        line = line.empty() ? std::move(part) : Fact::said("text.and", {std::move(line), std::move(part)});
    return line;
}

/// Whose ratios are a row's answer: those of machines where there are any, since books speak of them, otherwise all.
std::vector<const WorldFigure*> answering(const BookRow& row) {
    const bool machines =
        std::ranges::any_of(row.worlds, [](const auto& w) { return w.ratio && boots_kernel(w.world); });
    std::vector<const WorldFigure*> worlds;
    for (const WorldFigure& world : row.worlds)
        if (world.ratio && (boots_kernel(world.world) || !machines))
            worlds.push_back(&world);
    return worlds;
}

/// The line of a row: ratios where there are some, otherwise the figures themselves.
Fact line_of(const BookRow& row) {
    std::vector<Fact> ratios;
    for (const WorldFigure* world : answering(row))
        ratios.push_back(ratio_line(*world));
    if (!ratios.empty())
        return joined(std::move(ratios));
    std::vector<Fact> figures;
    for (const WorldFigure& world : row.worlds)
        figures.push_back(figure_line(world, row.unit));
    return joined(std::move(figures));
}

/// "Host 5.2 ms, with all of it 6.6 ms; dearest: network namespace 0.5 ms".
Fact chain_line(const BookRow& row) {
    const WorldFigure* dearest = nullptr;
    double most = 0;
    for (std::size_t i = 1; i < row.worlds.size(); ++i)
        if (const double change = row.worlds[i].value - row.worlds[i - 1].value; change > most) {
            most = change;
            dearest = &row.worlds[i];
        }
    const WorldFigure& first = row.worlds.front();
    const Fact ends = Fact::said("row.chain", {name_of(first.world), as_fact(first.value, row.unit),
                                               as_fact(row.worlds.back().value, row.unit)});
    if (dearest == nullptr)
        return ends;
    const Fact ingredient = ingredient_name(dearest->world.substr(dearest->world.rfind('+') + 1));
    return Fact::said("row.dearest", {ends, ingredient, as_fact(most, row.unit)});
}

/// A further instance's memory is a slope; no other figure is.
Fact name_of_figure(Method method, const std::string& figure) {
    return figure_name(method == Method::density && figure == "memory" ? "each.memory" : figure);
}

/// About what the line says: a chain's speaks of all its pieces together, so of its last world.
Fact doubt_of(const BookRow& row, bool chain) {
    std::vector<const WorldFigure*> worlds = answering(row);
    if (chain && !worlds.empty())
        worlds = {worlds.back()};
    for (const WorldFigure* world : worlds) {
        if (world->n < enough_runs)
            return Fact::said("doubt.few_runs");
        if (!world->ratio->distinguishable)
            return Fact::said("doubt.not_distinguishable");
    }
    return {};
}

BookRow empty_row(const ExperimentResult& result, std::size_t cell) {
    BookRow row;
    row.experiment = result.experiment.id;
    row.claim = find_claim(result.experiment.claim);
    row.subject = row.claim != nullptr ? row.claim->subject : result.experiment.title;
    row.cell = cell;
    if (cell < result.cells.size())
        row.condition = condition_of(result.experiment, result.cells[cell].cell);
    return row;
}

/// Why an experiment has no figure: its own error, or what its worlds failed of.
Fact reason_for_nothing(const ExperimentResult& result) {
    if (result.error)
        return Fact::said("row.not_measurable", {result.error->cause});
    for (const CellResult& cell : result.cells)
        if (cell.comparison)
            for (const SideResult& side : cell.comparison->sides)
                if (side.error)
                    return Fact::said("row.not_measurable", {side.error->cause});
    if (!result.ends.empty()) // before the first instance
        return Fact::said("row.not_measurable", {result.ends.front().reason});
    return Fact::said("row.not_reached");
}

/// "Programs for aarch64: Container refused (Exec format error), ...": what becomes of an image of another processor.
Fact foreign_line(const ExperimentResult& result, const std::string& processor) {
    std::vector<Fact> worlds;
    for (const Observation& observation : result.observations) {
        const Json::json_pointer place("/report/programs/" + processor);
        if (observation.index != 0 || !observation.evidence || !observation.evidence->contains(place))
            continue;
        const Json& program = (*observation.evidence)[place];
        const bool works = program.is_object() && program.value("works", Json()) == true;
        const Fact error(program.is_object() && program.value("error", Json()).is_string()
                             ? program["error"].get<std::string>()
                             : std::string());
        worlds.push_back(Fact::said(works ? "row.runs" : "row.refuses", {name_of(observation.world), error}));
    }
    return worlds.empty() ? Fact() : Fact::said("row.programs", {processor, joined(std::move(worlds))});
}

/// "Container 6.18, Virtual machine 6.1": of an experiment that asks which kernel answers.
BookRow kernel_row(const ExperimentResult& result) {
    BookRow row = empty_row(result, 0);
    if (result.experiment.claim != "kernel" || result.experiment.method != Method::probe)
        return row;
    std::vector<Fact> kernels;
    for (const Observation& observation : result.observations) {
        const Json::json_pointer place("/report/uname/release");
        if (observation.index == 0 && observation.evidence && observation.evidence->contains(place))
            kernels.push_back(Fact::said(
                "row.figure", {name_of(observation.world), (*observation.evidence)[place].get<std::string>()}));
    }
    row.condition = {};
    row.figure = "kernel";
    row.name = figure_name(row.figure);
    row.answered = !kernels.empty();
    row.measured = joined(std::move(kernels));
    for (const char* processor : {"x86_64", "i386", "aarch64"})
        if (Fact told = foreign_line(result, processor); !told.empty())
            row.evidence.push_back(std::move(told));
    return row;
}

} // namespace

std::vector<BookRow> book_rows(const ExperimentResult& result) {
    std::vector<BookRow> rows;
    for (std::size_t cell = 0; cell < result.cells.size(); ++cell)
        for (RowFigures& figures : row_figures(result, cell)) {
            BookRow row = empty_row(result, cell);
            row.figure = std::move(figures.id);
            row.name = name_of_figure(result.experiment.method, row.figure);
            row.unit = std::move(figures.unit);
            row.base = std::move(figures.base);
            row.worlds = std::move(figures.worlds);
            const bool chain = is_chain(result.experiment);
            row.measured = chain ? chain_line(row) : line_of(row);
            row.answered = true;
            row.doubt = doubt_of(row, chain);
            rows.push_back(std::move(row));
        }
    if (BookRow row = kernel_row(result); row.answered)
        rows = {std::move(row)};
    if (rows.empty()) {
        BookRow row = empty_row(result, 0);
        row.condition = {};
        row.measured = reason_for_nothing(result);
        rows.push_back(std::move(row));
    }
    return rows;
}

Fact figure_name(const std::string& figure) {
    const std::string statement = "figure." + figure;
    if (fact_text(statement) != nullptr)
        return Fact::said(statement);
    const std::size_t dot = figure.find('.');
    const std::string kind = "figure." + figure.substr(0, dot);
    const std::string phase = "phase." + (dot == std::string::npos ? "" : figure.substr(dot + 1));
    const bool of_phase = (kind == "figure.phase" || kind == "figure.phase_cpu") && fact_text(phase) != nullptr;
    return of_phase ? Fact::said(kind, {Fact::said(phase)}) : Fact(figure);
}

const BookRow& headline_row(const std::vector<BookRow>& rows) {
    const auto answered = std::ranges::find(rows, true, &BookRow::answered);
    return answered != rows.end() ? *answered : rows.front();
}

} // namespace isolab
