// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "compare/model/format.h"
#include "compare/report/report.h"
#include "compare/report/text_layout.h"
#include "compare/report/world_rows.h"
#include "compare/textbook/finding.h"
#include "engine/base/text.h"

namespace isolab {
namespace {

constexpr unsigned title_width = 26;
constexpr unsigned ratio_width = 28;
constexpr unsigned book_width = 48;
constexpr unsigned least_column = 16;
constexpr unsigned widest_column = 36;

class Table {
  public:
    Table(const ComparisonResult& result, const TableOptions& options) : result_(result), options_(options) {
        const std::size_t sides = std::max<std::size_t>(1, result.sides.size());
        width_ = std::max(60U, options.width);
        column_ = (width_ - 2 - title_width - ratio_width) / sides;
        column_ = std::clamp<std::size_t>(column_, least_column, widest_column);
    }

    std::string text() {
        heading();
        if (result_.sides.size() > 2)
            text_ += world_rows(result_, options_);
        else
            figures();
        races();
        book();
        deployment();
        contract();
        failures();
        notices();
        return std::move(text_);
    }

  private:
    /// One column for each of the two sides.
    void figures() {
        std::vector<std::string> titles;
        for (const SideResult& side : result_.sides)
            titles.push_back(side.title + mark_of(side));
        line("", titles, result_.sides.size() > 1 ? "ratio" : "");
        start();
        phases();
        work();
        metrics("CPU time", {{"cpu_to_ready", "until ready"}, {"cpu_total", "altogether"}});
        metrics("memory", {{"memory", "host cost"}});
        memory_rows();
        metrics("disk", {{"disk.logical", "logical"},
                         {"disk.allocated", "allocated"},
                         {"disk.shared", "shared with others"},
                         {"disk.unique", "unique to this instance"}});
    }

    std::string coloured(std::size_t side, std::string text) const {
        if (!options_.colour)
            return text;
        return in_colour(text, world_of_id(result_.sides[side].side).colour);
    }
    std::string bold(const std::string& text) const { return options_.colour ? "\x1b[1m" + text + "\x1b[0m" : text; }

    void line(const std::string& title, const std::vector<std::string>& cells, const std::string& last = {}) {
        std::string row = "  " + padded(title, title_width);
        for (std::size_t i = 0; i < cells.size(); ++i)
            row += coloured(i, padded(cells[i], column_));
        row += last;
        row.erase(row.find_last_not_of(' ') + 1);
        text_ += row + "\n";
    }
    void section(const std::string& title) { text_ += "\n" + bold(title) + "\n"; }

    static std::string mark_of(const SideResult& side) { return emulation_mark(side.marks); }
    /// A ratio is of all sides.
    std::string mark_of_ratio() const {
        const bool emulated = std::ranges::any_of(
            result_.sides, [](const SideResult& side) { return *emulation_mark(side.marks) != '\0'; });
        return emulated ? " TCG" : "";
    }

    void heading() {
        const ComparisonPlan& plan = result_.plan;
        text_ += bold(plain_text(plan.workload.title.empty() ? plan.workload.id : plan.workload.title)) +
                 fmt::format("  {} run{} per side, {} warm-up, seed {}{}\n", plan.runs, plan.runs == 1 ? "" : "s",
                             plan.warmup, plan.seed, result_.complete ? "" : ", incomplete");
    }

    std::string cell(const SideResult& side, const std::string& id, bool interval) const {
        const MetricSummary* metric = result_.find_metric(side.side, id);
        if (metric == nullptr)
            return "–";
        const SampleSummary& s = metric->summary;
        std::string text = format_figure(s.median, metric->unit) + mark_of(side);
        if (interval && s.n > 1)
            text += " [" + format_interval(s.low, s.high, metric->unit) + "]";
        return columns(text) < column_ || !interval ? text : cell(side, id, false);
    }

    std::string ratio_text(const std::string& id) const {
        const MetricRatio* ratio = result_.find_ratio(id);
        if (ratio == nullptr)
            return "";
        const RatioSummary& s = ratio->summary;
        const std::string end = s.distinguishable ? "" : " ~";
        const std::string text = format_ratio(s.ratio) + mark_of_ratio();
        const std::string interval = " [" + format_ratio_interval(s.low, s.high) + "]";
        const bool fits = 2 + title_width + column_ * result_.sides.size() + columns(text + interval + end) <= width_;
        return text + (fits ? interval : "") + end;
    }

    bool has_metric(const std::string& id) const {
        return std::ranges::any_of(
            result_.sides, [&](const SideResult& side) { return result_.find_metric(side.side, id) != nullptr; });
    }

