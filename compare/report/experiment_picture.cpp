// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which picture belongs to a row.
#include <algorithm>

#include "compare/chart/charts.h"
#include "compare/model/format.h"
#include "compare/report/document_parts.h"
#include "compare/statistics/bootstrap.h"
#include "compare/textbook/row_samples.h"

namespace isolab {
namespace {

std::string title_of(const DocumentWriter& writer, const BookRow& row) {
    return writer.say(row.subject) + ": " + writer.say(row.name) +
           (row.condition.empty() ? "" : ", " + writer.say(row.condition));
}

Drawing chain_picture(const DocumentWriter& writer, const ExperimentResult& result, const BookRow& row) {
    std::vector<WaterfallStep> steps;
    std::vector<double> before;
    for (const WorldFigure& world : row.worlds) {
        const auto ingredient = world.world.rfind('+');
        const std::vector<double> values = samples_of(result, row, world.world);
        WaterfallStep step;
        step.label = ingredient == std::string::npos
                         ? writer.world(world.world)
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
