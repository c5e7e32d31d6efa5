// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/report/report_csv.h"

#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compare/report/report_parts.h"
#include "engine/base/utc_time.h"

namespace isolab {
namespace {

using Cells = std::vector<std::string>;

std::string number(double value) { return fmt::format("{}", value); }
std::string number(const std::optional<double>& value) { return value ? number(*value) : std::string(); }

void add_line(std::string& text, const Cells& cells) { text += fmt::format("{}\n", fmt::join(cells, ",")); }

/// What stands in each row of a run.
Cells run_cells(const ComparisonResult& result, const RunResult& run) {
    return {csv_cell(result.id),
            utc_text(result.started_at, 0),
            csv_cell(result.plan.workload.id),
            csv_cell(run.side),
            fmt::format("{}", run.index + 1),
            run.warmup ? "1" : "0",
            mode_id(run.mode),
            csv_cell(fmt::format("{}", fmt::join(run.marks, " "))),
            run.error ? csv_cell(run.error->message()) : ""};
}

class RunRows {
  public:
    RunRows(std::string& text, Cells head) : text_(text), head_(std::move(head)) {}
    void add(const std::string& figure, const char* unit, const std::optional<double>& value) {
        if (!value)
            return;
        Cells cells = head_;
        cells.insert(cells.end(), {csv_cell(figure), unit, number(*value)});
        add_line(text_, cells);
        any_ = true;
    }
    template <class T> void add_size(const std::string& figure, const std::optional<T>& bytes) {
        add(figure, "bytes", bytes ? std::optional(static_cast<double>(*bytes)) : std::nullopt);
    }
    void add_time(const std::string& figure, const std::optional<Nanoseconds>& time) {
        add(figure, "ns", time ? std::optional(static_cast<double>(time->count())) : std::nullopt);
    }
    /// A run without any figure, one that failed early, has a row nevertheless.
    void finish() {
        if (any_)
            return;
        Cells cells = head_;
        cells.insert(cells.end(), {"", "", ""});
        add_line(text_, cells);
    }

  private:
    std::string& text_;
    Cells head_;
    bool any_ = false;
};

void add_run(std::string& text, const ComparisonResult& result, const RunResult& run) {
    RunRows rows(text, run_cells(result, run));
    for (const PhaseSpan& span : run.phases) {
        if (!span.measured)
            continue;
        rows.add_time("phase." + std::string(phase_id(span.phase)), span.duration);
        rows.add_time("phase_cpu." + std::string(phase_id(span.phase)), span.cpu);
    }
    rows.add_time("ready", run.ready);
    rows.add_time("cpu_to_ready", run.cpu_to_ready);
    rows.add_time("cpu_total", run.cpu_total);
    rows.add_size("peak_memory", run.peak_memory);
    if (run.memory_at_ready) {
        rows.add_size("memory", std::optional(run.memory_at_ready->host_cost));
        for (const MemoryRow& row : run.memory_at_ready->rows)
            rows.add_size("memory." + row.id, std::optional(row.bytes));
    }
    if (run.disk) {
        rows.add_size("disk.logical", std::optional(run.disk->logical));
        rows.add_size("disk.allocated", std::optional(run.disk->allocated));
        rows.add_size("disk.shared", std::optional(run.disk->shared));
        rows.add_size("disk.unique", std::optional(run.disk->unique));
    }
    for (const auto& [kernel, rate] : run.work)
        rows.add(std::string(work_prefix) + kernel, "1/s", rate);
    rows.finish();
}

Cells ratio_cells(const ComparisonResult& result, const std::string& side, const std::string& metric) {
    const MetricRatio* ratio = result.find_ratio(metric, {side, result.plan.sides.front()});
    if (ratio == nullptr)
        return {"", "", "", "", "", ""};
    const RatioSummary& s = ratio->summary;
    return {csv_cell(ratio->pair.to), number(s.ratio),   number(s.low),
            number(s.high),           number(s.p_value), s.distinguishable ? "1" : "0"};
}

} // namespace

std::string csv_cell(std::string_view text) {
    const bool formula = !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
    std::string cell = formula ? "'" : "";
    cell += text;
    if (cell.find_first_of(",\"\n\r") == std::string::npos && cell.find('\0') == std::string::npos)
        return cell;
    std::string quoted = "\"";
    for (const char letter : cell) {
        if (letter == '\0')
            continue; // which ends a text for most readers
        quoted += letter;
        if (letter == '"')
            quoted += '"';
    }
    return quoted + "\"";
}

std::string report_csv(const std::vector<ComparisonResult>& results) {
    std::string text = "result,started,workload,world,run,warmup,mode,marks,error,figure,unit,value\n";
    for (const ComparisonResult& result : results)
        for (const RunResult& run : result.runs)
            add_run(text, result, run);
    return text;
}

std::string summary_csv(const std::vector<ComparisonResult>& results) {
    std::string text =
        "result,started,workload,world,marks,figure,unit,runs,median,low,high,q1,q3,min,max,p95,outliers,"
        "baseline,ratio,ratio_low,ratio_high,p_value,distinguishable\n";
    for (const ComparisonResult& result : results)
        for (const SideResult& side : result.sides)
            for (const MetricSummary& metric : side.metrics) {
                const SampleSummary& s = metric.summary;
                Cells cells{csv_cell(result.id),
                            utc_text(result.started_at, 0),
                            csv_cell(result.plan.workload.id),
                            csv_cell(side.side),
                            csv_cell(fmt::format("{}", fmt::join(side.marks, " "))),
                            csv_cell(metric.id),
                            csv_cell(metric.unit),
                            fmt::format("{}", s.n),
                            number(s.median),
                            number(s.low),
                            number(s.high),
                            number(s.q1),
                            number(s.q3),
                            number(s.min),
                            number(s.max),
                            number(s.p95),
                            fmt::format("{}", s.outliers.size())};
                const Cells ratio = ratio_cells(result, side.side, metric.id);
                cells.insert(cells.end(), ratio.begin(), ratio.end());
                add_line(text, cells);
            }
    return text;
}

} // namespace isolab
