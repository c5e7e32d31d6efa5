// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/command_line.h"
#include "tests/support/test_main.h"

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "engine/base/file_tree.h"

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
        QVERIFY(run_command_line({"compare", "--quick"}) == ExitCode::usage);
        QVERIFY(run_command_line({"compare", "--suite", "textbook", "--runs", "3"}) == ExitCode::usage);
        QVERIFY(run_command_line({"compare", "--suite", "textbook", "redis"}) == ExitCode::usage);
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
    void result_follows_a_link_and_keeps_the_mode() {
        const std::filesystem::path folder = root();
        std::ofstream(folder / "target") << "old";
        std::filesystem::permissions(folder / "target", std::filesystem::perms(0600));
        std::filesystem::create_symlink("target", folder / "link");
        std::filesystem::create_symlink("later", folder / "dangling");
        QVERIFY(write_result("new", folder / "link"));
        QVERIFY(write_result("new", folder / "dangling"));
        QVERIFY(std::filesystem::is_symlink(folder / "link") && std::filesystem::is_symlink(folder / "dangling"));
        QCOMPARE(*read_file(folder / "target"), std::string("new"));
        QCOMPARE(*read_file(folder / "later"), std::string("new"));
        QVERIFY(std::filesystem::status(folder / "target").permissions() == std::filesystem::perms(0600));
    }
    void result_is_written_into_a_pipe_not_over_it() {
        const std::string pipe = root() + "/pipe";
        QCOMPARE(::mkfifo(pipe.c_str(), 0600), 0);
        const UniqueFd reader(::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
        QVERIFY(check_result_file(pipe));
        QVERIFY(write_result("text", pipe));
        QVERIFY(std::filesystem::is_fifo(pipe));
        std::array<char, 16> buffer{};
        QCOMPARE(::read(reader.get(), buffer.data(), buffer.size()), ssize_t{4});
    }
    void a_result_that_cannot_be_written_is_told_before_anything_is_done() {
        QVERIFY(check_result_file({}));
        QVERIFY(check_result_file("result.json"));
        QVERIFY(check_result_file(root() + "/result.json"));
        std::ofstream(root() + "/file") << "x";
        for (const char* name : {"/no/such/folder/file", "/file/below", "/"}) {
            const auto checked = check_result_file(root() + name);
            QVERIFY2(!checked && !checked.error().remedy.empty(), name);
            QVERIFY2(checked.error().message().find(root() + name) != std::string::npos, name);
        }
        QVERIFY(run_command_line({"--root", root() + "/unused", "compare", "--output", root() + "/no/such/file"}) !=
                ExitCode::ok);
        QVERIFY(!std::filesystem::exists(root() + "/unused"));
    }
    void ignored_signals_stay_ignored_and_others_are_given_back() {
        const auto before = std::signal(SIGTERM, SIG_DFL);
        std::signal(SIGHUP, SIG_IGN);
        {
            const Interrupt interrupt;
            std::raise(SIGHUP);
            QVERIFY(!interrupt.token().stop_requested());
            std::raise(SIGTERM);
            QVERIFY(interrupt.token().stop_requested());
        }
        QVERIFY(std::signal(SIGHUP, SIG_DFL) == SIG_IGN);
        QVERIFY(std::signal(SIGTERM, before) == SIG_DFL);
    }
    void history_can_be_listed_before_there_is_a_data_folder() {
        QVERIFY(run_command_line({"history", "ls", "--root", root() + "/not/yet"}) == ExitCode::ok);
    }
};

ISOLAB_TEST(CommandLineTest)
#include "command_line_test.moc"
