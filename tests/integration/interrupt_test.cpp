// SPDX-License-Identifier: GPL-3.0-or-later
//
// Ctrl-C, and worse, in the middle of a comparison.
#include <algorithm>
#include <csignal>
#include <thread>

#include <fcntl.h>

#include "compare/history/history.h"
#include "engine/base/file_tree.h"
#include "engine/base/process_memory.h"
#include "tests/support/host_state.h"
#include "tests/support/places.h"
#include "tests/support/program.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

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

    /// The first process below `root` (itself included) whose command line has `word`; -1 when there is none yet.
    static pid_t find_process(pid_t root, const std::string& word) {
        for (const pid_t pid : process_tree(root))
            if (const auto line = read_file("/proc/" + std::to_string(pid) + "/cmdline");
                line && line->find(word) != std::string::npos)
                return pid;
        return -1;
    }

    /// Each container and each machine has a folder of its own; there may be files beside them.
    bool runs(const char* folder) const {
        std::error_code error;
        return std::ranges::any_of(std::filesystem::directory_iterator(program_->root() / folder, error),
                                   [](const auto& entry) { return entry.is_directory(); });
    }

  private slots:
    void initTestCase() {
        std::signal(SIGINT, SIG_DFL); // the program leaves it ignored when whoever runs the tests does
        program_ =
            std::make_unique<Program>(programs_folder(), std::filesystem::path(scratch_.path().toStdString()) / "data");
        QCOMPARE(program_->run({"compare", "hello", "--runs", "1", "--warmup", "0"}).code, 0);
    }

    void interrupt_stops_cleanly_data() {
        QTest::addColumn<QString>("side");
        QTest::addColumn<QString>("folder");
        QTest::addColumn<int>("delay_ms");
        QTest::newRow("container") << "container"
                                   << "instances/folders" << 300;
        QTest::newRow("machine in its boot") << "vm"
                                             << "machines" << 300;
        QTest::newRow("machine at work") << "vm"
                                         << "machines" << 2000;
    }
    void interrupt_stops_cleanly() {
        QFETCH(QString, side);
        QFETCH(QString, folder);
        QFETCH(int, delay_ms);
        const HostState before = HostState::capture(program_->root(), program_->temporary());
        ChildProcess child = start_long_comparison(qPrintable(side));
        VERIFY_SOON(runs(qPrintable(folder)));
        std::this_thread::sleep_for(std::chrono::milliseconds(delay_ms));
        child.kill(SIGINT);
        const auto exit = child.wait({}, patience);
        VERIFY_OK(exit);
        QCOMPARE(exit->signal, 0); // ended by itself
        QCOMPARE(exit->code, 130);
        QCOMPARE(
            QString::fromStdString(HostState::capture(program_->root(), program_->temporary()).added_since(before)),
            QString());
    }

    void a_world_that_is_killed_ends_the_run_with_the_cause_data() {
        QTest::addColumn<QString>("side");
        QTest::addColumn<QString>("process");
        QTest::addColumn<int>("delay_ms");
        QTest::addColumn<QString>("cause");
        QTest::newRow("launcher") << "container"
                                  << "--event-fd" << 500 << "its launcher ended";
        QTest::newRow("QEMU") << "vm"
                              << "qemu-system" << 2500 << "it ended before the workload did";
    }
    void a_world_that_is_killed_ends_the_run_with_the_cause() {
        QFETCH(QString, side);
        QFETCH(QString, process);
        QFETCH(int, delay_ms);
        QFETCH(QString, cause);
        const HostState before = HostState::capture(program_->root(), program_->temporary());
        const std::string log = scratch_.filePath("log").toStdString();
        const UniqueFd err(::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        auto child = spawn({.argv = program_->command_line({"compare", "isolab/default", "--runs", "1", "--warmup", "0",
                                                            "--sides", side.toStdString(), "--deadline", "3000",
                                                            "--ready", "tcp:1", "--", "sleep", "3000"}),
                            .fds = {{2, err.get()}}});
        QVERIFY(child);
        pid_t victim = -1;
        VERIFY_SOON((victim = find_process(child->pid(), process.toStdString())) > 0);
        std::this_thread::sleep_for(
            std::chrono::milliseconds(delay_ms)); // whatever it does by then, the end is the same
        ::kill(victim, SIGKILL);
        const auto exit = child->wait({}, patience); // far below the deadline
        VERIFY_OK(exit);
        QCOMPARE(exit->code, 1);
        const auto text = read_file(log);
        QVERIFY2(text && text->find(cause.toStdString()) != std::string::npos, text ? text->c_str() : "");
        QCOMPARE(
            QString::fromStdString(HostState::capture(program_->root(), program_->temporary()).added_since(before)),
            QString());
    }

    void what_a_killed_program_left_is_removed_by_the_next_one_data() {
        QTest::addColumn<QString>("side");
        QTest::addColumn<QString>("folder");
        QTest::newRow("container") << "container"
                                   << "instances/folders";
        QTest::newRow("machine") << "vm"
                                 << "machines";
    }
    void what_a_killed_program_left_is_removed_by_the_next_one() {
        QFETCH(QString, side);
        QFETCH(QString, folder);
        const HostState before = HostState::capture(program_->root(), program_->temporary());
        ChildProcess child = start_long_comparison(qPrintable(side));
        VERIFY_SOON(runs(qPrintable(folder)));
        std::this_thread::sleep_for(1s);
        child.kill(SIGKILL);
        QVERIFY(child.wait({}, patience));
        if (side == "container") // a machine's keeper may have removed all by now
            QVERIFY(!HostState::capture(program_->root(), program_->temporary()).added_since(before).empty());
        QCOMPARE(program_->run({"compare", "hello", "--runs", "1", "--warmup", "0"}).code, 0);
        QCOMPARE(
            QString::fromStdString(HostState::capture(program_->root(), program_->temporary()).added_since(before)),
            QString());
    }
};

ISOLAB_TEST(InterruptTest)
#include "interrupt_test.moc"
