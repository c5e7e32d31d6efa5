// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/chart/charts.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compare/chart/axis.h"
#include "compare/chart/shapes.h"
#include "compare/model/format.h"

namespace isolab {
namespace {

constexpr double text_size = 12;
constexpr double caption_size = 11;
constexpr double label_width = 180;  ///< left of bars and lanes
constexpr double figure_width = 150; ///< right of them
constexpr double lane_height = 34;
constexpr double axis_height = 30;
constexpr double top_margin = 8;

struct Range {
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();

    void take(double value) {
        low = std::min(low, value);
        high = std::max(high, value);
    }
};

Drawing begin_drawing(double height, const std::string& title) {
    Drawing drawing;
    drawing.width = chart_width;
    drawing.height = height;
    drawing.title = title;
    return drawing;
}

void add_vertical_grid(Drawing& drawing, const Axis& axis, const std::string& unit, double top, double bottom) {
    for (const Axis::Tick& tick : axis.ticks(6)) {
        drawing.shapes.push_back(line_shape(tick.place, top, tick.place, bottom, grid()));
        drawing.shapes.push_back(text_shape(tick.place, bottom + 16, format_figure(tick.value, unit), muted(),
                                            caption_size, Shape::Anchor::middle));
    }
}

void add_label(Drawing& drawing, const std::string& label, double y) {
    drawing.shapes.push_back(text_shape(label_width - 12, y + 4, fitted_text(label, text_size, label_width - 16), ink(),
                                        text_size, Shape::Anchor::end));
}

void add_figure(Drawing& drawing, const std::string& figure, double y) {
    drawing.shapes.push_back(text_shape(chart_width - figure_width + 12, y + 4,
                                        fitted_text(figure, text_size, figure_width - 14), ink(), text_size));
}

/// Spreads dots so that equal values can be told apart: the same every time.
double jitter(std::size_t index) { return (static_cast<double>((index * 7) % 11) / 10 - 0.5) * 12; }

/// The label of a lane, in the middle of it or above its note.
void add_lane_label(Drawing& drawing, const BoxLane& lane, double y) {
    if (lane.note.empty())
        return add_label(drawing, lane.label, y);
    add_label(drawing, lane.label, y - 7);
    drawing.shapes.push_back(text_shape(label_width - 12, y + 11,
                                        fitted_text(lane.note, caption_size, label_width - 16), muted(), caption_size,
                                        Shape::Anchor::end));
}

void add_lane(Drawing& drawing, const BoxLane& lane, const Axis& axis, const std::string& unit, double y) {
    add_lane_label(drawing, lane, y);
    add_figure(drawing, lane.figure, y);
    if (lane.interval) {
        const double left = axis.place(lane.interval->low);
        drawing.shapes.push_back(box_shape(left, y - 11, std::max(1.0, axis.place(lane.interval->high) - left), 22,
                                           pale(lane.world, 0.22),
                                           format_interval(lane.interval->low, lane.interval->high, unit)));
    }
    for (std::size_t i = 0; i < lane.values.size(); ++i)
        drawing.shapes.push_back(dot_shape(axis.place(lane.values[i]), y + jitter(i), 2.5, pale(lane.world, 0.65),
                                           format_figure(lane.values[i], unit)));
    const double middle = axis.place(lane.median);
    drawing.shapes.push_back(line_shape(middle, y - 12, middle, y + 12, of_world(lane.world), 2.5));
}

/// Labels at the ends of lines, moved apart where they would cover each other.
void add_end_labels(Drawing& drawing, const std::vector<Series>& series, const Axis& x, const Axis& y) {
    struct Label {
        double place;
        const Series* series;
    };
    std::vector<Label> labels;
    for (const Series& one : series)
        if (!one.points.empty())
            labels.push_back({y.place(one.points.back().y), &one});
    std::ranges::sort(labels, {}, &Label::place);
    double last = -lane_height;
    for (Label& label : labels) {
        label.place = std::max(label.place, last + 15);
        last = label.place;
        drawing.shapes.push_back(text_shape(x.place(label.series->points.back().x) + 8, label.place + 4,
                                            label.series->label, of_world(label.series->world), text_size));
    }
}

void add_series(Drawing& drawing, const Series& series, const Axis& x, const Axis& y, const std::string& unit) {
    if (series.line && !series.points.empty()) {
        const double from = series.points.front().x;
        const double to = series.points.back().x;
        const auto at = [&](double n) {
            return std::pair(x.place(n), y.place(series.line->intercept + series.line->slope * n));
        };
        drawing.shapes.push_back(path_shape({at(from), at(to)}, of_world(series.world), 1.5));
    }
    for (const Point& point : series.points)
        drawing.shapes.push_back(dot_shape(x.place(point.x), y.place(point.y), 2.5, pale(series.world, 0.75),
                                           format_figure(point.x, "count") + ": " + format_figure(point.y, unit)));
}

double total_of(const StackBar& bar) {
    double total = 0;
    for (const StackPart& part : bar.parts)
        total += part.value;
    return total;
}

} // namespace

Drawing box_plot(const std::vector<BoxLane>& lanes, const std::string& unit, const std::string& title) {
    const double bottom = top_margin + lane_height * static_cast<double>(lanes.size());
    Drawing drawing = begin_drawing(bottom + axis_height, title);
    Range range;
    for (const BoxLane& lane : lanes)
        for (const double value : lane.values)
            range.take(value);
    const Axis axis = Axis::fitting(range.low, range.high, label_width, chart_width - figure_width);
    add_vertical_grid(drawing, axis, unit, top_margin, bottom);
    for (std::size_t i = 0; i < lanes.size(); ++i)
        add_lane(drawing, lanes[i], axis, unit, top_margin + lane_height * (static_cast<double>(i) + 0.5));
    return drawing;
}

Drawing line_chart(const std::vector<Series>& series, const std::string& x_label, const std::string& unit,
                   const std::string& title) {
    constexpr double left = 70;
    constexpr double height = 280;
    constexpr double bottom = height - 44;
    Drawing drawing = begin_drawing(height, title);
    Range xs;
    Range ys;
    for (const Series& one : series)
        for (const Point& point : one.points) {
            xs.take(point.x);
            ys.take(point.y);
        }
    if (!(xs.high > 0))
        return drawing;
    const Axis x = Axis::linear(0, xs.high, left, chart_width - figure_width);
    const Axis y = Axis::linear(std::min(0.0, ys.low), ys.high, bottom, top_margin + 8);
    for (const Axis::Tick& tick : y.ticks(5)) {
        drawing.shapes.push_back(line_shape(left, tick.place, chart_width - figure_width, tick.place, grid()));
        drawing.shapes.push_back(text_shape(left - 8, tick.place + 4, format_figure(tick.value, unit), muted(),
                                            caption_size, Shape::Anchor::end));
    }
    for (const Axis::Tick& tick : x.ticks(6))
        drawing.shapes.push_back(text_shape(tick.place, bottom + 18, format_figure(tick.value, "count"), muted(),
                                            caption_size, Shape::Anchor::middle));
    drawing.shapes.push_back(text_shape((left + chart_width - figure_width) / 2, bottom + 36, x_label, muted(),
                                        caption_size, Shape::Anchor::middle));
    for (const Series& one : series)
        add_series(drawing, one, x, y, unit);
    add_end_labels(drawing, series, x, y);
    return drawing;
}

Drawing stacked_bars(const std::vector<StackBar>& bars, const std::string& unit, const std::string& title) {
    const double bottom = top_margin + lane_height * static_cast<double>(bars.size());
    Drawing drawing = begin_drawing(bottom + axis_height, title);
    double most = 0;
    for (const StackBar& bar : bars)
        most = std::max(most, total_of(bar));
    const Axis axis = Axis::linear(0, most, label_width, chart_width - figure_width);
    add_vertical_grid(drawing, axis, unit, top_margin, bottom);
    for (std::size_t i = 0; i < bars.size(); ++i) {
        const StackBar& bar = bars[i];
        const double y = top_margin + lane_height * (static_cast<double>(i) + 0.5);
        add_label(drawing, bar.label, y);
        double begin = 0;
        for (std::size_t part = 0; part < bar.parts.size(); ++part) {
            const double left = axis.place(begin);
            begin += bar.parts[part].value;
            const double tint = 0.3 + 0.7 * static_cast<double>(part + 1) / static_cast<double>(bar.parts.size());
            const double width = axis.place(begin) - left;
            drawing.shapes.push_back(
                box_shape(left, y - 9, width, 18, pale(bar.world, tint),
                          bar.parts[part].label + ": " + format_figure(bar.parts[part].value, unit)));
            if (text_width(bar.parts[part].label, caption_size) + 8 < width)
                drawing.shapes.push_back(text_shape(left + width / 2, y + 4, bar.parts[part].label,
                                                    {Paint::paper, {}, 1}, caption_size, Shape::Anchor::middle));
        }
        add_figure(drawing, format_figure(total_of(bar), unit), y);
    }
    return drawing;
}

Drawing waterfall(const std::vector<WaterfallStep>& steps, const std::string& unit, const std::string& title) {
    constexpr double row = 26;
    const double bottom = top_margin + row * static_cast<double>(steps.size());
    Drawing drawing = begin_drawing(bottom + axis_height, title);
    Range range;
    for (const WaterfallStep& step : steps)
        range.take(step.value);
    const Axis axis = Axis::linear(0, range.high, label_width + 30, chart_width - figure_width);
    add_vertical_grid(drawing, axis, unit, top_margin, bottom);
    double before = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const WaterfallStep& step = steps[i];
        const double y = top_margin + row * (static_cast<double>(i) + 0.5);
        const double change = step.value - before;
        const double left = axis.place(std::min(before, step.value));
        const double width = std::max(1.5, std::abs(axis.place(step.value) - axis.place(before)));
        drawing.shapes.push_back(text_shape(label_width + 18, y + 4,
                                            fitted_text(step.label, text_size, label_width + 12), ink(), text_size,
                                            Shape::Anchor::end));
        drawing.shapes.push_back(box_shape(left, y - 8, width, 16, pale(step.world, change < 0 ? 0.35 : 0.85),
                                           format_figure(step.value, unit)));
        if (i > 0)
            drawing.shapes.push_back(
                line_shape(axis.place(before), y - row / 2 - 5, axis.place(before), y + 8, muted(), 0.75));
        std::string figure =
            i == 0 ? format_figure(step.value, unit) : (change < 0 ? "−" : "+") + format_figure(std::abs(change), unit);
        if (i > 0 && step.change && step.change->low <= 0 && step.change->high >= 0)
            figure += " ~"; // not distinguishable from nothing
        add_figure(drawing, figure, y);
        before = step.value;
    }
    return drawing;
}

