// SPDX-License-Identifier: GPL-3.0-or-later
//
// ./dev in a repository of its own, with stand-ins for the tools that it calls. git is real.
#include <optional>

#include <QtTest>

#include "tests/scripts/script_stage.h"

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
        fs::copy_file(ISOLAB_SOURCE_DIR "/dev", stage_->path() / "dev");
        for (const char* quiet : {"packages/install", "packages/fetch-kernel", "bin/shellcheck", "bin/clang-format"})
            stage_->script(quiet, "");
        stage_->script("bin/cmake", "mkdir -p build");
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
    void failure_without_a_known_cause_is_summarised() {
        stage_->script("bin/ctest", "echo '50% tests passed, 1 tests failed out of 2'; exit 8");
        const auto output = stage_->run({"./dev", "test"});
        QCOMPARE(output.code, 1);
        QVERIFY2(output.out.ends_with("\nCauses:\n\n50% tests passed, 1 tests failed out of 2\n"), output.out.c_str());
    }
};

QTEST_APPLESS_MAIN(DevTest)
#include "dev_test.moc"
