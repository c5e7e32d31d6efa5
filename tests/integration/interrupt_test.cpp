// SPDX-License-Identifier: GPL-3.0-or-later
//
// Ctrl-C, and worse, in the middle of a comparison.
#include <csignal>
#include <thread>

#include "compare/history.h"
#include "tests/support/host_state.h"
#include "tests/support/program.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;
using namespace std::chrono_literals;

class InterruptTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    std::unique_ptr<Program> program_;

    ChildProcess start_long_comparison(const char* side) {
        auto child = spawn({.argv = program_->command_line({"compare", "isolab/default", "--runs", "20", "--sides",
                                                            side, "--ready", "tcp:1", "--", "sleep", "1000"}),
                            .new_session = true});
        return std::move(*child);
    }

    bool runs(const char* folder) const {
        std::error_code error;
        return std::distance(std::filesystem::directory_iterator(program_->root() / folder, error), {}) > 0;
    }

  private slots:
    void initTestCase() {
        std::signal(SIGINT, SIG_DFL); // the program leaves it ignored when whoever runs the tests does
        program_ =
            std::make_unique<Program>(ISOLAB_BIN_DIR, std::filesystem::path(scratch_.path().toStdString()) / "data");
        QCOMPARE(program_->run({"compare", "hello", "--runs", "1", "--warmup", "0"}).code, 0);
    }

    void interrupt_stops_cleanly_data() {
        QTest::addColumn<QString>("side");
        QTest::addColumn<QString>("folder");
        QTest::addColumn<int>("delay_ms");
        QTest::newRow("container") << "container"
                                   << "containers" << 300;
        QTest::newRow("machine in its boot") << "vm"
                                             << "machines" << 300;
        QTest::newRow("machine at work") << "vm"
                                         << "machines" << 4000;
    }
    void interrupt_stops_cleanly() {
        QFETCH(QString, side);
        QFETCH(QString, folder);
        QFETCH(int, delay_ms);
        const HostState before = HostState::capture(program_->root());
        ChildProcess child = start_long_comparison(qPrintable(side));
        QTRY_VERIFY_WITH_TIMEOUT(runs(qPrintable(folder)), 20000);
        std::this_thread::sleep_for(std::chrono::milliseconds(delay_ms));
        child.kill(SIGINT);
        const auto exit = child.wait({}, 20s);
        QVERIFY2(exit, exit ? "" : exit.error().message().c_str());
        QCOMPARE(exit->code, 130);
        QCOMPARE(QString::fromStdString(HostState::capture(program_->root()).added_since(before)), QString());
    }

    void what_a_killed_program_left_is_removed_by_the_next_one_data() {
        QTest::addColumn<QString>("side");
        QTest::addColumn<QString>("folder");
        QTest::newRow("container") << "container"
                                   << "containers";
        QTest::newRow("machine") << "vm"
                                 << "machines";
    }
    void what_a_killed_program_left_is_removed_by_the_next_one() {
        QFETCH(QString, side);
        QFETCH(QString, folder);
        const HostState before = HostState::capture(program_->root());
        ChildProcess child = start_long_comparison(qPrintable(side));
        QTRY_VERIFY_WITH_TIMEOUT(runs(qPrintable(folder)), 20000);
        std::this_thread::sleep_for(1s);
        child.kill(SIGKILL);
        QVERIFY(child.wait({}, 10s));
        QCOMPARE(program_->run({"compare", "hello", "--runs", "1", "--warmup", "0"}).code, 0);
        QCOMPARE(QString::fromStdString(HostState::capture(program_->root()).added_since(before)), QString());
    }
};

QTEST_GUILESS_MAIN(InterruptTest)
#include "interrupt_test.moc"
