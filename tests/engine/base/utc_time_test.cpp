// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/utc_time.h"
#include "tests/support/test_main.h"

#include <QtTest>

using namespace isolab;

class UtcTimeTest : public QObject {
    Q_OBJECT
  private slots:
    void text_has_nine_digits() {
        QCOMPARE(utc_text(Nanoseconds{0}), std::string("1970-01-01T00:00:00.000000000Z"));
        QCOMPARE(utc_text(std::chrono::seconds(1'709'210'096) + Nanoseconds{42}),
                 std::string("2024-02-29T12:34:56.000000042Z"));
        QCOMPARE(utc_text(Nanoseconds{-1}), std::string("1969-12-31T23:59:59.999999999Z"));
    }
    void what_is_written_is_read() {
        for (const long long number :
             {0LL, 1LL, 999'999'999LL, 1'700'000'000'123'456'789LL, 4'102'444'800'000'000'000LL})
            QCOMPARE(parse_utc_text(utc_text(Nanoseconds{number})), std::optional(Nanoseconds{number}));
    }
    void other_forms_are_read() {
        const Nanoseconds noon = std::chrono::seconds(1'709'208'000);
        QCOMPARE(parse_utc_text("2024-02-29T12:00:00Z"), std::optional(noon));
        QCOMPARE(parse_utc_text("2024-02-29T12:00:00.5Z"), std::optional(noon + std::chrono::milliseconds(500)));
        QCOMPARE(parse_utc_text("2024-02-29T13:30:00+01:30"), std::optional(noon));
        QCOMPARE(parse_utc_text("2024-02-29T07:00:00-05:00"), std::optional(noon));
    }
    void anything_else_is_refused() {
        for (const char* text :
             {"", "now", "2024-02-29", "2024-02-29T12:00Z", "2024-02-29T12:00:00", "2024-02-29 12:00:00Z",
              "2024-02-29T12:00:00.Z", "2024-02-29T12:00:00Zx", "2024-02-29T12:00:00+0130"})
            QVERIFY2(!parse_utc_text(text), text);
    }
};

ISOLAB_TEST(UtcTimeTest)
#include "utc_time_test.moc"
