// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/utc_time.h"
#include "tests/support/test_main.h"

#include <array>
#include <ctime>

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
    void fewer_digits_are_cut_off() {
        const Nanoseconds late = std::chrono::seconds(1'709'210'096) + Nanoseconds{987'654'321};
        QCOMPARE(utc_text(late, 6), std::string("2024-02-29T12:34:56.987654Z"));
        QCOMPARE(utc_text(late, 1), std::string("2024-02-29T12:34:56.9Z"));
        QCOMPARE(utc_text(late, 0), std::string("2024-02-29T12:34:56Z"));
        QCOMPARE(utc_text(Nanoseconds{-1}, 0), std::string("1969-12-31T23:59:59Z"));
    }
    void stamp_fits_names_of_files() {
        QCOMPARE(utc_stamp(std::chrono::seconds(1'709'210'096) + Nanoseconds{987'654'321}),
                 std::string("20240229-123456"));
        QCOMPARE(utc_stamp(std::chrono::seconds(946'684'799)), std::string("19991231-235959"));
    }
    void is_the_time_of_the_c_library() {
        for (long long seconds = 0; seconds < 4'102'444'800; seconds += 2'543'211) {
            const std::time_t time = seconds;
            std::tm parts{};
            ::gmtime_r(&time, &parts);
            std::array<char, 32> expected{};
            std::strftime(expected.data(), expected.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
            QCOMPARE(utc_text(std::chrono::seconds(seconds), 0), std::string(expected.data()));
            QCOMPARE(parse_utc_text(expected.data()), std::optional(Nanoseconds(std::chrono::seconds(seconds))));
        }
    }
    void what_there_is_not_runs_over() {
        QCOMPARE(parse_utc_text("2023-02-29T24:00:60Z"), parse_utc_text("2023-03-02T00:01:00Z"));
        QCOMPARE(parse_utc_text("2023-13-01T00:00:00Z"), parse_utc_text("2024-01-01T00:00:00Z"));
        QCOMPARE(parse_utc_text("2023-00-00T00:00:00Z"), parse_utc_text("2022-11-30T00:00:00Z"));
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
