// SPDX-License-Identifier: GPL-3.0-or-later
//
// ./dev in a repository of its own, with stand-ins for the tools that it calls. git is real.
#include <optional>
#include <sstream>
#include <thread>

#include <csignal>

#include <QtTest>

#include "tests/scripts/script_stage.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

class DevTest : public QObject {
    Q_OBJECT
    std::optional<ScriptStage> stage_;

    void git(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), {"git", "-c", "user.name=x", "-c", "user.email=x@example.org"});
        const auto output = stage_->run(arguments);
        QVERIFY2(output.code == 0, output.out.c_str());
    }

  private slots:
    void init() {
        stage_.emplace();
        fs::copy_file(source_file("dev"), stage_->path() / "dev");
        for (const char* quiet : {"packages/install", "packages/fetch-kernel", "bin/shellcheck", "bin/clang-format"})
            stage_->script(quiet, "");
        stage_->script("bin/cmake", "mkdir -p build/lint; echo '[]' >build/lint/compile_commands.json");
        git({"init", "-q"});
        git({"commit", "-q", "--allow-empty", "-m", "start"});
    }

    void lint_takes_headers_alone() {
        stage_->file("only.h", "");
        const auto output = stage_->run({"./dev", "lint"});
        QVERIFY2(output.code == 0, output.out.c_str());
        QCOMPARE(QString::fromStdString(output.out), QString("isolab: 1 files are clean\n"));
    }
    void lint_shows_sources_to_clang_tidy() {
        stage_->file("one.cpp", "");
        stage_->script("bin/clang-tidy", "echo \"$@\"; exit 1");
        const auto output = stage_->run({"./dev", "lint"});
        QVERIFY(output.code != 0);
        QVERIFY2(output.out.find("one.cpp") != std::string::npos, output.out.c_str());
    }
    void tests_use_the_kernels_of_the_data_folder() {
        stage_->script("bin/ctest", "echo kernels: $ISOLAB_TEST_KERNELS");
        const auto output = stage_->run({"./dev", "test"});
        QCOMPARE(output.code, 0);
        QCOMPARE(QString::fromStdString(output.out),
                 QString::fromStdString("kernels: " + (stage_->path() / "data/kernels\n").string()));
    }
    void more_tests_run_than_there_are_processors() {
        stage_->script("bin/nproc", "echo 5");
        stage_->script("bin/ctest", "echo \"$@\"");
        const auto output = stage_->run({"./dev", "test"});
        QCOMPARE(output.code, 0);
        QVERIFY2(output.out.find("--parallel 10") != std::string::npos, output.out.c_str());
    }
    void tests_keep_built_disks_in_the_data_folder() {
        stage_->script("bin/ctest", "echo disks: $ISOLAB_TEST_DISKS");
        const auto output = stage_->run({"./dev", "test"});
        QCOMPARE(output.code, 0);
        QCOMPARE(QString::fromStdString(output.out),
                 QString::fromStdString("disks: " + (stage_->path() / "data/cache/test-disks\n").string()));
    }
    void tests_that_skip_are_told_at_the_end_data() {
        QTest::addColumn<int>("code");
        QTest::newRow("passed") << 0;
        QTest::newRow("failed") << 1;
    }
    void tests_that_skip_are_told_at_the_end() {
        QFETCH(int, code);
        stage_->script("bin/ctest", R"(
            mkdir -p build/Testing/Temporary
            printf 'PASS   : A::b()\nSKIP   : A::c(row) needs root\n' >build/Testing/Temporary/LastTest.log
            exit )" + std::to_string(code));
        const auto output = stage_->run({"./dev", "test"});
        QCOMPARE(output.code, code);
        QVERIFY2(output.out.ends_with("\nNot tested here:\n  A::c(row) needs root\n"), output.out.c_str());
    }
    void repeated_runs_name_what_failed() {
        stage_->script("bin/ctest", "echo run >>build/runs; [ $(wc -l <build/runs) -ne 2 ] || "
                                    "{ echo '1/2 Test  #7: odd_test .....***Failed  0.1 sec'; exit 8; }");
        const auto output = stage_->run({"./dev", "test", "--repeat", "3"});
        QCOMPARE(output.code, 1);
        QVERIFY2(output.out.ends_with("\n2 of 3 runs were green\n      1 odd_test\n"), output.out.c_str());
    }
    void repeated_runs_may_all_be_green() {
        stage_->script("bin/ctest", "echo '1/2 Test  #7: odd_test .....***Skipped  0.1 sec'");
        const auto output = stage_->run({"./dev", "test", "--repeat", "2"});
        QCOMPARE(output.code, 0);
        QVERIFY2(output.out.ends_with("\n2 of 2 runs were green\n"), output.out.c_str());
    }
    void busy_loops_end_with_the_tests() {
        stage_->script("bin/ctest", "pgrep -P $PPID >build/children");
        VERIFY_CODE(stage_->run({"./dev", "test", "--busy"}), 0);
        const auto children = read_file(stage_->path() / "build/children");
        VERIFY_OK(children);
        std::istringstream ids(*children);
        unsigned count = 0;
        for (pid_t id = 0; ids >> id; ++count)
            QVERIFY2(becomes_true([id] { return ::kill(id, 0) != 0; }), children->c_str());
        QVERIFY2(count > std::thread::hardware_concurrency(), children->c_str()); // and ctest
    }
    void wrong_numbers_of_runs_are_refused() {
        for (const char* number : {"0", "-1", "many", ""}) {
            const auto output = stage_->run({"./dev", "test", "--repeat", number});
            QCOMPARE(output.code, 2);
            QVERIFY2(output.out.find("--repeat needs a number") != std::string::npos, output.out.c_str());
        }
    }
    void failure_without_a_known_cause_is_summarised() {
        stage_->script("bin/ctest", "echo '50% tests passed, 1 tests failed out of 2'; exit 8");
        const auto output = stage_->run({"./dev", "test"});
        QCOMPARE(output.code, 1);
        QVERIFY2(output.out.ends_with("\nCauses:\n\n50% tests passed, 1 tests failed out of 2\n"), output.out.c_str());
    }
};

ISOLAB_TEST(DevTest)
#include "dev_test.moc"
