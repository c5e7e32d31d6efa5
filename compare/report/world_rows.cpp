// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/report/world_rows.h"

#include <algorithm>
#include <set>

#include "compare/model/format.h"
#include "compare/report/text_layout.h"
#include "engine/base/text.h"

namespace isolab {
namespace {

constexpr std::size_t least_gap = 2;

/// A grid whose columns are as wide as their longest cell.
class Grid {
  public:
    explicit Grid(std::vector<std::string> head) : rows_{std::move(head)} {}
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }

    /// `paint` gets the number of a row, from 0, and the text of its first cell.
    template <class Paint> std::string text(Paint&& paint) const {
        std::vector<std::size_t> widths(rows_.front().size());
        for (const auto& row : rows_)
            for (std::size_t i = 0; i < row.size(); ++i)
                widths[i] = std::max(widths[i], columns(row[i]) + least_gap);
        std::string all;
        for (std::size_t number = 0; number < rows_.size(); ++number) {
            std::string line = "  ";
            for (std::size_t i = 0; i < rows_[number].size(); ++i) {
                const std::string cell = padded(rows_[number][i], widths[i]);
                line += i == 0 && number > 0 ? paint(number - 1, cell) : cell;
            }
            line.erase(line.find_last_not_of(' ') + 1);
            all += line + "\n";
        }
        return all;
    }

  private:
    std::vector<std::vector<std::string>> rows_;
};

struct Column {
    std::string metric;
    std::string title;
    bool full = true; ///< with interval and ratio
};

class WorldRows {
  public:
    WorldRows(const ComparisonResult& result, const TableOptions& options) : result_(result), options_(options) {}

    std::string text() const {
        std::string all = section("start", {{"ready", "ready"}, {"phase.stop", "stop"}});
        all += section("phases", phase_columns());
        all += section("work per second", work_columns());
        all += section("CPU time", {{"cpu_to_ready", "until ready"}, {"cpu_total", "altogether"}});
        all += section("memory (" + result_.sides.front().memory_definition + ")", {{"memory", "host cost"}});
        all += section("disk", {{"disk.logical", "logical", false},
                                {"disk.allocated", "allocated", false},
                                {"disk.shared", "shared", false},
                                {"disk.unique", "unique to this instance"}});
        return all + other_ratios();
    }

  private:
    std::vector<Column> phase_columns() const {
        std::vector<Column> all;
        for (const std::string_view id : phase_ids)
            all.push_back({"phase." + std::string(id), std::string(id), false});
        return all;
    }
    std::vector<Column> work_columns() const {
        std::set<std::string> kernels;
        for (const SideResult& side : result_.sides)
            for (const MetricSummary& metric : side.metrics)
                if (metric.id.starts_with(work_prefix))
                    kernels.insert(metric.id);
        std::vector<Column> all;
        for (const std::string& id : kernels)
            all.push_back({id, id.substr(work_prefix.size())});
        return all;
    }

    bool is_measured(const Column& column) const {
        return std::ranges::any_of(result_.sides, [&](const SideResult& side) {
            return result_.find_metric(side.side, column.metric) != nullptr;
        });
    }

    std::string section(const std::string& title, std::vector<Column> all) const {
        std::erase_if(all, [&](const Column& column) { return !is_measured(column); });
        if (all.empty())
            return {};
        std::vector<std::string> head{""};
        for (const Column& column : all) {
            head.push_back(plain_text(column.title));
            if (column.full)
                head.emplace_back("ratio");
        }
        Grid grid(std::move(head));
        for (const SideResult& side : result_.sides)
            grid.add(row(side, all));
        return "\n" + (options_.colour ? "\x1b[1m" + title + "\x1b[0m" : title) + "\n" +
               grid.text([&](std::size_t number, const std::string& cell) {
                   return options_.colour ? in_colour(cell, world_of_id(result_.sides[number].side).colour) : cell;
               });
    }

    std::vector<std::string> row(const SideResult& side, const std::vector<Column>& all) const {
        std::vector<std::string> cells{side.title + emulation_mark(side.marks)};
        for (const Column& column : all) {
            const MetricSummary* metric = result_.find_metric(side.side, column.metric);
            if (metric == nullptr) {
                cells.emplace_back("–");
                if (column.full)
                    cells.emplace_back();
                continue;
            }
            const SampleSummary& s = metric->summary;
            std::string figure = format_figure(s.median, metric->unit) + emulation_mark(side.marks);
            if (column.full && s.n > 1)
                figure += " [" + format_interval(s.low, s.high, metric->unit) + "]";
            cells.push_back(std::move(figure));
            if (column.full)
                cells.push_back(ratio_text(column.metric, {side.side, result_.sides.front().side}));
        }
        return cells;
    }

    std::string ratio_text(const std::string& metric, const RatioPair& pair) const {
        const MetricRatio* ratio = result_.find_ratio(metric, pair);
        if (ratio == nullptr)
            return {};
        return format_ratio(ratio->summary.ratio) + emulated(pair) + " [" +
               format_ratio_interval(ratio->summary.low, ratio->summary.high) + "]" +
               (ratio->summary.distinguishable ? "" : " ~");
    }
    std::string emulated(const RatioPair& pair) const {
        for (const std::string& id : {pair.of, pair.to})
            if (const SideResult* side = result_.find_side(id))
                if (const std::string mark = emulation_mark(side->marks); !mark.empty())
                    return mark;
        return {};
    }
    std::string name_of(const std::string& id) const {
        const SideResult* side = result_.find_side(id);
        return side != nullptr ? side->title : id;
    }

    /// Those that were asked for and stand in no row.
    std::string other_ratios() const {
        Grid grid({"", "ready", "CPU until ready", "memory", "disk, unique"});
        bool any = false;
        for (const RatioPair& pair : ratios_of(result_.plan)) {
            if (pair.to == result_.sides.front().side)
                continue;
            any = true;
            grid.add({name_of(pair.of) + " / " + name_of(pair.to), ratio_text("ready", pair),
                      ratio_text("cpu_to_ready", pair), ratio_text("memory", pair), ratio_text("disk.unique", pair)});
        }
        const auto plain = [](std::size_t, const std::string& cell) { return cell; };
        return any ? "\nratios\n" + grid.text(plain) : std::string();
    }

    const ComparisonResult& result_;
    const TableOptions& options_;
};

} // namespace

std::string world_rows(const ComparisonResult& result, const TableOptions& options) {
    return WorldRows(result, options).text();
}

} // namespace isolab
