// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/signal_disposition.h"
#include "tests/support/test_main.h"

#include <csignal>

#include "engine/base/subprocess.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace isolab;

class SignalDispositionTest : public QObject {
    Q_OBJECT
  private slots:
    void caught_and_blocked_signals_are_handled() {
        const char* status =
            "Name:\tx\nSigBlk:\t0000000000000002\nSigIgn:\t0000000000000001\nSigCgt:\t0000000000004000\n";
        QVERIFY(status_handles_signal(status, SIGTERM)); // bit 14
        QVERIFY(status_handles_signal(status, SIGINT));  // blocked
        QVERIFY(!status_handles_signal(status, SIGHUP)); // ignored
        QVERIFY(!status_handles_signal(status, SIGUSR1));
    }
    void real_processes_are_told_apart() {
        auto plain = spawn({.argv = {"sleep", "100"}});
        auto trapping = spawn({.argv = {"sh", "-c", "trap 'exit 3' TERM; while :; do sleep 0.05; done"}});
        QVERIFY(plain && trapping);
        VERIFY_SOON(handles_signal(trapping->pid(), SIGTERM));
        QVERIFY(!handles_signal(plain->pid(), SIGTERM));
    }
    void ignored_signals_are_told_apart() {
        auto ignoring = spawn({.argv = {"sh", "-c", "trap '' TERM; while :; do sleep 0.05; done"}});
        QVERIFY(ignoring);
        VERIFY_SOON(ignores_signal(ignoring->pid(), SIGTERM));
        QVERIFY(!ignores_signal(ignoring->pid(), SIGHUP));
        QVERIFY(!ignores_signal(999999999, SIGTERM));
    }
    void vanished_process_is_not_judged() { QVERIFY(handles_signal(999999999, SIGTERM)); }
};

ISOLAB_TEST(SignalDispositionTest)
#include "signal_disposition_test.moc"
