// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/signal_name.h"
#include "tests/support/test_main.h"

#include <csignal>

#include <QtTest>

using namespace isolab;

class SignalNameTest : public QObject {
    Q_OBJECT
  private slots:
    void known_names_and_numbers_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<int>("number");
        QTest::newRow("full") << QByteArray("SIGTERM") << SIGTERM;
        QTest::newRow("short") << QByteArray("KILL") << SIGKILL;
        QTest::newRow("lower case") << QByteArray("sigusr1") << SIGUSR1;
        QTest::newRow("number") << QByteArray("15") << 15;
        QTest::newRow("first real-time") << QByteArray("SIGRTMIN") << SIGRTMIN;
        QTest::newRow("systemd's halt") << QByteArray("SIGRTMIN+3") << SIGRTMIN + 3;
        QTest::newRow("from the end") << QByteArray("RTMAX-1") << SIGRTMAX - 1;
    }
    void known_names_and_numbers() {
        QFETCH(QByteArray, name);
        QFETCH(int, number);
        QCOMPARE(signal_number(name.toStdString()).value_or(-1), number);
    }
    void a_number_has_the_name_that_it_is_found_by() {
        QCOMPARE(signal_name(SIGTERM), std::string("SIGTERM"));
        QCOMPARE(signal_name(SIGRTMIN + 3), std::string("SIGRTMIN+3"));
        for (int number = 1; number <= SIGRTMAX; ++number)
            QCOMPARE(signal_number(signal_name(number)).value_or(-1), number);
    }
    void anything_else_is_refused() {
        for (const char* name : {"", "SIG", "TERMINATE", "0", "-1", "65", "15x", "99999999999", "RTMIN+99", "RTMIN-1",
                                 "RTMAX+1", "SIGRTMIN+", "SIG15"})
            QVERIFY2(!signal_number(name), name);
    }
};

ISOLAB_TEST(SignalNameTest)
#include "signal_name_test.moc"
