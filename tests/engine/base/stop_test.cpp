// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/stop.h"
#include "tests/support/test_main.h"

#include <thread>

#include <poll.h>

#include <QtTest>

using namespace isolab;
using namespace std::chrono_literals;

class StopTest : public QObject {
    Q_OBJECT
  private slots:
    void never_token_is_never_stopped() {
        const StopToken token;
        QVERIFY(!token.stop_requested());
        QCOMPARE(token.fd(), -1);
        QVERIFY(token.check("work").has_value());
        QVERIFY(!token.wait_for(1ms));
    }
    void stop_is_seen_by_every_copy_and_by_poll() {
        StopSource source;
        const StopToken token = source.token();
        const StopToken copy = token; // NOLINT(performance-unnecessary-copy-initialization)
        pollfd event{copy.fd(), POLLIN, 0};
        QCOMPARE(::poll(&event, 1, 0), 0);
        source.request_stop();
        source.request_stop();
        QVERIFY(copy.stop_requested());
        QCOMPARE(::poll(&event, 1, 0), 1);
        QVERIFY(token.check("work").error().kind == ErrorKind::cancelled);
    }
    void stop_ends_a_wait_early() {
        StopSource source;
        std::thread stopper([&] {
            std::this_thread::sleep_for(20ms);
            source.request_stop();
        });
        const auto begin = std::chrono::steady_clock::now();
        QVERIFY(source.token().wait_for(10min));
        stopper.join();
        QVERIFY(std::chrono::steady_clock::now() - begin < 60s);
    }
    void token_outlives_its_source() {
        StopToken token;
        {
            StopSource source;
            token = source.token();
            source.request_stop();
        }
        QVERIFY(token.stop_requested());
    }
};

ISOLAB_TEST(StopTest)
#include "stop_test.moc"
