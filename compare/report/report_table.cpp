// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include <fmt/format.h>

#include "compare/model/format.h"
#include "compare/report/report.h"
#include "engine/base/text.h"

namespace isolab {
namespace {

constexpr unsigned title_width = 26;
constexpr unsigned ratio_width = 28;
constexpr unsigned least_column = 16;
constexpr unsigned widest_column = 36;

/// Columns that a UTF-8 text takes, for the letters used here: one for each code point.
std::size_t columns(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string padded(std::string text, std::size_t width) {
    const std::size_t used = columns(text);
    return used < width ? text + std::string(width - used, ' ') : std::move(text) + " ";
}

/// Breaks text at spaces so that no line is longer than `width`.
std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
    std::vector<std::string> lines{""};
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find_first_of(" \n", begin), text.size());
        const std::string word = text.substr(begin, end - begin);
        if (!lines.back().empty() && columns(lines.back()) + 1 + columns(word) > width)
            lines.emplace_back();
        lines.back() += (lines.back().empty() ? "" : " ") + word;
        begin = end + 1;
    }
    return lines;
}

/// Colours of the worlds by Okabe and Ito, as in the window: blue and vermilion, then green and purple.
const char* colour_of(const std::string& side, std::size_t place) {
    if (side == "container")
        return "38;2;0;114;178";
    if (side == "vm")
        return "38;2;213;94;0";
    return place % 2 == 0 ? "38;2;0;158;115" : "38;2;204;121;167";
}

bool has_mark(const std::vector<std::string>& marks, const char* mark) {
    return std::ranges::find(marks, mark) != marks.end();
}

/// What stands behind every figure of software emulation.
const char* emulation_mark(const std::vector<std::string>& marks) { return has_mark(marks, "tcg") ? " TCG" : ""; }

class Table {
  public:
    Table(const ExperimentResult& result, const TableOptions& options) : result_(result), options_(options) {
        const std::size_t sides = std::max<std::size_t>(1, result.sides.size());
        width_ = std::max(60U, options.width);
        column_ = (width_ - 2 - title_width - ratio_width) / sides;
        column_ = std::clamp<std::size_t>(column_, least_column, widest_column);
    }

    std::string text() {
        heading();
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
        races();
        deployment();
        contract();
        failures();
        notices();
        return std::move(text_);
    }

  private:
    std::string coloured(std::size_t side, std::string text) const {
        if (!options_.colour)
            return text;
        return fmt::format("\x1b[{}m{}\x1b[0m", colour_of(result_.sides[side].side, side), text);
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
        const bool emulated =
            std::ranges::any_of(result_.sides, [](const SideResult& side) { return has_mark(side.marks, "tcg"); });
        return emulated ? " TCG" : "";
    }

    void heading() {
        const ExperimentPlan& plan = result_.plan;
        text_ += bold(plain_text(plan.workload.title.empty() ? plan.workload.id : plan.workload.title)) +
                 fmt::format("  {} run{} per side, {} warm-up, seed {}{}\n", plan.runs, plan.runs == 1 ? "" : "s",
                             plan.warmup, plan.seed, result_.complete ? "" : ", incomplete");
        std::vector<std::string> titles;
        for (const SideResult& side : result_.sides)
            titles.push_back(side.title + mark_of(side));
        line("", titles, result_.sides.size() > 1 ? "ratio" : "");
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
    /// The sides beside each other, each value broken into lines of its column.
    void condition(const ContractEntry& entry) {
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

    const ExperimentResult& result_;
    const TableOptions& options_;
    unsigned width_ = 60;
    std::size_t column_ = least_column;
    std::string text_;
};

} // namespace

std::string report_table(const ExperimentResult& result, const TableOptions& options) {
    return Table(result, options).text();
}

} // namespace isolab
