// SPDX-License-Identifier: GPL-3.0-or-later
//
// Expected figures come from python3-numpy 1.24.2 and python3-scipy 1.10.1; each test says how.
#include "compare/statistics/effect_size.h"
#include "compare/statistics/outliers.h"
#include "compare/statistics/permutation_test.h"
#include "tests/support/test_main.h"

#include <algorithm>
#include <cmath>

#include <QtTest>

using namespace isolab;

class EffectSizeTest : public QObject {
    Q_OBJECT
  private slots:
    void delta_and_its_interval() {
        // s = numpy.sign(a[:, None] - b[None, :]); d = s.mean(); i = s.mean(1); j = s.mean(0); n, m = 6, 5
        // v = (m*m*((i-d)**2).sum() + n*n*((j-d)**2).sum() - ((s-d)**2).sum()) / (n*m*(n-1)*(m-1))
        // (d - d**3 -+ t*sqrt(v*((1-d*d)**2 + t*t*v))) / (1 - d*d + t*t*v), t with n + m - 2 degrees of freedom by
        // scipy.optimize.brentq(lambda t: scipy.stats.t.sf(t, 9) - .025, 1, 50, xtol=1e-15, rtol=1e-15)
        // d also is 2 * scipy.stats.mannwhitneyu(a, b).statistic / (n*m) - 1
        const auto size = effect_size({6, 7, 9, 10, 12, 7}, {1, 3, 4, 7, 9});
        QCOMPARE(size->delta, 0.6333333333333333);
        QCOMPARE(size->superiority, (1 + 0.6333333333333333) / 2);
        QCOMPARE(size->interval->low, -0.12199736726685823);
        QCOMPARE(size->interval->high, 0.9241196600897293);
    }
    void exchanged_samples_change_the_sign() {
        const std::vector<double> a{6, 7, 9, 10, 12, 7}, b{1, 3, 4, 7, 9};
        const auto size = effect_size(a, b);
        const auto exchanged = effect_size(b, a);
        QCOMPARE(exchanged->delta, -size->delta);
        QCOMPARE(exchanged->interval->low, -size->interval->high);
        QCOMPARE(exchanged->interval->high, -size->interval->low);
    }
    void equal_values_are_not_certainty() {
        // The same with v = (1 - d*d) / (n*m - 1), since no variance is seen.
        const auto size = effect_size({5, 5, 5}, {5, 5, 5});
        QCOMPARE(size->delta, 0.0);
        QCOMPARE(size->superiority, 0.5);
        QCOMPARE(size->interval->low, -0.7005186388105685);
        QCOMPARE(size->interval->high, 0.7005186388105685);
    }
    void samples_that_do_not_overlap() {
        // (k - z*z) / (k + z*z) for z = norm.ppf(.975)
        const auto three = effect_size({11, 12, 13}, {1, 2, 3});
        QCOMPARE(three->delta, 1.0);
        QCOMPARE(three->interval->low, -0.12299406351009097);
        QCOMPARE(three->interval->high, 1.0);
        const auto four = effect_size({1, 2, 3, 4, 5}, {11, 12, 13, 14});
        QCOMPARE(four->delta, -1.0);
        QCOMPARE(four->superiority, 0.0);
        QCOMPARE(four->interval->low, -1.0);
        QCOMPARE(four->interval->high, -0.020218327090805354);
    }
    void intervals_stay_on_the_scale() {
        const std::vector<double> low{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
        for (double shift = 0; shift < 12; shift += 0.5) {
            std::vector<double> high = low;
            std::ranges::for_each(high, [&](double& value) { value += shift; });
            const auto size = effect_size(high, low);
            QVERIFY(size->interval->low >= -1 && size->interval->low <= size->delta);
            QVERIFY(size->interval->high <= 1 && size->interval->high >= size->delta);
        }
    }
    void edges_of_samples() {
        QVERIFY(!effect_size({}, {1}) && !effect_size({1}, {}));
        QCOMPARE(effect_size({2}, {1, 3})->delta, 0.0);
        QVERIFY(!effect_size({2}, {1, 3})->interval);
        QVERIFY(!effect_size({1, 3}, {2})->interval);
        QVERIFY(effect_size({1, 3}, {2, 4})->interval);
    }
    void outliers_are_beyond_the_fences() {
        // numpy.quantile(x, [.25, .75]) = 2.25, 6.75: the fences are -4.5 and 13.5.
        QCOMPARE(find_outliers({13.5, 0, 1, 2, 3, 4, 5, 6, 7, 9}), std::vector<std::size_t>());
        QCOMPARE(find_outliers({13.6, 0, 1, 2, 3, 4, 5, 6, 7, 9}), std::vector<std::size_t>{0});
        QCOMPARE(find_outliers({-90, 1, 2, 3, 4, 5, 6, 99}), (std::vector<std::size_t>{0, 7}));
    }
    void outliers_at_the_edges() {
        QVERIFY(find_outliers({}).empty());
        QVERIFY(find_outliers({1}).empty());
        QVERIFY(find_outliers({1, 1000}).empty());
        QVERIFY(find_outliers({1, 1, 1000}).empty());
        QVERIFY(find_outliers({7, 7, 7, 7}).empty());
        QCOMPARE(find_outliers({7, 7, 8, 7, 7}), std::vector<std::size_t>{2});
    }
    void permutation_agrees_with_scipy() {
        // scipy.stats.mannwhitneyu(a, b, method="exact").pvalue
        QCOMPARE(permutation_p_value({1.1, 2.2, 3.3, 4.4, 5.5, 8.1}, {3.0, 4.0, 6.1, 7.1, 8.8}, 1),
                 0.32900432900432897);
        std::vector<double> a, b;
        for (int i = 0; i < 20; ++i) {
            a.push_back(2 * i);
            b.push_back(2 * i + 9);
        }
        // 0.0304; of 4000 random splits the standard error is 0.0027, and four of them are allowed.
        QVERIFY(std::abs(permutation_p_value(a, b, 1) - 0.030411256038764864) < 4 * 0.0027);
        QCOMPARE(permutation_p_value(a, b, 1), permutation_p_value(a, b, 1));
    }
};

ISOLAB_TEST(EffectSizeTest)
#include "effect_size_test.moc"