    void metric_line(const std::string& id, const std::string& title, bool interval) {
        if (!has_metric(id))
            return;
        std::vector<std::string> cells;
        for (const SideResult& side : result_.sides)
            cells.push_back(cell(side, id, interval));
        line(title, cells, ratio_text(id));
    }

    void metrics(const std::string& title, const std::vector<std::pair<std::string, std::string>>& rows) {
        if (std::ranges::none_of(rows, [&](const auto& row) { return has_metric(row.first); }))
            return;
        const bool memory = title == "memory" && !result_.sides.empty();
        section(memory ? "memory (" + result_.sides.front().memory_definition + ")" : title);
        for (const auto& [id, name] : rows)
            metric_line(id, name, true);
    }

    void start() {
        if (!has_metric("ready") && !has_metric("phase.stop"))
            return;
        section("start");
        metric_line("ready", "ready", true);
        spread("ready");
        metric_line("phase.stop", "stop", true);
    }

    /// How many runs counted and how far they lie apart.
    void spread(const std::string& id) {
        if (!has_metric(id))
            return;
        const auto row = [&](const char* title, auto&& text_of) {
            std::vector<std::string> cells;
            for (const SideResult& side : result_.sides) {
                const MetricSummary* metric = result_.find_metric(side.side, id);
                cells.push_back(metric != nullptr ? text_of(side, *metric) : "–");
            }
            line(title, cells);
        };
        row("  runs counted", [&](const SideResult&, const MetricSummary& metric) {
            return fmt::format("{} of {}", metric.summary.n, result_.plan.runs);
        });
        row("  middle half (IQR)", [](const SideResult& side, const MetricSummary& metric) {
            return format_interval(metric.summary.q1, metric.summary.q3, metric.unit) + mark_of(side);
        });
        if (std::ranges::any_of(result_.sides, [&](const SideResult& side) {
                const MetricSummary* metric = result_.find_metric(side.side, id);
                return metric != nullptr && metric->summary.p95.has_value();
            }))
            row("  95th percentile", [](const SideResult& side, const MetricSummary& metric) {
                return metric.summary.p95 ? format_figure(*metric.summary.p95, metric.unit) + mark_of(side) : "–";
            });
    }

    /// One row for each kernel that reported what it did.
    void work() {
        std::vector<std::pair<std::string, std::string>> rows;
        for (const SideResult& side : result_.sides)
            for (const MetricSummary& metric : side.metrics)
                if (metric.id.starts_with(work_prefix))
                    if (std::pair row(metric.id, metric.id.substr(work_prefix.size()));
                        std::ranges::find(rows, row) == rows.end())
                        rows.push_back(std::move(row));
        metrics("work per second", rows);
    }

    void phases() {
        if (!has_metric("ready"))
            return;
        section("phases");
        for (const std::string_view id : phase_ids)
            metric_line("phase." + std::string(id), std::string(id), false);
    }

    /// Rows of the last measured run of each side: each world has rows of its own. First those that add up to the
    /// headline, then those that stand beside it.
    void memory_rows() {
        std::vector<std::string> ids;
        for (const bool headline : {true, false})
            for (const SideResult& side : result_.sides)
                for (const MemoryRow& row : rows_of(side))
                    if (row.in_headline == headline && std::ranges::find(ids, row.id) == ids.end()) {
                        ids.push_back(row.id);
                        memory_line(row);
                    }
    }
    void memory_line(const MemoryRow& wanted) {
        std::vector<std::string> cells;
        for (const SideResult& side : result_.sides) {
            const auto rows = rows_of(side);
            const auto row = std::ranges::find(rows, wanted.id, &MemoryRow::id);
            cells.push_back(row == rows.end() ? "–" : format_bytes(static_cast<double>(row->bytes)) + mark_of(side));
        }
        line(plain_text((wanted.in_headline ? "  " : "  (") + wanted.title + (wanted.in_headline ? "" : ")")), cells);
    }
    std::vector<MemoryRow> rows_of(const SideResult& side) const {
        const auto last = std::find_if(result_.runs.rbegin(), result_.runs.rend(), [&](const RunResult& run) {
            return run.side == side.side && !run.warmup && run.memory_at_ready.has_value();
        });
        return last == result_.runs.rend() ? std::vector<MemoryRow>{} : last->memory_at_ready->rows;
    }

    void races() {
        if (result_.plan.mode != Mode::race)
            return;
        section("race: for the eye, not compared");
        for (const RunResult& run : result_.runs)
            if (run.mode == Mode::race)
                text_ += fmt::format("  {} {}: {}\n", run.side, run.index + 1, readiness_text(run));
    }
    static std::string readiness_text(const RunResult& run) {
        if (run.ready)
            return fmt::format("ready after {}{}", format_duration(static_cast<double>(run.ready->count())),
                               emulation_mark(run.marks));
        const bool ended_by_itself = run.exit && run.error && run.error->kind == ErrorKind::system;
        return ended_by_itself ? "ended before it was ready" : "not ready";
    }

