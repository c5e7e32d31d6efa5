// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which picture belongs to a row.
#include <algorithm>

#include "compare/chart/charts.h"
#include "compare/model/format.h"
#include "compare/report/document_parts.h"
#include "compare/statistics/bootstrap.h"
#include "compare/textbook/row_samples.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

std::string title_of(const DocumentWriter& writer, const BookRow& row) {
    const Fact named = Fact::said("text.named", {row.subject, row.name});
    return row.condition.empty() ? writer.say(named) : writer.say("text.condition", {named, row.condition});
}

Drawing chain_picture(const DocumentWriter& writer, const ExperimentResult& result, const BookRow& row) {
    std::vector<WaterfallStep> steps;
    std::vector<double> before;
    for (const WorldFigure& world : row.worlds) {
        const std::size_t ingredient = world.world.rfind('+'); // a world of another base is one itself, from 0 on
        const std::vector<double> values = samples_of(result, row, world.world);
        WaterfallStep step;
        step.label = steps.empty() ? writer.world(world.world)
                                   : "+ " + writer.say(ingredient_name(world.world.substr(ingredient + 1)));
        step.world = world.world.substr(0, world.world.find('+'));
        step.value = world.value;
        step.change = difference_of_medians(values, before, result.experiment.seed);
        before = values;
        steps.push_back(std::move(step));
    }
    return waterfall(steps, row.unit, title_of(writer, row));
}

Drawing density_picture(const DocumentWriter& writer, const ExperimentResult& result, const BookRow& row) {
    std::vector<Series> series;
    for (const WorldFigure& world : row.worlds) {
        Series one{writer.world(world.world), world.world, series_of(result, row.cell, world.world, row.figure), {}};
        one.line = theil_sen_line(one.points);
        series.push_back(std::move(one));
    }
    return line_chart(series, writer.say("report.instances"), row.unit, title_of(writer, row));
}

/// What a probe reported of one world in a cell; null: it did not.
const Json* report_of(const ExperimentResult& result, std::size_t cell, const std::string& world) {
    for (const Observation& observation : result.observations)
        if (observation.cell == cell && observation.world == world && observation.evidence &&
            observation.evidence->contains("report"))
            return &(*observation.evidence)["report"];
    return nullptr;
}

/// Names of what was tried, in the order of the first world that tried it.
std::vector<std::string> tried(const std::vector<const Json*>& reports, const char* section) {
    std::vector<std::string> names;
    for (const Json* report : reports)
        if (report != nullptr && report->is_object() && report->contains(section) && (*report)[section].is_object())
            for (const auto& item : (*report)[section].items())
                if (std::ranges::find(names, item.key()) == names.end())
                    names.push_back(item.key());
    return names;
}

std::pair<Verdict, std::string> verdict_of(const DocumentWriter& writer, const Json* report, const char* section,
                                           const std::string& name) {
    const Json::json_pointer place = Json::json_pointer() / section / name / "works";
    if (report == nullptr || !report->contains(place) || !(*report)[place].is_boolean())
        return {Verdict::unknown, "–"};
    return (*report)[place].get<bool>() ? std::pair(Verdict::works, writer.say("verdict.works"))
                                        : std::pair(Verdict::refused, writer.say("verdict.refused"));
}

/// Named facts of the worlds, and what was tried in them.
Drawing probe_picture(const DocumentWriter& writer, const ExperimentResult& result, const BookRow& row) {
    std::vector<std::string> worlds = measured_worlds(result);
    std::vector<std::string> titles;
    std::vector<const Json*> reports;
    for (const std::string& world : worlds) {
        titles.push_back(writer.world(world));
        reports.push_back(report_of(result, row.cell, world));
    }
    std::vector<MatrixRow> rows;
    for (const auto& [statement, pointer] :
         {std::pair{"report.kernel", "/uname/release"}, std::pair{"contract.hostname", "/hostname"},
          std::pair{"figure.sees.processes", "/processes/count"}}) {
        MatrixRow named{writer.say(statement), {}};
        for (const Json* report : reports) {
            const Json::json_pointer place(pointer);
            const bool known = report != nullptr && report->contains(place);
            const Json value = known ? (*report)[place] : Json("–");
            named.cells.emplace_back(Verdict::unknown, value.is_string() ? value.get<std::string>() : value.dump());
        }
        rows.push_back(std::move(named));
    }
    for (const char* section : {"can", "readable", "programs"})
        for (const std::string& name : tried(reports, section)) {
            const std::string statement = "tried." + name;
            MatrixRow one{fact_text(statement) != nullptr ? writer.say(statement.c_str()) : name, {}};
            for (const Json* report : reports)
                one.cells.push_back(verdict_of(writer, report, section, name));
            rows.push_back(std::move(one));
        }
    return matrix(titles, worlds, rows, writer.say(result.experiment.title));
}

bool is_first_of_cell(const ExperimentResult& result, const BookRow& row) {
    const std::vector<BookRow> rows = book_rows(result);
    const auto first = std::ranges::find(rows, row.cell, &BookRow::cell);
    return first != rows.end() && first->figure == row.figure;
}

/// Limits are told by their figures; only a probe that looked around has a picture.
bool has_looked(const ExperimentResult& result, std::size_t cell) {
    return std::ranges::any_of(result.observations, [&](const Observation& observation) {
        return observation.cell == cell && observation.evidence && observation.evidence->contains("report") &&
               (*observation.evidence)["report"].contains("can");
    });
}

} // namespace

bool write_picture(DocumentWriter& writer, const ExperimentResult& result, const BookRow& row) {
    if (is_chain(result.experiment)) {
        writer.figure(chain_picture(writer, result, row));
        return true;
    }
    if (result.experiment.method == Method::density) {
        if (row.figure == "held" || row.figure == "rate")
            return false;
        writer.figure(density_picture(writer, result, row));
        return true;
    }
    if (result.experiment.method == Method::probe) {
        if (!has_looked(result, row.cell) || !is_first_of_cell(result, row))
            return false;
        writer.figure(probe_picture(writer, result, row));
        return true;
    }
    std::vector<BoxLane> lanes;
    for (const WorldFigure& world : row.worlds) {
        std::vector<double> values = samples_of(result, row, world.world);
        if (!values.empty())
            lanes.push_back({writer.world(world.world), world.world, std::move(values), world.value, world.interval,
                             format_figure(world.value, row.unit) + (world.emulated ? " TCG" : "")});
    }
    if (lanes.empty())
        return false;
    writer.figure(box_plot(lanes, row.unit, title_of(writer, row)));
    return true;
}

} // namespace isolab