Drawing matrix(const std::vector<std::string>& columns, const std::vector<std::string>& worlds,
               const std::vector<MatrixRow>& rows, const std::string& title) {
    constexpr double row_height = 22;
    constexpr double heading = 30;
    constexpr double left = 260;
    const double column = (chart_width - left) / static_cast<double>(std::max<std::size_t>(columns.size(), 1));
    Drawing drawing = begin_drawing(heading + row_height * static_cast<double>(rows.size()) + 6, title);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        Shape name = text_shape(left + column * (static_cast<double>(i) + 0.5), 18,
                                fitted_text(columns[i], text_size, column - 6), of_world(worlds[i]), text_size,
                                Shape::Anchor::middle);
        name.bold = true;
        drawing.shapes.push_back(std::move(name));
    }
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const double y = heading + row_height * static_cast<double>(r);
        drawing.shapes.push_back(line_shape(0, y, chart_width, y, grid()));
        drawing.shapes.push_back(text_shape(0, y + 15, fitted_text(rows[r].label, text_size, left - 10), ink()));
        for (std::size_t i = 0; i < std::min(rows[r].cells.size(), worlds.size()); ++i) {
            const auto& [verdict, word] = rows[r].cells[i];
            const double x = left + column * static_cast<double>(i);
            if (verdict == Verdict::works)
                drawing.shapes.push_back(
                    box_shape(x + 4, y + 3, column - 8, row_height - 6, pale(worlds[i], 0.25), word));
            drawing.shapes.push_back(text_shape(x + column / 2, y + 15, fitted_text(word, caption_size, column - 10),
                                                verdict == Verdict::works ? ink() : muted(), caption_size,
                                                Shape::Anchor::middle));
        }
    }
    return drawing;
}

} // namespace isolab
