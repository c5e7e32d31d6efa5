// SPDX-License-Identifier: GPL-3.0-or-later
//
// Expected figures come from python3-numpy 1.24.2 and python3-scipy 1.10.1; each test says how.
#include "compare/statistics/slope.h"
#include "tests/support/test_main.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <QtTest>

using namespace isolab;

namespace {

const std::vector<Point> doubling{{1, 11.5}, {2, 12.0}, {4, 14.9}, {8, 19.0}, {16, 26.5}, {32, 47.0}};

/// Points whose pairwise slopes all differ, with groups of these sizes at x = 1, 2, ...
std::vector<Point> grouped(const std::vector<int>& sizes) {
    std::vector<Point> points;
    double y = 1;
    for (std::size_t group = 0; group < sizes.size(); ++group)
        for (int i = 0; i < sizes[group]; ++i)
            points.push_back({static_cast<double>(group + 1), y *= 1.7});
    return points;
}

/// Which of the sorted slopes is the lower end of the interval, from 1; 0: there is no interval. The upper end must be
/// as far from the other end of the list.
int rank_of_interval(const std::vector<Point>& points) {
    std::vector<double> slopes;
    for (const Point& a : points)
        for (const Point& b : points)
            if (a.x < b.x)
                slopes.push_back((b.y - a.y) / (b.x - a.x));
    std::ranges::sort(slopes);
    const auto interval = theil_sen_line(points)->interval;
    if (!interval)
        return 0;
    const auto near = [](double end) { return [end](double slope) { return qFuzzyCompare(slope, end); }; };
    const auto low = std::ranges::find_if(slopes, near(interval->low)) - slopes.begin();
    const auto high = slopes.end() - std::ranges::find_if(slopes, near(interval->high));
    return low + 1 == high ? static_cast<int>(high) : -1;
}

} // namespace

class SlopeTest : public QObject {
    Q_OBJECT
  private slots:
    void theil_sen_agrees_with_scipy() {
        // scipy.stats.theilslopes(y, x); the exact ends are the same: the second and the last but one of the 15 slopes.
        const auto line = theil_sen_line(doubling);
        QCOMPARE(line->slope, 1.1333333333333335);
        QCOMPARE(line->intercept, 10.15);
        QCOMPARE(line->interval->low, 0.9375);
        QCOMPARE(line->interval->high, 1.28125);
    }
    void many_points_use_sens_variance() {
        // scipy.stats.theilslopes(y, x) for i = numpy.arange(70), x = i % 10 + 1, y = 2 * x + 10 * numpy.sin(i * i)
        std::vector<Point> points;
        for (int i = 0; i < 70; ++i)
            points.push_back({i % 10 + 1.0, 2 * (i % 10 + 1.0) + 10 * std::sin(i * i)});
        const auto line = theil_sen_line(points);
        QCOMPARE(line->slope, 1.7830253248115595);
        QCOMPARE(line->intercept, 1.9141463300402268);
        QCOMPARE(line->interval->low, 1.2206684222636284);
        QCOMPARE(line->interval->high, 2.297957650739286);
    }
    void the_exact_interval_agrees_with_enumeration_data() {
        QTest::addColumn<std::vector<int>>("sizes");
        QTest::addColumn<int>("rank");
        // Over itertools.permutations, counting pairs with different x in the wrong order: how many of the counts 0, 1,
        // 2, ... have a probability of at most 2.5 % together.
        const auto row = [](const char* name, std::vector<int> sizes, int rank) {
            QTest::newRow(name) << std::move(sizes) << rank;
        };
        row("four", {1, 1, 1, 1}, 0);
        row("five", {1, 1, 1, 1, 1}, 1);
        row("six", {1, 1, 1, 1, 1, 1}, 2);
        row("seven", {1, 1, 1, 1, 1, 1, 1}, 4);
        row("3 and 3", {3, 3}, 0);
        row("3 and 4", {3, 4}, 0);
        row("4 and 4", {4, 4}, 1);
        row("2, 2, 2", {2, 2, 2}, 1);
        row("1, 2, 3", {1, 2, 3}, 1);
        row("2, 1, 2, 2", {2, 1, 2, 2}, 3);
        row("3, 2, 2", {3, 2, 2}, 2);
        row("3, 3, 2", {3, 3, 2}, 3);
    }
    void the_exact_interval_agrees_with_enumeration() {
        QFETCH(std::vector<int>, sizes);
        QFETCH(int, rank);
        QCOMPARE(rank_of_interval(grouped(sizes)), rank);
    }
    void least_squares_agree_with_scipy() {
        // l = scipy.stats.linregress(x, y); l.slope -+ scipy.stats.t.ppf(.975, 4) * l.stderr
        const auto line = least_squares_line(doubling);
        QCOMPARE(line->slope, 1.138095238095238);
        QCOMPARE(line->intercept, 9.866666666666667);
        QCOMPARE(line->interval->low, 1.0402842040832385);
        QCOMPARE(line->interval->high, 1.2359062721072376);
    }
    void one_wild_point_moves_only_least_squares() {
        std::vector<Point> points;
        for (int i = 1; i <= 9; ++i)
            points.push_back({static_cast<double>(i), 5.0 + 3 * i});
        points.back().y = 1000;
        QCOMPARE(theil_sen_line(points)->slope, 3.0);
        QCOMPARE(theil_sen_line(points)->intercept, 5.0);
        QVERIFY(least_squares_line(points)->slope > 50);
    }
    void edges_of_points() {
        for (const auto line_of : {theil_sen_line, least_squares_line}) {
            QVERIFY(!line_of({}));
            QVERIFY(!line_of(std::vector<Point>{{1, 1}}));
            QVERIFY(!line_of(std::vector<Point>{{2, 1}, {2, 5}, {2, 9}}));
            const auto two = line_of(std::vector<Point>{{1, 5}, {3, 9}});
            QCOMPARE(two->slope, 2.0);
            QCOMPARE(two->intercept, 3.0);
            QVERIFY(!two->interval);
            std::vector<Point> flat;
            for (int i = 0; i < 5; ++i)
                flat.push_back({static_cast<double>(i), 7});
            QCOMPARE(line_of(flat)->slope, 0.0);
            QCOMPARE(line_of(flat)->intercept, 7.0);
            QCOMPARE(line_of(flat)->interval, std::optional(Interval{0, 0}));
        }
        QVERIFY(!theil_sen_line(std::vector<Point>{{1, 1}, {2, 3}, {3, 4}})->interval);
        QVERIFY(least_squares_line(std::vector<Point>{{1, 1}, {2, 3}, {3, 4}})->interval);
    }
};

ISOLAB_TEST(SlopeTest)
#include "slope_test.moc"
