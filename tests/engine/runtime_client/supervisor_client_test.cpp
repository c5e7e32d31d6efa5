// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runtime_client/supervisor_client.h"
#include "tests/support/test_main.h"

#include <thread>

#include <QtTest>

using namespace isolab;
using namespace std::chrono_literals;

class SupervisorClientTest : public QObject {
    Q_OBJECT

  private slots:
    void a_wait_may_be_longer_than_poll_knows_data() {
        QTest::addColumn<qint64>("milliseconds");
        QTest::newRow("2^31 ms") << (qint64{1} << 31);
        QTest::newRow("2^32 ms") << (qint64{1} << 32);
        QTest::newRow("68 years") << qint64{INT32_MAX} * 1000;
    }
    /// It is stopped, and does not end by itself as if the time were over.
    void a_wait_may_be_longer_than_poll_knows() {
        QFETCH(qint64, milliseconds);
        auto pair = SupervisorClient::make_pair();
        QVERIFY(pair);
        StopSource stop;
        const std::jthread later([&] {
            std::this_thread::sleep_for(50ms);
            stop.request_stop();
        });
        const auto ended = pair->client.await_end(stop.token(), std::chrono::milliseconds(milliseconds));
        QVERIFY(!ended);
        QCOMPARE(error_kind_id(ended.error().kind), std::string_view("cancelled"));
    }
    void a_time_that_is_over_is_told() {
        auto pair = SupervisorClient::make_pair();
        QVERIFY(pair);
        for (const auto timeout : {-1ms, 0ms, 5ms}) {
            const auto ended = pair->client.await_end({}, timeout);
            QVERIFY(!ended && ended.error().kind == ErrorKind::timeout);
        }
    }
};

ISOLAB_TEST(SupervisorClientTest)
#include "supervisor_client_test.moc"
