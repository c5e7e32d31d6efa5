// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/chart/axis.h"
#include "compare/chart/charts.h"
#include "compare/chart/svg.h"
#include "tests/support/test_main.h"

#include <QXmlStreamReader>
#include <QtTest>

#include <algorithm>

using namespace isolab;

namespace {

std::size_t count_of(const Drawing& drawing, Shape::Kind kind, Paint fill) {
    return static_cast<std::size_t>(std::ranges::count_if(
        drawing.shapes, [&](const Shape& shape) { return shape.kind == kind && shape.fill.paint == fill; }));
}

/// Whether all shapes lie within it.
bool is_inside(const Drawing& drawing) {
    return std::ranges::all_of(drawing.shapes, [&](const Shape& shape) {
        const double right = shape.kind == Shape::Kind::rectangle ? shape.x + shape.w
                             : shape.kind == Shape::Kind::line    ? std::max(shape.x, shape.w)
                                                                  : shape.x;
        return shape.x >= -0.01 && shape.y >= -0.01 && right <= drawing.width + 0.01 &&
               shape.y <= drawing.height + 0.01;
    });
}

bool is_well_formed(const std::string& xml) {
    QXmlStreamReader reader(QString::fromStdString(xml));
    while (!reader.atEnd())
        reader.readNext();
    return !reader.hasError();
}

std::string text_at(const Drawing& drawing, double x_least) {
    std::string texts;
    for (const Shape& shape : drawing.shapes)
        if (shape.kind == Shape::Kind::text && shape.x >= x_least)
            texts += shape.text + "|";
    return texts;
}

} // namespace

class ChartTest : public QObject {
    Q_OBJECT

  private slots:
    void a_linear_axis_begins_at_zero_and_ends_round() {
        const Axis axis = Axis::linear(3, 47, 100, 300);
        QCOMPARE(axis.place(0), 100.0);
        QVERIFY(axis.place(47) <= 300 && axis.place(60) >= 300);
        const auto ticks = axis.ticks(6);
        QVERIFY(ticks.size() >= 3 && ticks.size() <= 6);
        QCOMPARE(ticks.front().value, 0.0);
        for (std::size_t i = 1; i < ticks.size(); ++i)
            QCOMPARE(ticks[i].value - ticks[i - 1].value, ticks[1].value);
    }
    void far_apart_is_logarithmic() {
        QVERIFY(!Axis::fitting(5, 50, 0, 1).is_logarithmic());
        const Axis axis = Axis::fitting(7e6, 1.2e9, 0, 300);
        QVERIFY(axis.is_logarithmic());
        QCOMPARE(axis.place(1e6), 0.0);
        QCOMPARE(axis.place(1e10), 300.0 * 4 / 4);
        QVERIFY(std::abs(axis.place(1e8) - axis.place(1e7) - (axis.place(1e9) - axis.place(1e8))) < 1e-9);
        QVERIFY(!Axis::fitting(0, 1e9, 0, 1).is_logarithmic()); // zero has no logarithm
    }
    void an_axis_of_nothing_does_not_divide_by_zero() {
        QCOMPARE(Axis::linear(0, 0, 10, 20).place(0), 10.0);
        QVERIFY(std::isfinite(Axis::fitting(5, 5, 0, 10).place(5)));
        QVERIFY(std::isfinite(Axis::logarithmic(10, 10, 0, 10).place(10)));
    }
    void every_value_of_a_box_plot_is_a_dot() {
        const Drawing drawing =
            box_plot({{"Container", "container", {6e6, 7e6, 6.5e6}, 6.5e6, Interval{6e6, 7e6}, "6.50 ms"},
                      {"Machine", "vm", {1.2e9}, 1.2e9, {}, "1.20 s"}},
                     "ns", "start");
        QCOMPARE(count_of(drawing, Shape::Kind::circle, Paint::tint), std::size_t{4});
        QCOMPARE(count_of(drawing, Shape::Kind::rectangle, Paint::tint), std::size_t{1}); // of one value no interval
        QVERIFY(is_inside(drawing));
    }
    void a_waterfall_tells_what_each_step_adds() {
        const Drawing drawing = waterfall({{"Host", "native", 5e6, {}},
                                           {"+ PID", "native", 6e6, Interval{5e5, 15e5}},
                                           {"+ UTS", "native", 5.5e6, Interval{-9e5, 1e5}}},
                                          "ns", "ingredients");
        const std::string texts = text_at(drawing, 520);
        QVERIFY2(texts.find("5.00 ms|") != std::string::npos, texts.c_str());
        QVERIFY2(texts.find("+1.00 ms|") != std::string::npos, texts.c_str());
        QVERIFY2(texts.find("−500 µs ~|") != std::string::npos, texts.c_str());
        QVERIFY(is_inside(drawing));
    }
    void parts_of_a_bar_lie_side_by_side() {
        const Drawing drawing = stacked_bars({{"Machine", "vm", {{"shared", 4e8}, {"unique", 1e8}}}}, "bytes", "disk");
        std::vector<const Shape*> boxes;
        for (const Shape& shape : drawing.shapes)
            if (shape.kind == Shape::Kind::rectangle)
                boxes.push_back(&shape);
        QCOMPARE(boxes.size(), std::size_t{2});
        QVERIFY(std::abs(boxes[0]->x + boxes[0]->w - boxes[1]->x) < 1e-9);
        QVERIFY(std::abs(boxes[0]->w - 4 * boxes[1]->w) < 1e-6);
        QVERIFY(boxes[0]->fill.tint < boxes[1]->fill.tint);
    }
    void labels_of_lines_do_not_cover_each_other() {
        const Drawing drawing =
            line_chart({{"one", "vm", {{1, 10}, {2, 20}}, {}}, {"two", "container", {{1, 10}, {2, 20.1}}, {}}},
                       "instances", "bytes", "memory");
        std::vector<double> places;
        for (const Shape& shape : drawing.shapes)
            if (shape.kind == Shape::Kind::text && (shape.text == "one" || shape.text == "two"))
                places.push_back(shape.y);
        QCOMPARE(places.size(), std::size_t{2});
        QVERIFY(std::abs(places[0] - places[1]) >= 14);
        QVERIFY(line_chart({}, "instances", "bytes", "nothing").shapes.empty());
    }
    void what_comes_from_images_is_escaped() {
        Drawing drawing = matrix({"<script>alert(1)</script>"}, {"vm\"x"},
                                 {{"a & b \x01", {{Verdict::works, "\"yes\""}}}}, "'title' <b>");
        const std::string svg = svg_element(drawing);
        QVERIFY2(is_well_formed(svg), svg.c_str());
        QVERIFY(svg.find("<script") == std::string::npos);
        QVERIFY(svg.find("vm\"x") == std::string::npos);
        QVERIFY(svg.find("a &amp; b") != std::string::npos);
    }
    void text_is_cut_where_there_is_no_room() {
        const Drawing drawing = box_plot(
            {{std::string(200, 'w'), "vm", {1}, 1, {}, "一二三四五六七八九十一二三四五六七八九十"}}, "ns", "long");
        for (const Shape& shape : drawing.shapes)
            QVERIFY2(text_width(shape.text, shape.size) < 200, shape.text.c_str());
    }
};

ISOLAB_TEST(ChartTest)
#include "chart_test.moc"
