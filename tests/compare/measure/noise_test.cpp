// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <random>
#include <thread>

#include <QTemporaryDir>
#include <QtTest>

#include "compare/measure/noise.h"
#include "compare/statistics/statistics.h"
#include "engine/base/json.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

using namespace isolab;

namespace {

NoiseReport calm() {
    NoiseReport report;
    report.seconds = 5;
    report.figures = {{"work", 1000, 1e6, 1.01e6, 1.1e6, 0.001},
                      {"sleep", 500, 60e3, 90e3, 200e3, 0.1},
                      {"start", 60, 1e6, 1.1e6, 1.2e6, 0.04},
                      {"write", 50, 1e6, 2e6, 3e6, 0.1}};
    report.foreign_cpu = 0.01;
    report.stolen_cpu = 0;
    report.memory_return = 1.1;
    return report;
}

std::vector<std::string> ids(const NoiseReport& report) {
    std::vector<std::string> all;
    for (const Notice& notice : judge_noise(report))
        all.push_back(notice.id);
    return all;
}

} // namespace

class NoiseTest : public QObject {
    Q_OBJECT
  private slots:
    void watches_this_machine();
    void a_stop_ends_it();
    void a_folder_that_cannot_be_written_is_named();
    void a_calm_machine_is_not_blamed();
    void each_trouble_is_told_alone();
    void the_smallest_difference_is_that_of_chance();
    void nothing_is_claimed_without_figures();
};

void NoiseTest::watches_this_machine() {
    const QTemporaryDir folder;
    NoProgress silent;
    const auto report = watch_noise(folder.path().toStdString(), silent, {});
    VERIFY_OK(report);
    QCOMPARE(report->figures.size(), std::size_t{4});
    for (const NoiseFigure& figure : report->figures) {
        QVERIFY2(figure.n >= 50, figure.id.c_str());
        QVERIFY2(figure.median >= 0 && figure.median <= figure.p99 && figure.p99 <= figure.most, figure.id.c_str());
    }
    QVERIFY(report->find("work")->median > 0.2e6);
    QVERIFY(report->find("start")->median > 50e3); // fork and exec take that long everywhere
    QVERIFY(report->lost_work >= 0 && report->lost_work < 1);
    QVERIFY(report->memory_return.value_or(0) > 0);
    QVERIFY(report->seconds > 4);
    QVERIFY(QDir(folder.path()).isEmpty());
    QCOMPARE(noise_json(*report)["schema"], Json("isolab.noise/1"));
}

void NoiseTest::a_stop_ends_it() {
    const QTemporaryDir folder;
    NoProgress silent;
    StopSource stop;
    stop.request_stop();
    const auto report = watch_noise(folder.path().toStdString(), silent, stop.token());
    QVERIFY(!report);
    QCOMPARE(report.error().kind, ErrorKind::cancelled);
}

void NoiseTest::a_folder_that_cannot_be_written_is_named() {
    NoProgress silent;
    const auto report = watch_noise("/proc/no-such-folder", silent, {});
    QVERIFY(!report);
    QVERIFY(report.error().message().find("/proc/no-such-folder") != std::string::npos);
}

void NoiseTest::a_calm_machine_is_not_blamed() { QVERIFY(judge_noise(calm()).empty()); }

void NoiseTest::each_trouble_is_told_alone() {
    const auto with = [](auto change) {
        NoiseReport report = calm();
        change(report);
        return ids(report);
    };
    using Ids = std::vector<std::string>;
    QCOMPARE(with([](NoiseReport& r) { r.foreign_cpu = 0.3; }), Ids{"foreign-work"});
    QCOMPARE(with([](NoiseReport& r) { r.stolen_cpu = 0.3; }), Ids{"stolen"});
    QCOMPARE(with([](NoiseReport& r) { r.lost_work = 0.2; }), Ids{"lost-work"});
    QCOMPARE(with([](NoiseReport& r) { r.figures[1].p99 = 4e6; }), Ids{"late-wake"});
    QCOMPARE(with([](NoiseReport& r) { r.figures[2].spread = 0.4; }), Ids{"wide-starts"});
    QCOMPARE(with([](NoiseReport& r) { r.memory_return = 20; }), Ids{"returned-memory"});
}

/// Two sides that are the same differ by more than that in one comparison of twenty.
void NoiseTest::the_smallest_difference_is_that_of_chance() {
    constexpr unsigned runs = 20;
    constexpr int trials = 4000;
    const double least = smallest_difference(calm(), runs).value_or(0);
    std::mt19937_64 random(7);
    std::normal_distribution<double> start(1.0, calm().find("start")->spread);
    int beyond = 0;
    for (int trial = 0; trial < trials; ++trial) {
        std::vector<double> a(runs);
        std::vector<double> b(runs);
        std::ranges::generate(a, [&] { return start(random); });
        std::ranges::generate(b, [&] { return start(random); });
        beyond += std::abs(quantile(a, 0.5) / quantile(b, 0.5) - 1) > least ? 1 : 0;
    }
    const double share = static_cast<double>(beyond) / trials;
    QVERIFY2(share > 0.03 && share < 0.07, std::to_string(share).c_str());
    QVERIFY(*smallest_difference(calm(), 5) > 1.9 * least && *smallest_difference(calm(), 5) < 2.1 * least);
}

void NoiseTest::nothing_is_claimed_without_figures() {
    QVERIFY(!smallest_difference(NoiseReport(), 5));
    QVERIFY(!smallest_difference(calm(), 0));
    QVERIFY(judge_noise(NoiseReport()).empty());
}

ISOLAB_TEST(NoiseTest)
#include "noise_test.moc"
