// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "engine/rootfs/process_user.h"
#include "tests/support/test_main.h"

using namespace isolab;

namespace {

constexpr const char* users_file = "root:x:0:0:root:/root:/bin/sh\nbroken line\n"
                                   "redis:x:999:998::/var/lib/redis:/bin/false\nodd:x:-1:5::/:\n";
constexpr const char* groups_file =
    "root:x:0:\nredis:x:998:\naudio:x:29:redis,other\nwheel:x:10:redis\nbad:x:99999999999:redis\n";

} // namespace

class ProcessUserTest : public QObject {
    Q_OBJECT
  private slots:
    void names_and_numbers_are_looked_up() {
        const auto named = resolve_user(users_file, groups_file, "redis");
        QVERIFY(named);
        QCOMPARE(named->uid, 999U);
        QCOMPARE(named->gid, 998U);
        QCOMPARE(named->additional_gids, (std::vector<std::uint32_t>{10, 29}));
        QCOMPARE(named->home, std::string("/var/lib/redis"));
        QCOMPARE(resolve_user(users_file, groups_file, "999")->additional_gids, named->additional_gids);
        const auto both = resolve_user(users_file, groups_file, "redis:audio");
        QCOMPARE(both->gid, 29U);
        QVERIFY(both->additional_gids.empty());
    }
    void numbers_need_no_entry() {
        const auto user = resolve_user("", "", "1234:4294967294");
        QCOMPARE(user->uid, 1234U);
        QCOMPARE(user->gid, 4294967294U);
        QCOMPARE(user->home, std::string("/"));
        QCOMPARE(resolve_user("", "", "1234")->gid, 0U);
    }
    void nothing_means_root() {
        QCOMPARE(resolve_user(users_file, groups_file, "")->home, std::string("/root"));
        QCOMPARE(resolve_user("", "", "")->uid, 0U);
    }
    void anything_else_is_refused_data() {
        QTest::addColumn<QString>("spec");
        for (const char* spec : {"1000:", ":5", "-1", "+1", "4294967295", "4294967296", "99999999999999999999", " 1",
                                 "1 ", "root ", "1:2:3", ":", "root:", "a/b", "root\n", "1:-1"})
            QTest::newRow(spec) << QString(spec);
    }
    void anything_else_is_refused() {
        QFETCH(QString, spec);
        const auto user = resolve_user(users_file, groups_file, spec.toStdString());
        QVERIFY(!user);
        QVERIFY(user.error().kind == ErrorKind::invalid_argument);
    }
    void unknown_names_are_not_found() {
        QVERIFY(resolve_user(users_file, groups_file, "nobody").error().kind == ErrorKind::not_found);
        QCOMPARE(resolve_group(groups_file, "audio").value(),
                 resolve_user(users_file, groups_file, "redis:audio")->gid);
        QCOMPARE(resolve_group(groups_file, "4711").value(), 4711U);
        QVERIFY(resolve_group(groups_file, "no-such").error().kind == ErrorKind::not_found);
        for (const char* bad : {"", "-1", "4294967295", "a b", ":"})
            QVERIFY2(resolve_group(groups_file, bad).error().kind == ErrorKind::invalid_argument, bad);
        QVERIFY(resolve_user(users_file, groups_file, "odd").error().kind == ErrorKind::not_found);
        QVERIFY(resolve_user(users_file, groups_file, "0:bad").error().kind == ErrorKind::not_found);
    }
};

ISOLAB_TEST(ProcessUserTest)
#include "process_user_test.moc"