    void deployment() {
        section("first deployment");
        for (const SideResult& side : result_.sides)
            for (const DeploymentStep& step : side.deployment)
                paragraph(fmt::format("{}: {} {}{}", side.title, step.title,
                                      format_duration(static_cast<double>(step.duration.count())),
                                      step.cached ? " (was there already)" : ""));
    }

    void contract() {
        if (std::ranges::any_of(result_.contract, &ContractEntry::differs))
            section("what differs between the sides");
        for (const ContractEntry& entry : result_.contract) {
            if (!entry.differs)
                continue;
            condition(entry);
        }
    }
    void book() {
        if (result_.plan.mode == Mode::race || !machine_over_container(result_.plan))
            return;
        section("the book says of machines and containers · measured here");
        for (const Finding& finding : textbook_findings(result_)) {
            if (finding.measured.empty())
                continue;
            std::string text = english(finding.measured) + (finding.ratio && finding.emulated ? " TCG" : "");
            if (finding.ratio && finding.runs > 1)
                text += " [" + format_ratio_interval(finding.ratio->low, finding.ratio->high) + "]";
            if (!finding.doubt.empty())
                text += ", " + english(finding.doubt);
            text_ += "  " + padded(english(finding.claim->subject), title_width) +
                     padded(english(finding.claim->words), book_width) + text + "\n";
        }
    }
    /// The sides beside each other, each value broken into lines of its column.
    void condition(const ContractEntry& entry) {
        if (result_.sides.size() > 2)
            return group_condition(entry);
        const std::size_t width = (width_ - 2 - title_width) / result_.sides.size();
        std::vector<std::vector<std::string>> columns_of_lines;
        std::size_t lines = 0;
        for (const SideResult& side : result_.sides) {
            const auto value = entry.values.find(side.side);
            columns_of_lines.push_back(
                wrapped(plain_text(value == entry.values.end() ? "unknown" : english(value->second)), width - 2));
            lines = std::max(lines, columns_of_lines.back().size());
        }
        for (std::size_t row = 0; row < lines; ++row) {
            std::vector<std::string> cells;
            for (const auto& column : columns_of_lines)
                cells.push_back(padded(row < column.size() ? column[row] : "", width));
            line(row == 0 ? plain_text(english(contract_title(entry.key))) : "", cells);
        }
    }

    /// "kernel   Host, Container: 6.18.5"; a line for each value.
    void group_condition(const ContractEntry& entry) {
        std::vector<std::pair<std::string, std::string>> groups; // value, worlds
        for (const SideResult& side : result_.sides) {
            const auto found = entry.values.find(side.side);
            const std::string value = found == entry.values.end() ? "unknown" : english(found->second);
            const auto group = std::ranges::find(groups, value, &std::pair<std::string, std::string>::first);
            if (group == groups.end())
                groups.emplace_back(value, side.title);
            else
                group->second += ", " + side.title;
        }
        std::string title = plain_text(english(contract_title(entry.key)));
        for (const auto& [value, worlds] : groups)
            for (const std::string& part : wrapped(plain_text(worlds + ": " + value), width_ - 4 - title_width))
                line(std::exchange(title, {}), {}, part);
    }

    void failures() {
        text_ += "\n";
        for (const SideResult& side : result_.sides)
            if (side.error)
                paragraph(side.title + " failed: " + side.error->message());
        for (const RunResult& run : result_.runs)
            if (run.error && !run.warmup)
                paragraph(fmt::format("{}, run {} failed: {}", run.side, run.index + 1, run.error->message()));
    }

    void notices() {
        if (result_.sides.size() > 1 && !result_.ratios.empty())
            text_ += "  [a – b]: 95 % interval of the median or ratio.  ~: not distinguishable from no difference.\n";
        for (const Notice& notice : result_.notices)
            paragraph("! " + english(notice.text) + (notice.remedy.empty() ? "" : " " + english(notice.remedy)));
    }

    void paragraph(const std::string& text) {
        for (const std::string& part : wrapped(plain_text(text), width_ - 4))
            text_ += "  " + part + "\n";
    }

    const ComparisonResult& result_;
    const TableOptions& options_;
    unsigned width_ = 60;
    std::size_t column_ = least_column;
    std::string text_;
};

} // namespace

std::string report_table(const ComparisonResult& result, const TableOptions& options) {
    return Table(result, options).text();
}

} // namespace isolab
