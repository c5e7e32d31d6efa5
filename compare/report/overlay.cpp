// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/report/overlay.h"

#include <algorithm>
#include <array>
#include <set>

#include "compare/chart/charts.h"
#include "compare/model/format.h"
#include "compare/report/difference.h"
#include "compare/report/document_parts.h"
#include "engine/base/text.h"

namespace isolab {
namespace {

using Overlaid = std::vector<OverlaidResult>;

constexpr std::size_t longest_field_value = 80; ///< characters
constexpr std::array first_figures{"ready", "memory", "disk.unique", "cpu_to_ready", "cpu_total"};

void add_new(std::vector<std::string>& list, const std::string& word) {
    if (std::ranges::find(list, word) == list.end())
        list.push_back(word);
}

std::vector<std::string> worlds_of(const Overlaid& results) {
    std::vector<std::string> worlds;
    for (const OverlaidResult& one : results)
        for (const SideResult& side : one.result->sides)
            add_new(worlds, side.side);
    return worlds;
}

bool is_emulated(const SideResult& side) { return std::ranges::find(side.marks, "tcg") != side.marks.end(); }

BoxLane lane_of(const DocumentWriter& writer, const ComparisonResult& result, const SideResult& side,
                const MetricSummary& metric) {
    BoxLane lane{writer.world(side.side), side.side, sample_of(result, side.side, metric.id), metric.summary.median};
    lane.figure = format_figure(metric.summary.median, metric.unit) + (is_emulated(side) ? " TCG" : "");
    if (metric.summary.n > 1)
        lane.interval = Interval{metric.summary.low, metric.summary.high};
    return lane;
}

/// Memory, for one, is not the same thing everywhere.
void tell_definitions(DocumentWriter& writer, const Overlaid& results) {
    std::set<std::string> definitions;
    for (const OverlaidResult& one : results)
        for (const SideResult& side : one.result->sides)
            if (!side.memory_definition.empty())
                definitions.insert(side.memory_definition);
    if (definitions.size() > 1)
        writer.note(writer.say("overlay.definitions"));
}

void write_overlay_picture(DocumentWriter& writer, const Overlaid& results, const std::vector<std::string>& labels,
                           const std::string& figure) {
    std::vector<BoxLane> lanes;
    std::string unit;
    for (const std::string& world : worlds_of(results))
        for (std::size_t i = 0; i < results.size(); ++i) {
            const ComparisonResult& result = *results[i].result;
            const SideResult* side = result.find_side(world);
            const MetricSummary* metric = result.find_metric(world, figure);
            if (side == nullptr || metric == nullptr || (!unit.empty() && metric->unit != unit))
                continue;
            unit = metric->unit;
            lanes.push_back(lane_of(writer, result, *side, *metric));
            lanes.back().note = labels[i];
        }
    if (lanes.empty())
        return writer.paragraph(writer.say("overlay.nothing", {figure_name(figure)}));
    writer.figure(box_plot(lanes, unit, writer.say(figure_name(figure))));
    if (figure == "memory")
        tell_definitions(writer, results);
}

void write_fields(DocumentWriter& writer, const char* title, const std::vector<FieldDifference>& fields,
                  const std::vector<std::string>& labels) {
    if (fields.empty())
        return;
    DocumentTable table;
    table.head = {{}, {labels[0]}, {labels[1]}};
    for (const FieldDifference& field : fields)
        table.rows.push_back({{plain_text(field.field)},
                              {field.a.empty() ? "–" : plain_text(field.a, longest_field_value)},
                              {field.b.empty() ? "–" : plain_text(field.b, longest_field_value)}});
    writer.heading(2, writer.say(title));
    writer.table(std::move(table));
}

std::string estimate_words(const std::optional<Estimate>& estimate, const std::string& unit) {
    return estimate ? format_figure(estimate->value, unit) : "–";
}

std::string ratio_words(const FigureDifference& figure) {
    if (!figure.ratio)
        return "–";
    const RatioSummary& ratio = *figure.ratio;
    return format_ratio(ratio.ratio) + " [" + format_ratio_interval(ratio.low, ratio.high) + "]" +
           (ratio.distinguishable ? "" : " ~");
}

void write_side_figures(DocumentWriter& writer, const SideDifference& side) {
    if (!side.reason.empty())
        writer.note(writer.say("overlay.not_comparable", {world_name(side.side, side.side), side.reason}));
    if (side.figures.empty())
        return;
    writer.heading(3, writer.world(side.side));
    DocumentTable table;
    table.head = {{}, {"A", {}, true}, {"B", {}, true}, {writer.say("overlay.ratio"), {}, true}};
    for (const FigureDifference& figure : side.figures)
        table.rows.push_back({{writer.say(figure_name(figure.id))},
                              {estimate_words(figure.a, figure.unit), {}, true},
                              {estimate_words(figure.b, figure.unit), {}, true},
                              {ratio_words(figure), {}, true}});
    writer.table(std::move(table));
}

void write_difference(DocumentWriter& writer, const Overlaid& results, const std::vector<std::string>& labels) {
    const auto difference = difference_of(*results[0].result, *results[1].result);
    if (!difference)
        return writer.note(difference.error().message());
    if (difference->plan.empty() && difference->environment.empty())
        writer.paragraph(writer.say("overlay.same"));
    const std::vector<std::string> heads{"A (" + labels[0] + ")", "B (" + labels[1] + ")"};
    writer.caption("A: " + labels[0] + " · B: " + labels[1]);
    write_fields(writer, "overlay.plan", difference->plan, heads);
    write_fields(writer, "overlay.machine", difference->environment, heads);
    if (std::ranges::any_of(difference->sides, [](const SideDifference& side) { return !side.figures.empty(); }))
        writer.heading(2, writer.say("overlay.figures"));
    for (const SideDifference& side : difference->sides)
        write_side_figures(writer, side);
    writer.caption(writer.say("overlay.legend"));
    write_fields(writer, "overlay.load", difference->load, heads);
}

} // namespace

std::vector<std::string> overlay_labels(const Overlaid& results, const Speech& speech) {
    std::multiset<std::string> origins;
    for (const OverlaidResult& one : results)
        origins.insert(one.origin);
    const bool one_machine = !results.empty() && origins.count(results.front().origin) == results.size();
    std::vector<std::string> labels;
    for (const OverlaidResult& one : results) {
        const std::string origin =
            one.origin.empty() ? speech.say(Fact::said("overlay.this_machine")) : plain_text(one.origin);
        labels.push_back(one_machine ? one.date : origins.count(one.origin) == 1 ? origin : origin + " · " + one.date);
    }
    return labels;
}

std::vector<std::string> overlay_figures(const Overlaid& results) {
    std::vector<std::string> all;
    for (const OverlaidResult& one : results)
        for (const SideResult& side : one.result->sides)
            for (const MetricSummary& metric : side.metrics)
                add_new(all, metric.id);
    const auto rank = [](const std::string& id) {
        return std::ranges::find(first_figures, id) - first_figures.begin();
    };
    std::ranges::stable_sort(all, {}, rank);
    return all;
}

Document overlay_document(const Overlaid& results, const std::string& figure, const Speech& speech) {
    DocumentWriter writer(speech.say(Fact::said("overlay.title")), speech);
    const std::vector<std::string> labels = overlay_labels(results, speech);
    write_overlay_picture(writer, results, labels, figure);
    if (results.size() == 2)
        write_difference(writer, results, labels);
    return writer.finish();
}

} // namespace isolab
