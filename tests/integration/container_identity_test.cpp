// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a container's supervisor leaves behind names nobody else: neither a process that got the number of one of its
// container's, nor the container's next run.
#include <csignal>
#include <fstream>

#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/pipe.h"
#include "engine/base/process_identity.h"
#include "tests/support/container_program.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;

class ContainerIdentityTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    std::unique_ptr<ContainerProgram> program_;

    std::filesystem::path report_of(const std::string& id) const {
        return program_->root() / "instances/folders" / id / "report.json";
    }
    /// As if the number of the container's first process were this process's by now.
    void recycle_number(const std::string& id) const {
        Json report = *read_json_file(report_of(id));
        report["pid"] = ::getpid();
        VERIFY_OK(write_file_atomically(report_of(id), report.dump(), 0600));
    }
    void verify_nothing_is_shared() const {
        for (const char* kind : {"--pid", "--uts", "--ipc", "--network"}) {
            std::vector<std::string> words{"run", "--rm"};
            if (kind != std::string("--network"))
                words.insert(words.end(), {"--network", "none"});
            words.insert(words.end(), {kind, "container:victim", default_image, "hostname"});
            const CommandOutput output = program_->run(words);
            QVERIFY2(output.code != 0 && output.out.empty(), (std::string(kind) + ": " + output.out).c_str());
            QVERIFY2(output.err.find("it is not running") != std::string::npos, output.err.c_str());
        }
    }

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("only root shares the network of another container without its users");
        program_ = std::make_unique<ContainerProgram>(programs_folder(),
                                                      std::filesystem::path(scratch_.path().toStdString()) / "data");
        VERIFY_CODE(program_->run_shell({"--rm"}, "true"), 0); // imports the image
    }
    void init() { VERIFY_CODE(program_->run_shell({"-d", "--name", "victim"}, "sleep 1000"), 0); }
    void cleanup() {
        for (const auto& [id, one] : program_->list())
            VERIFY_CODE(program_->container({"rm", "-f", id}), 0);
        VERIFY_SOON(program_->processes_with({}).empty());
    }

    void number_left_by_a_killed_supervisor_is_nobodys() {
        const std::string id = program_->field("victim", ".Id");
        const std::set<pid_t> supervisors = program_->processes_with({"supervise", id});
        QVERIFY(!supervisors.empty());
        for (const pid_t pid : supervisors)
            ::kill(pid, SIGKILL);
        VERIFY_SOON(program_->processes_with({"supervise", id}).empty());
        recycle_number(id);
        verify_nothing_is_shared();
        QCOMPARE(program_->field("victim", ".State.Pid"), std::string("0"));
        // A copy is one of a stopped container: of its files, and not of this process's.
        VERIFY_CODE(program_->container({"cp", "victim:/etc/passwd", (program_->root() / "passwd").string()}), 0);
        QVERIFY(*read_file(program_->root() / "passwd") != *read_file("/etc/passwd"));
    }
    void number_that_is_anothers_is_not_trusted_while_supervised() {
        const std::string id = program_->field("victim", ".Id");
        recycle_number(id);
        verify_nothing_is_shared();
        const CommandOutput copied =
            program_->container({"cp", "victim:/etc/passwd", (program_->root() / "stolen").string()});
        QVERIFY2(copied.code != 0, "it copied a file of another process");
        QVERIFY(!std::filesystem::exists(program_->root() / "stolen"));
    }
    /// The supervisor starts the container again when the one that it shares with has another first process.
    void shared_namespaces_are_held() {
        VERIFY_CODE(program_->run_shell({"-d", "--name", "guest", "--uts", "container:victim", "--restart", "always"},
                                        "hostname; sleep 1"),
                    0);
        const std::string name = program_->field("victim", ".Config.Hostname");
        VERIFY_CODE(program_->container({"kill", "victim"}), 0);
        VERIFY_SOON(std::stoi("0" + program_->field("guest", ".RestartCount")) >= 2);
        const std::string log = program_->container({"logs", "guest"}).out;
        std::istringstream lines(log);
        for (std::string line; std::getline(lines, line);)
            QCOMPARE(line, name);
    }
    void client_that_reads_nothing_does_not_hold_the_next_start() {
        auto output = Pipe::create();
        VERIFY_OK(output);
        Command command{.argv = program_->command_line(
                            program_->run_words({"--name", "loud"}, "while :; do echo much to read; done"))};
        command.fds = {{STDOUT_FILENO, output->write.get()}};
        auto client = spawn(command);
        VERIFY_OK(client);
        VERIFY_SOON(program_->container({"logs", "loud"}).out.size() > (1U << 20U)); // more than it buffers
        ::kill(client->pid(), SIGSTOP);
        VERIFY_CODE(program_->container({"stop", "-t", "0", "loud"}), 0);
        QCOMPARE(program_->field("loud", ".State.Status"), std::string("exited"));
        VERIFY_CODE(program_->container({"start", "loud"}), 0);
        QCOMPARE(program_->field("loud", ".State.Status"), std::string("running"));
        client->kill(SIGKILL);
        (void)client->wait();
    }
};

ISOLAB_TEST(ContainerIdentityTest)
#include "container_identity_test.moc"
