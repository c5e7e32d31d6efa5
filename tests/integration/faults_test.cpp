// SPDX-License-Identifier: GPL-3.0-or-later
//
// Bad input and faults: one clear message, the right exit code, the other side's result, nothing left behind.
#include <array>
#include <fstream>

#include <fcntl.h>
#include <unistd.h>

#include "compare/report/report.h"
#include "engine/base/json.h"
#include "engine/base/unique_fd.h"
#include "tests/support/host_state.h"
#include "tests/support/places.h"
#include "tests/support/program.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

QStringList words(std::initializer_list<const char*> list) {
    QStringList result;
    for (const char* word : list)
        result << QString::fromUtf8(word);
    return result;
}

std::vector<std::string> arguments(const QStringList& list) {
    std::vector<std::string> result;
    for (const QString& word : list)
        result.push_back(word.toStdString());
    return result;
}

} // namespace

class FaultsTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    std::filesystem::path here_;
    std::unique_ptr<Program> program_;
    HostState before_;

    void write(const char* name, const std::string& content) {
        std::ofstream(here_ / name, std::ios::binary) << content;
    }

    /// A layout whose layer blob does not have the content that its digest promises.
    void make_wrong_layout() {
        const std::filesystem::path from = share_folder() / "default-image";
        std::filesystem::copy(from, here_ / "wrong-layout", std::filesystem::copy_options::recursive);
        std::filesystem::path largest;
        for (const auto& blob : std::filesystem::recursive_directory_iterator(here_ / "wrong-layout/blobs"))
            if (blob.is_regular_file() && (largest.empty() || blob.file_size() > std::filesystem::file_size(largest)))
                largest = blob.path();
        std::filesystem::permissions(largest, std::filesystem::perms::owner_all);
        std::fstream file(largest, std::ios::binary | std::ios::in | std::ios::out);
        file.seekp(1000);
        file << "changed";
    }

  private slots:
    void initTestCase() {
        here_ = scratch_.path().toStdString();
        program_ = std::make_unique<Program>(programs_folder(), here_ / "data");
        write("garbage.tar", std::string(4096, 'g'));
        QVERIFY(run_checked({"sh", "-c",
                             "cd " + here_.string() +
                                 " && mkdir t && echo x > t/f && tar -cf good.tar -C t . && "
                                 "head -c 700 good.tar > short.tar && "
                                 "tar -P --transform 's,^f$,../../../../escape,' -C t -cf escape.tar f"}));
        make_wrong_layout();
        QCOMPARE(program_->run({"compare", "hello", "--sides", "container", "--runs", "1", "--warmup", "0"}).code, 0);
    }
    void init() { before_ = HostState::capture(program_->root(), program_->temporary()); }
    void cleanup() {
        QCOMPARE(
            QString::fromStdString(HostState::capture(program_->root(), program_->temporary()).added_since(before_)),
            QString());
    }

    void refusals_name_the_cause_data() {
        QTest::addColumn<QStringList>("command");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("message");
        QTest::newRow("no command") << words({}) << 2 << "subcommand";
        QTest::newRow("unknown option") << words({"compare", "--fast"}) << 2 << "--fast";
        QTest::newRow("unknown workload") << words({"compare", "nonesuch"}) << 2 << "nonesuch";
        QTest::newRow("unknown side") << words({"compare", "hello", "--sides", "container,jail"}) << 2 << "jail";
        QTest::newRow("image not imported")
            << words({"compare", "nginx", "--sides", "container"}) << 2 << "isolab image import";
        QTest::newRow("no CPUs") << words({"compare", "hello", "--cpus", "0"}) << 2 << "CPU";
        QTest::newRow("too many CPUs") << words({"compare", "hello", "--cpus", "4000"}) << 2 << "CPU";
        QTest::newRow("too little memory") << words({"compare", "hello", "--memory", "1M"}) << 2 << "memory";
        QTest::newRow("more memory than the host") << words({"compare", "hello", "--memory", "900T"}) << 2 << "memory";
        QTest::newRow("memory without meaning") << words({"compare", "hello", "--memory", "lots"}) << 2 << "lots";
        QTest::newRow("no runs") << words({"compare", "hello", "--runs", "0"}) << 2 << "run";
        QTest::newRow("bad readiness") << words({"compare", "hello", "--ready", "tcp:99999"}) << 2 << "tcp:99999";
        QTest::newRow("bad pattern") << words({"compare", "hello", "--ready", "log:("}) << 2 << "(";
        QTest::newRow("import nothing") << words({"image", "import", "/nonexistent.tar"}) << 2 << "/nonexistent.tar";
        QTest::newRow("unknown result") << words({"history", "show", "19700101"}) << 2 << "19700101";
    }
    void refusals_name_the_cause() {
        QFETCH(QStringList, command);
        QFETCH(int, code);
        QFETCH(QString, message);
        const auto output = program_->run(arguments(command));
        const QString text = QString::fromStdString(output.err);
        QVERIFY2(text.contains(message), qPrintable(text));
        QCOMPARE(output.code, code);
        QVERIFY(output.out.empty());
    }

    void bad_archives_are_refused_and_change_nothing_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("message");
        QTest::newRow("garbage") << "garbage.tar"
                                 << "garbage.tar";
        QTest::newRow("truncated") << "short.tar"
                                   << "short.tar";
        QTest::newRow("wrong digest") << "wrong-layout"
                                      << "sha256:";
    }
    void bad_archives_are_refused_and_change_nothing() {
        QFETCH(QString, file);
        QFETCH(QString, message);
        const Program fresh(programs_folder(), here_ / "fresh"); // a store that has no blob of the default image yet
        const std::string images = fresh.run({"image", "ls"}).out;
        const auto output = fresh.run({"image", "import", here_ / file.toStdString(), "--name", "bad"});
        QVERIFY2(output.code == 1 || output.code == 2, output.err.c_str());
        QVERIFY2(QString::fromStdString(output.err).contains(message), output.err.c_str());
        QCOMPARE(fresh.run({"image", "ls"}).out, images);
        const auto blobs = here_ / "fresh/images/blobs/sha256";
        QVERIFY(!std::filesystem::exists(blobs) || std::filesystem::is_empty(blobs));
    }

    void path_that_escapes_is_refused_before_anything_is_written() {
        const auto import = program_->run({"image", "import", here_ / "escape.tar", "--name", "escape"});
        std::string message = import.err;
        if (import.code == 0) {
            const auto output = program_->run({"compare", "escape", "--runs", "1", "--warmup", "0", "--", "/f"});
            QVERIFY(output.code != 0);
            message = output.err;
        }
        QVERIFY2(message.find("..") != std::string::npos, message.c_str());
        for (auto folder = here_ / "data/layers"; folder != folder.parent_path(); folder = folder.parent_path())
            QVERIFY(!std::filesystem::exists(folder / "escape"));
    }

    void command_that_is_not_in_the_image_fails_on_both_sides() {
        const auto output = program_->run(
            {"compare", "isolab/default", "--runs", "1", "--warmup", "0", "--format", "json", "--", "no-such-command"});
        QVERIFY(output.code != 0);
        QVERIFY2(output.err.find("no-such-command") != std::string::npos, output.err.c_str());
        const auto result = parse_report(*parse_json(output.out, "output"), "output");
        QVERIFY(result);
        QCOMPARE(result->runs.size(), std::size_t{2});
        for (const RunResult& run : result->runs) {
            QVERIFY2(run.error, run.side.c_str());
            QVERIFY2(run.error->message().find("no-such-command") != std::string::npos, run.error->message().c_str());
        }
    }

    void workload_that_never_gets_ready_ends_at_its_deadline() {
        const auto output = program_->run({"compare", "isolab/default", "--runs", "1", "--warmup", "0", "--ready",
                                           "tcp:4242", "--deadline", "6", "--", "sleep", "1000"});
        QVERIFY(output.code != 0);
        QVERIFY2(output.err.find("tcp:4242") != std::string::npos, output.err.c_str());
    }

    void one_failing_side_leaves_the_other_its_result_data() {
        QTest::addColumn<QStringList>("options");
        QTest::addColumn<QString>("message");
        QTest::newRow("no kernel") << words({"--kernel", "/nonexistent/vmlinuz"}) << "/nonexistent/vmlinuz";
        QTest::newRow("no libvirt") << words({"--connect", "qemu+unix:///system?socket=/nonexistent"}) << "qemu+unix";
    }
    void one_failing_side_leaves_the_other_its_result() {
        QFETCH(QStringList, options);
        QFETCH(QString, message);
        const auto output = program_->run(
            arguments(words({"compare", "hello", "--runs", "2", "--warmup", "0", "--format", "json"}) + options));
        QVERIFY(output.code != 0);
        QVERIFY2(QString::fromStdString(output.err).contains(message), output.err.c_str());
        const auto result = parse_report(*parse_json(output.out, "output"), "output");
        QVERIFY(result);
        QVERIFY(result->find_side("vm")->error);
        QVERIFY(!result->find_side("container")->error);
        QCOMPARE(result->find_metric("container", "ready")->summary.n, std::size_t{2});
    }

    void reader_that_goes_away_leaves_a_complete_comparison() {
        std::array<int, 2> pipe{};
        QCOMPARE(::pipe2(pipe.data(), O_CLOEXEC), 0);
        UniqueFd(pipe[0]).reset();
        const UniqueFd broken(pipe[1]);
        const std::string before = program_->run({"history", "ls"}).out;
        auto child = spawn({.argv = program_->command_line(
                                {"compare", "hello", "--sides", "container", "--runs", "2", "--warmup", "0"}),
                            .fds = {{1, broken.get()}, {2, broken.get()}}});
        QVERIFY(child);
        const auto exit = child->wait({}, std::chrono::minutes(2));
        QVERIFY(exit);
        QCOMPARE(exit->code, 1); // not 141: the result could not be written, and that is all
        const std::string after = program_->run({"history", "ls"}).out;
        QVERIFY(after.size() > before.size());
        const std::string entries = after.substr(after.find('\n') + 1); // the newest first
        QVERIFY2(entries.substr(0, entries.find('\n')).find("(incomplete)") == std::string::npos, after.c_str());
    }

    void tree_of_a_killed_disk_build_is_removed_by_the_next_program() {
        const auto abandoned = program_->root() / "tmp/.work-1-abcdef/rootfs/etc";
        std::filesystem::create_directories(abandoned);
        std::ofstream(abandoned / "passwd") << "root";
        QCOMPARE(program_->run({"compare", "nonesuch"}).code, 2);
        QVERIFY(!std::filesystem::exists(program_->root() / "tmp/.work-1-abcdef"));
    }

    void full_disk_is_named_and_nothing_stays() {
        if (::geteuid() != 0)
            QSKIP("mounting a small file system needs root");
        const std::string mount = here_ / "small";
        const Program full(programs_folder(), mount + "/data");
        std::string command;
        for (const std::string& word : full.command_line({"compare", "hello", "--runs", "1"}))
            command += "'" + word + "' ";
        const auto output =
            run_command({"unshare", "--mount", "sh", "-c",
                         "mount -t tmpfs -o size=1m none " + mount + " && " + command + "; code=$?; find " + mount +
                             " -name '.work-*' -o -name '*.new' -o -name 'tree-*'; exit $code"});
        QVERIFY(output);
        QCOMPARE(output->out, std::string());
        QVERIFY2(output->code == 1, output->err.c_str());
        QVERIFY2(output->err.find("No space left") != std::string::npos, output->err.c_str());
    }

    void folder_without_permission_is_named() {
        std::filesystem::create_directories(here_ / "locked");
        std::filesystem::permissions(here_ / "locked", std::filesystem::perms(0555));
        copy_programs(programs_folder(), here_);
        std::vector<std::string> command{here_ / "bin/isolab", "--root", here_ / "locked/data", "compare", "hello"};
        if (::geteuid() == 0) // who may write everywhere
            command.insert(command.begin(), {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
        const auto output = run_command(command);
        QVERIFY(output);
        QVERIFY2(output->code == 1, output->err.c_str());
        QVERIFY2(output->err.find("locked/data") != std::string::npos, output->err.c_str());
        QVERIFY2(output->err.find("Permission denied") != std::string::npos, output->err.c_str());
    }
};

ISOLAB_TEST(FaultsTest)
#include "faults_test.moc"
