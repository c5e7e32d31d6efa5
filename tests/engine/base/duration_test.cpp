// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/duration.h"
#include "tests/support/test_main.h"

#include <QtTest>

using namespace isolab;
using namespace std::chrono_literals;

class DurationTest : public QObject {
    Q_OBJECT
  private slots:
    void forms_are_read() {
        QCOMPARE(parse_duration("30"), std::chrono::nanoseconds(30s));
        QCOMPARE(parse_duration("30s"), std::chrono::nanoseconds(30s));
        QCOMPARE(parse_duration("1m30s"), std::chrono::nanoseconds(90s));
        QCOMPARE(parse_duration("1.5h"), std::chrono::nanoseconds(90min));
        QCOMPARE(parse_duration("500ms"), std::chrono::nanoseconds(500ms));
        QCOMPARE(parse_duration("7us8ns"), std::chrono::nanoseconds(7008));
        QCOMPARE(parse_duration("0"), std::chrono::nanoseconds(0));
        QCOMPARE(parse_duration("9000000000"), std::chrono::nanoseconds(9'000'000'000s));
        QCOMPARE(parse_duration("0.29s"), std::chrono::nanoseconds(290ms));
        QCOMPARE(parse_duration("1.001001001s"), std::chrono::nanoseconds(1'001'001'001));
    }
    void anything_else_is_refused() {
        for (const char* text : {"", "s", "-1", "-1s", "5x", "5 s", "1e3", "s5", "1s-", "300000000h", "nans", "infs",
                                 "-nans", "9000000001", "99999999999", "9223372036854775807", "18446744073709551616"})
            QVERIFY2(!parse_duration(text), text);
        QCOMPARE(parse_duration("5x").error().message(),
                 std::string("cannot use duration 5x: its unit is not known. Write it as 30s, 1m30s or 500ms"));
    }
};

ISOLAB_TEST(DurationTest)
#include "duration_test.moc"
