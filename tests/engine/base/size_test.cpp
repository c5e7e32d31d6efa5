// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/size.h"
#include "tests/support/test_main.h"

#include <QtTest>

using namespace isolab;

class SizeTest : public QObject {
    Q_OBJECT
  private slots:
    void units_are_powers_of_1024_in_any_case() {
        QCOMPARE(parse_size("1000").value(), 1000U);
        QCOMPARE(parse_size("7b").value(), 7U);
        QCOMPARE(parse_size("1k").value(), 1024U);
        QCOMPARE(parse_size("256MiB").value(), 256U << 20U);
        QCOMPARE(parse_size("2T").value(), std::uint64_t{2} << 40U);
    }
    void anything_else_is_refused() {
        for (const char* text : {"", "M", "1.5G", "-1", "1 G", "1X", "16777216T", "99999999999999999999"})
            QVERIFY2(!parse_size(text), text);
    }
    void text_is_short_exact_and_read_again() {
        for (const char* text : {"0", "1", "1000", "1K", "1025K", "256M", "1G", "3T"})
            QCOMPARE(size_text(parse_size(text).value()), std::string(text));
    }
    void mebibytes_are_whole() {
        QCOMPARE(mebibytes_text(256U << 20U), std::string("256 MiB"));
        QCOMPARE(mebibytes_text((256U << 20U) - 1), std::string("255 MiB"));
        QCOMPARE(mebibytes_text(0), std::string("0 MiB"));
    }
};

ISOLAB_TEST(SizeTest)
#include "size_test.moc"
