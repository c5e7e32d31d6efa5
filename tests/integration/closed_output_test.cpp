// SPDX-License-Identifier: GPL-3.0-or-later
//
// Every verb whose standard output is closed says so and ends with code 1, and harms nothing that it has opened.
#include <unistd.h>

#include "tests/support/container_program.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;

class ClosedOutputTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    std::unique_ptr<ContainerProgram> program_;

    /// Runs it with closed streams, such as "<&- >&-".
    CommandOutput closed(const std::vector<std::string>& arguments, const std::string& streams = ">&-") const {
        std::vector<std::string> line{"sh", "-c", "exec \"$0\" \"$@\" " + streams};
        const auto command = program_->command_line(arguments);
        line.insert(line.end(), command.begin(), command.end());
        auto output = run_command(line, {}, patience);
        return output ? std::move(*output) : CommandOutput{-1, "", output.error().message()};
    }

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("containers with networks need root");
        program_ = std::make_unique<ContainerProgram>(programs_folder(), scratch_.path().toStdString() + "/data");
        VERIFY_CODE(program_->run({"compare", "hello", "--sides", "container", "--runs", "1", "--warmup", "0"}), 0);
        VERIFY_CODE(program_->run({"volume", "create", "files"}), 0);
        VERIFY_CODE(program_->run({"run", "-d", "--network", "none", "--name", "one", default_image, "sh", "-c",
                                   "echo words; sleep 1000"}),
                    0);
        VERIFY_SOON(program_->container({"logs", "one"}).out == "words\n");
        VERIFY_CODE(program_->container({"exec", "one", "touch", "/new"}), 0);
        VERIFY_CODE(program_->container({"commit", "one", "changed"}), 0);
    }
    void cleanupTestCase() {
        if (!program_)
            return;
        for (const auto& [id, listed] : program_->list())
            VERIFY_CODE(program_->container({"rm", "--force", id}), 0);
        VERIFY_CODE(program_->run({"system", "prune"}), 0);
    }

    void it_is_told_data() {
        QTest::addColumn<QStringList>("arguments");
        for (const char* line : {"--help",
                                 "--version",
                                 "compare --help",
                                 "container run --help",
                                 "check",
                                 "check --format json",
                                 "image ls",
                                 "history ls",
                                 "history show 2",
                                 "history show 2 --format json",
                                 "volume ls",
                                 "volume inspect files",
                                 "volume create",
                                 "network ls",
                                 "ps",
                                 "ps -a -q",
                                 "container ls --format json",
                                 "container inspect one",
                                 "container inspect --format {{.Id}} one",
                                 "container stats --no-stream",
                                 "container logs one",
                                 "container diff one",
                                 "container top one",
                                 "container exec one echo words",
                                 "container cp one:/etc -",
                                 "container pause one",
                                 "container unpause one",
                                 "container update --cpu-shares 100 one",
                                 "container create --network none isolab/default true",
                                 "container commit one made",
                                 "run --rm --network none isolab/default echo words",
                                 "run -d --network none isolab/default true",
                                 "image diff isolab/default changed",
                                 "compare hello --sides container --runs 1 --warmup 0"})
            QTest::newRow(line) << QString(line).split(' ');
    }
    void it_is_told() {
        QFETCH(QStringList, arguments);
        std::vector<std::string> words;
        for (const QString& word : arguments)
            words.push_back(word.toStdString());
        const CommandOutput output = closed(words);
        const std::string told = std::to_string(output.code) + ": " + output.err;
        QVERIFY2(output.code == 1, told.c_str());
        QVERIFY2(!output.err.empty(), told.c_str());
        QVERIFY2(!words.front().starts_with("compare") || output.err.find("ready after") == std::string::npos,
                 told.c_str()); // before anything was run
    }
    void the_runtime_tells_it_too() {
        const std::vector<std::string> of_containers{"--root", program_->root() / "instances"};
        for (const std::vector<std::string>& words :
             {std::vector<std::string>{"--help"}, {"--version"}, {"features"}, {"list"}})
            for (const char* streams : {">&-", ">/dev/full"}) {
                std::vector<std::string> line{"sh", "-c", std::string("exec \"$0\" \"$@\" ") + streams,
                                              program_file("isolab-runtime")};
                if (words.front() == "list")
                    line.insert(line.end(), of_containers.begin(), of_containers.end());
                line.insert(line.end(), words.begin(), words.end());
                const auto output = run_command(line, {}, patience);
                VERIFY_OK(output);
                QVERIFY2(output->code == 125, words.front().c_str());
                QVERIFY2(output->err.find("standard output") != std::string::npos, output->err.c_str());
            }
    }
    void the_other_streams_may_be_closed_too() {
        QCOMPARE(closed({"ps"}, "<&- >&- 2>&-").code, 1);
        VERIFY_CODE(closed({"compare", "hello", "--sides", "container", "--runs", "1", "--warmup", "0", "--output",
                            scratch_.filePath("result").toStdString()},
                           "<&- >&- 2>&-"),
                    0);
        VERIFY_CODE(program_->run({"history", "ls"}), 0);
        VERIFY_CODE(closed({"run", "--rm", "--network", "none", default_image, "true"}, "<&- 2>&-"), 0);
    }
    void a_workload_keeps_its_own_code() {
        QCOMPARE(closed({"run", "--rm", "--network", "none", default_image, "sh", "-c", "echo words; exit 7"}).code, 7);
        VERIFY_CODE(closed({"run", "--rm", "--network", "none", default_image, "true"}), 0);
    }
    void a_full_disk_is_no_other() {
        QCOMPARE(closed({"ps"}, ">/dev/full").code, 1);
        QCOMPARE(closed({"--help"}, ">/dev/full").code, 1);
        QCOMPARE(closed({"run", "--rm", "--network", "none", default_image, "echo", "words"}, ">/dev/full").code, 1);
    }
};

ISOLAB_TEST(ClosedOutputTest)
#include "closed_output_test.moc"
