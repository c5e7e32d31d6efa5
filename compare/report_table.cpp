// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include <fmt/format.h>

#include "compare/report.h"

namespace isolab {
namespace {

constexpr unsigned title_width = 28;
constexpr unsigned least_column = 16;

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

std::string figure(double value, const std::string& unit) {
    return unit == "bytes" ? format_bytes(value) : format_duration(value);
}

class Table {
  public:
    Table(const ExperimentResult& result, const TableOptions& options) : result_(result), options_(options) {
        const std::size_t sides = std::max<std::size_t>(1, result.sides.size());
        const unsigned width = std::max(60U, options.width);
        column_ = std::max<std::size_t>(least_column, (width - title_width - 12) / sides);
        column_ = std::min<std::size_t>(column_, 36);
    }

    std::string text() {
        heading();
        metrics("start", {{"ready", "ready"}, {"stop", "stop"}});
        phases();
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
        const char* code = side == 0 ? "38;2;0;114;178" : "38;2;213;94;0"; // blue and vermilion of Okabe and Ito
        return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
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

    std::string mark_of(const SideResult& side) const {
        return std::ranges::find(side.marks, "tcg") != side.marks.end() ? " TCG" : "";
    }

    void heading() {
        const ExperimentPlan& plan = result_.plan;
        text_ += bold(plan.workload.title.empty() ? plan.workload.id : plan.workload.title) +
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
        std::string text = figure(s.median, metric->unit) + mark_of(side);
        if (interval && s.n > 1)
            text += fmt::format(" [{} – {}]", figure(s.low, metric->unit), figure(s.high, metric->unit));
        return columns(text) < column_ || !interval ? text : cell(side, id, false);
    }

    std::string ratio_text(const std::string& id) const {
        const MetricRatio* ratio = result_.find_ratio(id);
        if (ratio == nullptr)
            return "";
        return format_ratio(ratio->summary.ratio) + (ratio->summary.distinguishable ? "" : " ~");
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
        line((wanted.in_headline ? "  " : "  (") + wanted.title + (wanted.in_headline ? "" : ")"), cells);
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
                text_ +=
                    fmt::format("  {} {}: {}\n", run.side, run.index + 1,
                                run.ready ? "ready after " + format_duration(static_cast<double>(run.ready->count()))
                                          : "not ready");
    }

    void deployment() {
        section("first deployment");
        for (const SideResult& side : result_.sides)
            for (const DeploymentStep& step : side.deployment)
                text_ += fmt::format("  {}: {} {}{}\n", side.title, step.title,
                                     format_duration(static_cast<double>(step.duration.count())),
                                     step.cached ? " (was there already)" : "");
    }

    void contract() {
        if (std::ranges::any_of(result_.contract, &ContractEntry::differs))
            section("what differs between the sides");
        for (const ContractEntry& entry : result_.contract) {
            if (!entry.differs)
                continue;
            for (const SideResult& side : result_.sides) {
                const auto value = entry.values.find(side.side);
                paragraph(fmt::format("{}, {}: {}", entry.title, side.title,
                                      value == entry.values.end() ? "unknown" : value->second));
            }
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
            text_ += "  [a – b]: 95 % interval of the median.  ~: not distinguishable from no difference.\n";
        for (const Notice& notice : result_.notices)
            paragraph("! " + notice.text + (notice.remedy.empty() ? "" : " " + notice.remedy));
    }

    void paragraph(const std::string& text) {
        for (const std::string& part : wrapped(text, std::max(60U, options_.width) - 4))
            text_ += "  " + part + "\n";
    }

    const ExperimentResult& result_;
    const TableOptions& options_;
    std::size_t column_ = least_column;
    std::string text_;
};

} // namespace

std::string report_table(const ExperimentResult& result, const TableOptions& options) {
    return Table(result, options).text();
}

} // namespace isolab
