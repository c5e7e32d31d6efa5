// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/report/report_markdown.h"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compare/model/format.h"
#include "compare/report/text_layout.h"
#include "compare/textbook/finding.h"
#include "engine/base/text.h"
#include "engine/base/utc_time.h"

namespace isolab {
namespace {

struct Figure {
    std::string id;
    std::string title;
};

/// Those that any world has, in the order of the table.
std::vector<Figure> figures_of(const ComparisonResult& result) {
    std::vector<Figure> all{{"ready", "ready"}};
    for (const std::string_view id : phase_ids)
        all.push_back({"phase." + std::string(id), "phase " + std::string(id)});
    std::set<std::string> kernels;
    for (const SideResult& side : result.sides)
        for (const MetricSummary& metric : side.metrics)
            if (metric.id.starts_with(work_prefix))
                kernels.insert(metric.id);
    for (const std::string& id : kernels)
        all.push_back({id, "work per second: " + id.substr(work_prefix.size())});
    all.insert(all.end(), {{"cpu_to_ready", "CPU until ready"},
                           {"cpu_total", "CPU altogether"},
                           {"memory", "memory, host cost"},
                           {"disk.logical", "disk, logical"},
                           {"disk.allocated", "disk, allocated"},
                           {"disk.shared", "disk, shared"},
                           {"disk.unique", "disk, unique"}});
    std::erase_if(all, [&](const Figure& figure) {
        return std::ranges::none_of(
            result.sides, [&](const SideResult& side) { return result.find_metric(side.side, figure.id) != nullptr; });
    });
    return all;
}

std::string line_of(const std::vector<std::string>& cells) { return fmt::format("| {} |\n", fmt::join(cells, " | ")); }

std::string rule(std::size_t columns) {
    std::string text = "|";
    for (std::size_t i = 0; i < columns; ++i)
        text += i == 0 ? "---|" : "---:|";
    return text + "\n";
}

std::string name_of(const SideResult& side) { return markdown_text(side.title + emulation_mark(side.marks)); }

std::string figure_text(const ComparisonResult& result, const SideResult& side, const std::string& id) {
    const MetricSummary* metric = result.find_metric(side.side, id);
    if (metric == nullptr)
        return "–";
    const SampleSummary& s = metric->summary;
    std::string text = format_figure(s.median, metric->unit);
    if (s.n > 1)
        text += " [" + format_interval(s.low, s.high, metric->unit) + "]";
    return text;
}

std::string ratio_text(const ComparisonResult& result, const SideResult& side, const std::string& id) {
    const MetricRatio* ratio = result.find_ratio(id, {side.side, result.plan.sides.front()});
    if (ratio == nullptr)
        return "–";
    return format_ratio(ratio->summary.ratio) + " [" + format_ratio_interval(ratio->summary.low, ratio->summary.high) +
           "]" + (ratio->summary.distinguishable ? "" : " \\~");
}

std::string figure_table(const ComparisonResult& result) {
    std::vector<std::string> head{""};
    for (const SideResult& side : result.sides)
        head.push_back(name_of(side));
    for (std::size_t i = 1; i < result.sides.size(); ++i)
        head.push_back(name_of(result.sides[i]) + " / " + markdown_text(result.sides.front().title));
    std::string text = line_of(head) + rule(head.size());
    for (const Figure& figure : figures_of(result)) {
        std::vector<std::string> cells{markdown_text(figure.title)};
        for (const SideResult& side : result.sides)
            cells.push_back(figure_text(result, side, figure.id));
        for (std::size_t i = 1; i < result.sides.size(); ++i)
            cells.push_back(ratio_text(result, result.sides[i], figure.id));
        text += line_of(cells);
    }
    return text + "\nMedians [95 % interval]. \\~: not distinguishable from no difference. TCG: software emulation.\n";
}

std::string book_table(const ComparisonResult& result) {
    if (result.plan.mode == Mode::race || !machine_over_container(result.plan))
        return {};
    std::string text = "\n### The book says · measured here\n\n" + line_of({"", "machine / container", "measured"}) +
                       "|---|---|---|\n";
    for (const Finding& finding : textbook_findings(result)) {
        std::string measured = finding.measured.empty() ? "–" : english(finding.measured);
        if (finding.ratio && finding.runs > 1)
            measured += " [" + format_ratio_interval(finding.ratio->low, finding.ratio->high) + "]";
        if (!finding.doubt.empty())
            measured += ", " + english(finding.doubt);
        text += line_of({markdown_text(english(finding.claim->subject)), markdown_text(english(finding.claim->words)),
                         markdown_text(measured)});
    }
    return text;
}

std::string contract_table(const ComparisonResult& result) {
    if (std::ranges::none_of(result.contract, &ContractEntry::differs))
        return {};
    std::vector<std::string> head{""};
    for (const SideResult& side : result.sides)
        head.push_back(name_of(side));
    std::string text = "\n### What differs between the sides\n\n" + line_of(head) + "|";
    for (std::size_t i = 0; i < head.size(); ++i)
        text += "---|";
    text += "\n";
    for (const ContractEntry& entry : result.contract) {
        if (!entry.differs)
            continue;
        std::vector<std::string> cells{markdown_text(english(contract_title(entry.key)))};
        for (const SideResult& side : result.sides) {
            const auto value = entry.values.find(side.side);
            cells.push_back(value == entry.values.end() ? "–" : markdown_text(english(value->second)));
        }
        text += line_of(cells);
    }
    return text;
}

std::string remarks(const ComparisonResult& result) {
    std::string text;
    for (const SideResult& side : result.sides)
        if (side.error)
            text += "- " + markdown_text(side.title + " failed: " + side.error->message()) + "\n";
    for (const Notice& notice : result.notices)
        text += "- " + markdown_text(english(notice.text)) +
                (notice.remedy.empty() ? "" : " " + markdown_text(english(notice.remedy))) + "\n";
    return text.empty() ? text : "\n### What to know\n\n" + text;
}

} // namespace

std::string markdown_text(std::string_view text) {
    std::string escaped;
    for (const char letter : plain_text(text)) {
        if (letter == '\n') {
            escaped += ' ';
            continue;
        }
        if (std::string_view("\\`*_{}[]<>#|~&!").find(letter) != std::string_view::npos)
            escaped += '\\';
        escaped += letter;
    }
    return escaped;
}

std::string report_markdown(const ComparisonResult& result) {
    const ComparisonPlan& plan = result.plan;
    std::string text = fmt::format("## {}\n\n{} run{} per side, {} warm-up, seed {}, {}{}.\n\n",
                                   markdown_text(plan.workload.title.empty() ? plan.workload.id : plan.workload.title),
                                   plan.runs, plan.runs == 1 ? "" : "s", plan.warmup, plan.seed,
                                   utc_text(result.started_at, 0), result.complete ? "" : ", incomplete");
    if (!result.sides.empty())
        text += figure_table(result);
    return text + book_table(result) + contract_table(result) + remarks(result);
}

} // namespace isolab
