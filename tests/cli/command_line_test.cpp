// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/command_line.h"

#include <filesystem>
#include <fstream>

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;

class CommandLineTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    std::string root() const { return scratch_.path().toStdString(); }

  private slots:
    void help_and_version_are_not_errors() {
        QVERIFY(run_command_line({"--help"}) == ExitCode::ok);
        QVERIFY(run_command_line({"--version"}) == ExitCode::ok);
        QVERIFY(run_command_line({"compare", "--help"}) == ExitCode::ok);
    }
    void wrong_usage_has_its_code() {
        QVERIFY(run_command_line({}) == ExitCode::usage);
        QVERIFY(run_command_line({"dance"}) == ExitCode::usage);
        QVERIFY(run_command_line({"image"}) == ExitCode::usage);
        QVERIFY(run_command_line({"compare", "--runs", "many"}) == ExitCode::usage);
        QVERIFY(run_command_line({"compare", "--format", "xml"}) == ExitCode::usage);
    }
    void empty_store_and_history_are_listed() {
        QVERIFY(run_command_line({"--root", root(), "image", "ls"}) == ExitCode::ok);
        QVERIFY(run_command_line({"history", "ls", "--root", root()}) == ExitCode::ok);
    }
    void corrupt_history_is_an_error_not_a_loss() {
        const auto file = std::filesystem::path(root()) / "broken/history.sqlite";
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file) << std::string(4096, 'x');
        QVERIFY(run_command_line({"--root", file.parent_path(), "history", "ls"}) == ExitCode::failed);
        QCOMPARE(std::filesystem::file_size(file), std::uintmax_t{4096});
    }
    void result_goes_into_a_file_in_one_step() {
        const std::string file = root() + "/result.txt";
        QVERIFY(write_result("text", file));
        std::ifstream stream(file);
        std::string word;
        stream >> word;
        QCOMPARE(word, std::string("text"));
        QVERIFY(!write_result("text", root() + "/no/such/folder/file"));
    }
};

QTEST_APPLESS_MAIN(CommandLineTest)
#include "command_line_test.moc"
