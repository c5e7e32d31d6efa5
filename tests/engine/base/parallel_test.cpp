// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/parallel.h"
#include "tests/support/test_main.h"

#include <atomic>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include <QtTest>

using namespace isolab;

class ParallelTest : public QObject {
    Q_OBJECT
  private slots:
    void each_index_is_visited_once_data() {
        QTest::addColumn<int>("count");
        for (const int count : {0, 1, 31, 64, 5000})
            QTest::addRow("%d", count) << count;
    }
    void each_index_is_visited_once() {
        QFETCH(int, count);
        std::vector<std::atomic<int>> visits(static_cast<std::size_t>(count));
        for_each_index(visits.size(), [&](std::size_t index) { ++visits[index]; });
        for (const auto& one : visits)
            QCOMPARE(one.load(), 1);
    }
    void others_help_when_there_is_enough() {
        if (std::thread::hardware_concurrency() < 2)
            QSKIP("needs two processors");
        std::mutex guard;
        std::set<std::thread::id> seen;
        // Nobody ends alone: on a busy machine it takes a while until another one gets a processor.
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        const auto alone = [&] {
            const std::scoped_lock lock(guard);
            seen.insert(std::this_thread::get_id());
            return seen.size() < 2;
        };
        for_each_index(128, [&](std::size_t) {
            while (alone() && std::chrono::steady_clock::now() < end)
                std::this_thread::sleep_for(std::chrono::microseconds(200));
        });
        QVERIFY(seen.size() > 1 && seen.size() <= 4);
        QVERIFY(seen.contains(std::this_thread::get_id()));
    }
};

ISOLAB_TEST(ParallelTest)
#include "parallel_test.moc"
