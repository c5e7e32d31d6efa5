// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "compare/chart/charts.h"
#include "compare/model/format.h"
#include "compare/report/document_parts.h"
#include "compare/textbook/finding.h"
#include "engine/base/utc_time.h"

namespace isolab {
namespace {

Fact count_fact(double number) { return Fact::quantity(number, "count"); }

const char* emulated_mark(const SideResult& side) {
    return std::ranges::find(side.marks, "tcg") != side.marks.end() ? " TCG" : "";
}

/// One picture for a figure of all sides.
void write_box_plot(DocumentWriter& writer, const ComparisonResult& result, const std::string& metric) {
    std::vector<BoxLane> lanes;
    std::string unit;
    for (const SideResult& side : result.sides) {
        const MetricSummary* found = result.find_metric(side.side, metric);
        if (found == nullptr)
            continue;
        unit = found->unit;
        BoxLane lane{
            writer.world(side.side), side.side, sample_of(result, side.side, metric),
            found->summary.median,   {},        format_figure(found->summary.median, unit) + emulated_mark(side)};
        if (found->summary.n > 1)
            lane.interval = Interval{found->summary.low, found->summary.high};
        lanes.push_back(std::move(lane));
    }
    if (!lanes.empty())
        writer.figure(box_plot(lanes, unit, writer.say(figure_name(metric))));
}

void write_phases(DocumentWriter& writer, const ComparisonResult& result) {
    std::vector<StackBar> bars;
    for (const SideResult& side : result.sides) {
        StackBar bar{writer.world(side.side), side.side, {}};
        for (const std::string_view id : phase_ids) {
            const MetricSummary* metric = result.find_metric(side.side, "phase." + std::string(id));
            if (metric != nullptr && id != "stop" && metric->summary.median > 0)
                bar.parts.push_back({writer.say(("phase." + std::string(id)).c_str()), metric->summary.median});
        }
        if (!bar.parts.empty())
            bars.push_back(std::move(bar));
    }
    if (bars.empty())
        return;
    writer.heading(2, writer.say("report.phases"));
    writer.figure(stacked_bars(bars, "ns", writer.say("report.phases")));
}

void write_disk(DocumentWriter& writer, const ComparisonResult& result) {
    std::vector<StackBar> bars;
    for (const SideResult& side : result.sides) {
        const MetricSummary* shared = result.find_metric(side.side, "disk.shared");
        const MetricSummary* unique = result.find_metric(side.side, "disk.unique");
        if (shared != nullptr && unique != nullptr)
            bars.push_back({writer.world(side.side),
                            side.side,
                            {{writer.say("report.disk_shared"), shared->summary.median},
                             {writer.say("report.disk_unique"), unique->summary.median}}});
    }
    if (bars.empty())
        return;
    writer.heading(2, writer.say("report.disk"));
    writer.figure(stacked_bars(bars, "bytes", writer.say("report.disk")));
}

void write_book(DocumentWriter& writer, const ComparisonResult& result) {
    if (result.plan.mode == Mode::race || !machine_over_container(result.plan))
        return;
    DocumentTable table;
    table.head = {{}, {writer.say("report.book")}, {writer.say("report.measured")}};
    for (const Finding& finding : textbook_findings(result)) {
        std::string measured = finding.measured.empty() ? "–" : writer.say(finding.measured);
        if (finding.ratio && finding.runs > 1)
            measured += " [" + format_ratio_interval(finding.ratio->low, finding.ratio->high) + "]";
        if (!finding.doubt.empty())
            measured = writer.say("text.but", {measured, finding.doubt});
        table.rows.push_back(
            {{writer.say(finding.claim->subject), {}, false, true}, {writer.say(finding.claim->words)}, {measured}});
    }
    writer.table(std::move(table));
}

std::vector<std::string> metric_ids(const ComparisonResult& result) {
    std::vector<std::string> ids;
    for (const SideResult& side : result.sides)
        for (const MetricSummary& metric : side.metrics)
            if (std::ranges::find(ids, metric.id) == ids.end())
                ids.push_back(metric.id);
    return ids;
}

void write_all_figures(DocumentWriter& writer, const ComparisonResult& result) {
    DocumentTable table;
    table.head.push_back({});
    for (const SideResult& side : result.sides)
        table.head.push_back({writer.world(side.side) + emulated_mark(side), side.side, true, true});
    for (const std::string& id : metric_ids(result)) {
        table.rows.push_back({{writer.say(figure_name(id))}});
        for (const SideResult& side : result.sides) {
            const MetricSummary* metric = result.find_metric(side.side, id);
            std::string text = "–";
            if (metric != nullptr) {
                text = format_figure(metric->summary.median, metric->unit);
                if (metric->summary.n > 1)
                    text += " [" + format_interval(metric->summary.low, metric->summary.high, metric->unit) + "]";
            }
            table.rows.back().push_back({std::move(text), {}, true});
        }
    }
    writer.heading(2, writer.say("report.all_figures"));
    writer.table(std::move(table));
}

void write_differences(DocumentWriter& writer, const ComparisonResult& result) {
    DocumentTable table;
    table.head.push_back({});
    for (const SideResult& side : result.sides)
        table.head.push_back({writer.world(side.side), side.side, false, true});
    for (const ContractEntry& entry : result.contract) {
        if (!entry.differs)
            continue;
        table.rows.push_back({{writer.say(contract_title(entry.key))}});
        for (const SideResult& side : result.sides) {
            const auto value = entry.values.find(side.side);
            table.rows.back().push_back({value == entry.values.end() ? "–" : writer.say(value->second)});
        }
    }
    if (table.rows.empty())
        return;
    writer.heading(2, writer.say("report.differences"));
    writer.table(std::move(table));
}

} // namespace

Document comparison_document(const ComparisonResult& result, const Speech& speech) {
    const Workload& workload = result.plan.workload;
    const std::string title = speech.say(workload.title.empty() ? workload.id : workload.title);
    DocumentWriter writer(title, speech);
    writer.heading(1, title);
    writer.caption(
        writer.sentences({Fact::said("report.made", {utc_text(result.started_at, 0), result.id}),
                          Fact::said("report.runs", {count_fact(result.plan.runs), count_fact(result.plan.warmup),
                                                     std::to_string(result.plan.seed)})}));
    for (const SideResult& side : result.sides)
        if (side.error)
            writer.note(writer.say("row.failed", {world_name(side.side, side.title), side.error->message()}));
    write_book(writer, result);
    write_box_plot(writer, result, "ready");
    write_phases(writer, result);
    writer.heading(2, writer.say("claim.memory"));
    write_box_plot(writer, result, "memory");
    write_disk(writer, result);
    write_all_figures(writer, result);
    writer.caption(writer.say("report.legend"));
    write_differences(writer, result);
    for (const Notice& notice : result.notices)
        writer.note(writer.sentences({notice.text, notice.remedy}));
    writer.environment(result.environment);
    return writer.finish();
}

} // namespace isolab
