// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include "tests/support/test_main.h"
#include "virt/guest/kernel_end.h"

using namespace isolab;

class KernelEndTest : public QObject {
    Q_OBJECT
  private slots:
    void knows_last_words_in_any_pieces_data();
    void knows_last_words_in_any_pieces();
    void keeps_lines_short();
};

void KernelEndTest::knows_last_words_in_any_pieces_data() {
    QTest::addColumn<QByteArray>("console");
    QTest::addColumn<QString>("cause");
    QTest::addColumn<bool>("stays");
    QTest::newRow("power-off") << QByteArray("[    2.65] sysrq: Power Off\r\n[    2.65] reboot: Power down\r\n")
                               << "the machine powered off" << true;
    QTest::newRow("no time") << QByteArray("reboot: Power down\n") << "the machine powered off" << true;
    QTest::newRow("caller") << QByteArray("[    1.62][    T1] reboot: System halted\r\n") << "the machine powered off"
                            << true;
    QTest::newRow("restart") << QByteArray("[    2.18] reboot: Restarting system\r\n") << "the machine restarted"
                             << false;
    QTest::newRow("panic") << QByteArray("[    1.67] Kernel panic - not syncing: Attempted to kill init! "
                                         "exitcode=0x0000000b\r\n[    1.67] CPU: 0\r\n[ 1.9] reboot: Restarting\r\n")
                           << "the guest's kernel panicked: Attempted to kill init! exitcode=0x0000000b" << false;
    QTest::newRow("panic that waits") << QByteArray("[ 1.6] Kernel panic - not syncing: why\r\n[ 1.7] Rebooting in 9\n")
                                      << "the guest's kernel panicked: why" << true;
    QTest::newRow("panic without end")
        << QByteArray("[ 1.6] Kernel panic - not syncing: why\n[ 1.7] ---[ end Kernel panic - not syncing: why ]---\n")
        << "the guest's kernel panicked: why" << true;
    QTest::newRow("not its end") << QByteArray("[ 1.6] Rebooting in 9 seconds\nhe said reboot: Power down\n[ 2.0\n")
                                 << "" << false;
    QTest::newRow("half a line") << QByteArray("[ 1.6] reboot: Power down") << "" << false;
}

void KernelEndTest::knows_last_words_in_any_pieces() {
    QFETCH(QByteArray, console);
    QFETCH(QString, cause);
    QFETCH(bool, stays);
    for (const qsizetype piece : {qsizetype{1}, qsizetype{7}, console.size()}) {
        KernelEnd end;
        for (qsizetype at = 0; at < console.size(); at += piece)
            end.read(console.mid(at, piece).toStdString());
        QCOMPARE(QString::fromStdString(end.cause()), cause);
        QCOMPARE(end.stays(), stays);
    }
}

/// Whatever a guest prints.
void KernelEndTest::keeps_lines_short() {
    KernelEnd end;
    end.read("Kernel panic - not syncing: ");
    for (int i = 0; i < 100; ++i)
        end.read(std::string(1000, 'x'));
    end.read("\n");
    QVERIFY(!end.cause().empty() && end.cause().size() < 2000);
    end.read("reboot: Power down\n");
    QVERIFY(end.stays() && end.cause().find("panicked") != std::string::npos);
}

ISOLAB_TEST(KernelEndTest)
#include "kernel_end_test.moc"
