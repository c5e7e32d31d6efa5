// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/security/user_namespaces.h"
#include "tests/support/test_main.h"

#include <QtTest>

using namespace isolab;

class UserNamespacesTest : public QObject {
    Q_OBJECT

  private slots:
    void open_switches_are_no_obstacle() {
        QVERIFY(!find_user_namespace_obstacle({}));
        QVERIFY(!find_user_namespace_obstacle({"63402\n", "1\n", "0\n"}));
    }
    void each_switch_has_its_remedy_data() {
        QTest::addColumn<QString>("largest");
        QTest::addColumn<QString>("debian");
        QTest::addColumn<QString>("apparmor");
        QTest::addColumn<QString>("setting");
        QTest::newRow("count") << "0\n"
                               << "1\n"
                               << "0\n"
                               << "user.max_user_namespaces=";
        QTest::newRow("Debian") << "9\n"
                                << "0\n"
                                << "0\n"
                                << "kernel.unprivileged_userns_clone=1";
        QTest::newRow("Ubuntu") << "9\n"
                                << ""
                                << "1\n"
                                << "kernel.apparmor_restrict_unprivileged_userns=0";
    }
    void each_switch_has_its_remedy() {
        QFETCH(QString, largest);
        QFETCH(QString, debian);
        QFETCH(QString, apparmor);
        QFETCH(QString, setting);
        const UserNamespaceSwitches switches{largest.toStdString(), debian.toStdString(), apparmor.toStdString()};
        const auto obstacle = find_user_namespace_obstacle(switches);
        QVERIFY(obstacle);
        QVERIFY2(QString::fromStdString(obstacle->remedy).contains(setting), obstacle->remedy.c_str());
        const Error error = explain_user_namespace_error(system_error(EPERM, "mount", "proc"), switches);
        QVERIFY(QString::fromStdString(error.cause).contains(QString::fromStdString(obstacle->cause)));
        QCOMPARE(error.remedy, obstacle->remedy);
    }
    void other_errors_keep_their_cause() {
        const UserNamespaceSwitches restricted{"9\n", "", "1\n"};
        QVERIFY(explain_user_namespace_error(system_error(ENOENT, "mount", "proc"), restricted).remedy.empty());
        QVERIFY(explain_user_namespace_error(system_error(ENOSPC, "write", "file"), restricted).remedy.empty());
        QVERIFY(!explain_user_namespace_error(system_error(ENOSPC, "clone"), {"0\n", "", ""}).remedy.empty());
    }
};

ISOLAB_TEST(UserNamespacesTest)
#include "user_namespaces_test.moc"
