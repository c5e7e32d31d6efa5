// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/shared_list.h"
#include "tests/support/test_main.h"

#include <algorithm>
#include <ranges>
#include <string>

#include <QtTest>

using namespace isolab;

class SharedListTest : public QObject {
    Q_OBJECT

  private slots:
    void copies_share_the_values_and_not_the_length() {
        SharedList<std::string> list(std::vector<std::string>{"one", "two"});
        const SharedList<std::string> copy = list;
        list.push_back("three");
        QCOMPARE(copy.size(), std::size_t{2});
        QCOMPARE(list.size(), std::size_t{3});
        QVERIFY(&copy.front() == &list.front() && &copy[1] == &list[1]);
        QVERIFY(list.to_vector() == (std::vector<std::string>{"one", "two", "three"}));
    }
    void it_is_walked_like_a_vector() {
        static_assert(std::ranges::random_access_range<SharedList<std::string>>);
        const SharedList<std::string> list(std::vector<std::string>{"one", "two", "three"});
        QCOMPARE(std::ranges::count_if(list, [](const std::string& word) { return word.size() == 3; }), 2);
        QCOMPARE(*std::find(list.rbegin(), list.rend(), "two"), std::string("two"));
        QCOMPARE(std::string(*list.rbegin()), std::string("three"));
        QCOMPARE((list.begin() + 2)->size(), std::size_t{5});
        QCOMPARE(list.end() - list.begin(), std::ptrdiff_t{3});
        QVERIFY(list.begin()[1] == list.at(1) && list.back() == "three");
        QVERIFY_THROWS_EXCEPTION(std::out_of_range, (void)list.at(3));
        QVERIFY(SharedList<std::string>().empty());
    }
};

ISOLAB_TEST(SharedListTest)
#include "shared_list_test.moc"
