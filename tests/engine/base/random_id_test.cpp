// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/random_id.h"
#include "tests/support/test_main.h"

#include <set>

#include <QtTest>

using namespace isolab;

class RandomIdTest : public QObject {
    Q_OBJECT
  private slots:
    void has_as_many_digits_as_asked_for() {
        for (const std::size_t digits : {0U, 1U, 7U, 8U, 64U, 1001U}) { // getrandom(2) may give 256 bytes at a time
            const std::string id = random_hex(digits);
            QCOMPARE(id.size(), digits);
            QCOMPARE(id.find_first_not_of("0123456789abcdef"), std::string::npos);
        }
    }
    void every_digit_occurs_everywhere() {
        const std::string all = random_hex(1001);
        for (const std::size_t half : {std::size_t{0}, std::size_t{500}})
            QCOMPARE(std::set<char>(all.begin() + static_cast<long>(half), all.begin() + static_cast<long>(half + 500))
                         .size(),
                     std::size_t{16});
    }
    void none_comes_twice() {
        std::set<std::string> seen;
        for (int i = 0; i < 10'000; ++i)
            QVERIFY(seen.insert(random_hex(16)).second);
    }
};

ISOLAB_TEST(RandomIdTest)
#include "random_id_test.moc"
