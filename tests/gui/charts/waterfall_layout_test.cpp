// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include <QTest>

#include "gui/charts/waterfall_layout.h"
#include "tests/gui/support/sample_result.h"
#include "tests/support/test_main.h"

using namespace isolab;

namespace {

const QRectF area(100, 10, 800, 40);

std::vector<WaterfallLane> sample_lanes() {
    const ComparisonResult result = test::sample_result();
    const ComparisonView view = view_of(result.plan.sides, nullptr, &result);
    return {make_lane(view.side("container"), Nanoseconds(0)), make_lane(view.side("vm"), Nanoseconds(0))};
}

} // namespace

class WaterfallLayoutTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void phases_without_length_have_no_bar();
    void axis_position_and_its_inverse_agree_data();
    void axis_position_and_its_inverse_agree();
    void ticks_lie_on_the_axis_and_are_powers_of_ten();
    void bars_keep_order_inside_the_area_without_overlap_data();
    void bars_keep_order_inside_the_area_without_overlap();
    void equal_times_stand_at_the_same_place_in_both_lanes();
    void the_present_phase_grows_until_now();
    void replay_cuts_at_its_time();
    void nothing_measured_is_laid_out_as_nothing();
    void names_of_short_bars_stand_over_them_without_overlap();
};

void WaterfallLayoutTest::phases_without_length_have_no_bar() {
    const auto lanes = sample_lanes();
    for (const WaterfallBar& bar : lanes[0].bars)
        QVERIFY(bar.phase != Phase::firmware && bar.phase != Phase::kernel && bar.phase != Phase::stop);
    QCOMPARE(lanes[0].bars.size(), std::size_t{5});
    QCOMPARE(lanes[1].bars.size(), phase_count - 1);
}

void WaterfallLayoutTest::axis_position_and_its_inverse_agree_data() {
    QTest::addColumn<bool>("logarithmic");
    QTest::newRow("logarithmic") << true;
    QTest::newRow("linear") << false;
}

void WaterfallLayoutTest::axis_position_and_its_inverse_agree() {
    QFETCH(const bool, logarithmic);
    const TimeAxis axis = TimeAxis::fit(2e6, 1.4e9, logarithmic);
    for (const double time : {2e6, 5e7, 1e9}) {
        QVERIFY(std::abs(axis.time_at(axis.position(time)) / time - 1) < 1e-9);
        QVERIFY(axis.position(time) > 0 && axis.position(time) < 1);
    }
    QCOMPARE(axis.position(0), 0.0);
    QCOMPARE(axis.position(1e12), 1.0);
}

void WaterfallLayoutTest::ticks_lie_on_the_axis_and_are_powers_of_ten() {
    const auto ticks = TimeAxis::fit(2e6, 1.4e9, true).ticks();
    QCOMPARE(ticks.size(), std::size_t{4});
    for (const TimeAxis::Tick& tick : ticks)
        QVERIFY(std::abs(std::log10(tick.time) - std::round(std::log10(tick.time))) < 1e-9);
    const auto linear = TimeAxis::fit(0, 1.4e9, false).ticks();
    QVERIFY(linear.size() >= 4 && linear.size() <= 11);
    QCOMPARE(linear.front().time, 0.0);
}

void WaterfallLayoutTest::bars_keep_order_inside_the_area_without_overlap_data() {
    axis_position_and_its_inverse_agree_data();
}

void WaterfallLayoutTest::bars_keep_order_inside_the_area_without_overlap() {
    QFETCH(const bool, logarithmic);
    const auto lanes = sample_lanes();
    const TimeAxis axis = fit_axis(lanes, logarithmic);
    for (const WaterfallLane& lane : lanes) {
        double pen = area.left();
        for (const LaidBar& laid : lay_out(lane, axis, area, 2)) {
            QVERIFY(laid.rect.left() >= pen - 1e-9);
            QVERIFY(laid.rect.width() > 0);
            QVERIFY(laid.rect.right() <= area.right() + 4);
            pen = laid.rect.right();
        }
    }
}

void WaterfallLayoutTest::equal_times_stand_at_the_same_place_in_both_lanes() {
    WaterfallLane a;
    a.bars = {{Phase::prepare, 0, 5e6, false}};
    WaterfallLane b;
    b.bars = {{Phase::prepare, 0, 5e6, false}, {Phase::kernel, 5e6, 9e8, false}};
    const TimeAxis axis = fit_axis({a, b}, true);
    QCOMPARE(lay_out(a, axis, area, 0)[0].rect, lay_out(b, axis, area, 0)[0].rect);
}

void WaterfallLayoutTest::the_present_phase_grows_until_now() {
    SideView side;
    side.world = "vm";
    side.running_since = Nanoseconds(1'000);
    side.phases = {{Phase::prepare, Nanoseconds(0), Nanoseconds(4'000'000), std::nullopt, true}};
    const WaterfallLane lane = make_lane(side, Nanoseconds(50'001'000));
    QCOMPARE(lane.bars.size(), std::size_t{2});
    QCOMPARE(lane.bars[1].phase, Phase::create);
    QVERIFY(lane.bars[1].growing);
    QCOMPARE(lane.bars[1].to, 50e6);
    side.world = "container";
    side.phases.push_back({Phase::create, Nanoseconds(4'000'000), Nanoseconds(1'000'000), std::nullopt, true});
    QCOMPARE(make_lane(side, Nanoseconds(50'001'000)).bars.back().phase, Phase::setup);
}

void WaterfallLayoutTest::replay_cuts_at_its_time() {
    const auto lanes = sample_lanes();
    const TimeAxis axis = fit_axis(lanes, true);
    const auto whole = lay_out(lanes[1], axis, area, 2);
    const auto cut = lay_out(lanes[1], axis, area, 2, 50e6);
    QVERIFY(cut.size() < whole.size());
    QVERIFY(cut.back().rect.right() <= area.left() + axis.position(50e6) * area.width() + 1e-9);
}

void WaterfallLayoutTest::nothing_measured_is_laid_out_as_nothing() {
    const WaterfallLane lane = make_lane(SideView{}, Nanoseconds(0));
    QVERIFY(lane.bars.empty());
    QVERIFY(lay_out(lane, fit_axis({lane}, true), area, 2).empty());
}

void WaterfallLayoutTest::names_of_short_bars_stand_over_them_without_overlap() {
    const auto bar = [](double left, double width) { return LaidBar{{}, QRectF(left, 10, width, 40)}; };
    const std::vector<LaidBar> bars{bar(100, 200), bar(300, 4), bar(330, 4), bar(336, 4), bar(896, 4)};
    const auto names = lay_out_names(bars, {60, 40, 40, 40, 40}, area, 4);
    QCOMPARE(names.size(), std::size_t{3}); // the first holds its own, the fourth finds no room
    double pen = area.left();
    for (const LaidName& name : names) {
        QVERIFY(name.left >= pen && name.left + name.width <= area.right());
        QVERIFY(name.left <= name.stem && name.stem <= name.left + name.width);
        pen = name.left + name.width;
    }
    QCOMPARE(names[0].bar, std::size_t{1});
    QCOMPARE(names[2].bar, std::size_t{4});
}

ISOLAB_TEST(WaterfallLayoutTest)
#include "waterfall_layout_test.moc"
