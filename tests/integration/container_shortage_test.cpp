// SPDX-License-Identifier: GPL-3.0-or-later
//
// Containers on a machine that has run out of something: disk space, descriptors, processes, or the files that it was
// given before.
#include <algorithm>
#include <csignal>
#include <fstream>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/unix_socket.h"
#include "engine/cgroup/control_group.h"
#include "engine/runtime/supervisor_protocol.h"
#include "tests/support/container_program.h"
#include "tests/support/host_state.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

namespace {

std::size_t entries_of(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), {}));
}

} // namespace

class ContainerShortageTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    fs::path here_;
    std::unique_ptr<ContainerProgram> program_;
    HostState before_;

    CommandOutput container(const std::vector<std::string>& arguments) const { return program_->container(arguments); }
    std::string status(const std::string& name) const { return program_->field(name, ".State.Status"); }
    CommandOutput create(const std::string& name) const {
        return container({"create", "--network", "none", "--name", name, default_image, "sleep", "1000"});
    }
    /// A shell line first, in the process that becomes the program.
    CommandOutput run_after(const std::string& preparation, const std::vector<std::string>& arguments) const {
        std::string line = preparation + "; exec";
        for (const std::string& word : program_->command_line(arguments))
            line += " '" + word + "'";
        const auto output = run_command({"sh", "-c", line}, {}, std::chrono::minutes(1));
        return output ? *output : CommandOutput{-1, "", output.error().message()};
    }

    /// Uses up the data folder's file system: its blocks, or its names.
    void fill(bool blocks) const {
        const fs::path folder = program_->root() / "filler";
        fs::create_directory(folder);
        const std::string block(1 << 16, 'x');
        for (int i = 0;; ++i) {
            const UniqueFd file(::open((folder / std::to_string(i)).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
            if (!file)
                return;
            if (!blocks)
                continue;
            ssize_t written = 0;
            do
                written = ::write(file.get(), block.data(), block.size());
            while (written > 0);
            return;
        }
    }

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("mounting a small file system needs root");
        here_ = scratch_.path().toStdString();
        fs::create_directories(here_ / "small");
        fs::create_directories(here_ / "outside");
        QCOMPARE(::unshare(CLONE_NEWNS), 0); // what is mounted from here on goes with this test
        QCOMPARE(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
        QCOMPARE(::mount("tmpfs", (here_ / "small").c_str(), "tmpfs", 0, "size=96m,nr_inodes=4000"), 0);
        program_ = std::make_unique<ContainerProgram>(programs_folder(), here_ / "small/data");
        VERIFY_CODE(program_->run_shell({"--rm"}, "true"), 0); // imports the default_image
        before_ = HostState::capture(program_->root(), program_->temporary());
    }
    void cleanup() {
        for (const auto& [id, one] : program_->list())
            VERIFY_CODE(container({"rm", "-f", id}), 0);
        QVERIFY(becomes_true([&] { return program_->processes_with({}).empty(); }));
        const std::string left = HostState::left_since(before_, program_->root(), program_->temporary());
        QVERIFY2(left.empty(), left.c_str());
    }
    void cleanupTestCase() {
        program_.reset();
        ::umount2((here_ / "small").c_str(), MNT_DETACH);
    }

    void full_disk_costs_nothing_that_runs_data() {
        QTest::addColumn<bool>("blocks");
        QTest::newRow("no blocks") << true;
        QTest::newRow("no names") << false;
    }
    void full_disk_costs_nothing_that_runs() {
        QFETCH(bool, blocks);
        const std::string counter = here_ / "outside/counter";
        VERIFY_CODE(
            program_->run_shell({"-d", "--name", "busy", "-v", (here_ / "outside").string() + ":/out", "--log-opt",
                                 "max-size=4K", "--log-opt", "max-file=3"},
                                "while :; do i=$((i+1)); echo line $i; echo $i > /out/counter; sleep 0.01; done"),
            0);
        VERIFY_CODE(program_->run_shell({"-d", "--name", "ending"}, "trap 'exit 7' TERM; while :; do sleep 0.05; done"),
                    0);
        VERIFY_CODE(create("old"), 0);
        VERIFY_CODE(create("useless"), 0);
        const std::size_t folders = entries_of(program_->root() / "instances/folders");

        fill(blocks);
        const auto made = create("new");
        VERIFY_CODE(made, 1);
        QVERIFY2(contains(made.err, "No space left"), made.err.c_str());
        const auto run = program_->run_shell({"-d", "--name", "new"}, "true");
        VERIFY_CODE(run, 125);
        QVERIFY2(contains(run.err, "No space left"), run.err.c_str());
        const auto started = container({"start", "old"});
        QVERIFY(started.code != 0);
        QVERIFY2(contains(started.err, "No space left"), started.err.c_str());
        QCOMPARE(program_->list().size(), std::size_t{4});
        QCOMPARE(entries_of(program_->root() / "instances/folders"), folders);
        QCOMPARE(entries_of(program_->root() / "instances/names"), folders);
        const int before = std::stoi("0" + read_file(counter).value_or(""));
        QVERIFY(becomes_true(
            [&] { return std::stoi("0" + read_file(counter).value_or("")) > before + 100; })); // some logs' worth
        QCOMPARE(status("busy"), std::string("running"));
        VERIFY_CODE(container({"stop", "ending"}), 0);
        QCOMPARE(program_->field("ending", ".State.ExitCode"), std::string("7"));
        QCOMPARE(program_->untruths(), std::string());
        VERIFY_CODE(container({"rm", "useless"}), 0);

        fs::remove_all(program_->root() / "filler");
        const std::string last = container({"logs", "--tail", "1", "busy"}).out;
        QVERIFY(becomes_true([&] { return container({"logs", "--tail", "1", "busy"}).out != last; }));
        QVERIFY(!contains(container({"logs", "busy"}).out, "\nli\n"));
        VERIFY_CODE(container({"start", "old"}), 0);
        VERIFY_CODE(container({"start", "ending"}), 0);
        VERIFY_CODE(create("new"), 0);
        QCOMPARE(program_->untruths(), std::string());
    }
    void supervisor_killed_on_a_full_disk() {
        VERIFY_CODE(program_->run_shell({"-d", "--name", "orphan"}, "sleep 1000"), 0);
        fill(true);
        QCOMPARE(::kill(std::stoi(program_->field("orphan", ".State.ConmonPid")), SIGKILL), 0);
        QVERIFY(becomes_true([&] { return status("orphan") == "exited"; }));
        QCOMPARE(program_->untruths(), std::string());
        VERIFY_CODE(container({"rm", "-f", "orphan"}), 0);
        fs::remove_all(program_->root() / "filler");
    }

    void too_few_descriptors_are_named() {
        int worked = 0;
        int refused = 0;
        for (int limit = 8; limit <= 40 && worked < 2; limit += 2) {
            const auto output =
                run_after("ulimit -n " + std::to_string(limit), program_->run_words({"--rm"}, "echo in"));
            worked += output.code == 0 ? 1 : 0;
            refused += output.code == 125 ? 1 : 0;
            if (output.code == 0)
                QCOMPARE(output.out, std::string("in\n"));
            else
                QVERIFY2(contains(output.err, "open files"),
                         (std::to_string(limit) + ": " + std::to_string(output.code) + output.err).c_str());
            QVERIFY2(program_->list().empty(), std::to_string(limit).c_str());
        }
        QVERIFY(worked > 0 && refused > 0);
    }
    void clients_beyond_the_descriptors_are_turned_away() {
        VERIFY_CODE(run_after("ulimit -n 40", program_->run_words({"-d", "--name", "popular"}, "sleep 1000")), 0);
        const auto socket =
            program_->root() / "instances/folders" / program_->field("popular", ".Id") / supervisor_socket;
        std::vector<UniqueFd> clients;
        for (int i = 0; i < 60; ++i) {
            UniqueFd client(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
            QVERIFY(connect_socket(client, socket));
            clients.push_back(std::move(client));
        }
        const pid_t supervisor = std::stoi(program_->field("popular", ".State.ConmonPid"));
        ::usleep(100'000);
        const auto before = process_cpu_time(supervisor);
        ::usleep(500'000);
        const auto used = *process_cpu_time(supervisor) - *before;
        QVERIFY2(used < std::chrono::milliseconds(100), std::to_string(used.count()).c_str());
        clients.clear();
        VERIFY_CODE(container({"stop", "-t", "0", "popular"}), 0);
    }

    void too_few_processes_are_named() {
        const auto layout = find_cgroup_layout();
        if (layout.version == CgroupVersion::none)
            QSKIP("without control groups the number of processes cannot be limited");
        int worked = 0;
        int refused = 0;
        for (int limit = 1; limit <= 12 && worked < 2; ++limit) {
            const auto group = ControlGroup::at(layout, "/isolab-test-" + std::to_string(::getpid()));
            CgroupResources resources;
            resources.pids_limit = limit;
            QVERIFY(group && group->create(resources));
            const auto output = run_after("echo $$ > " + group->directory(CgroupController::pids) + "/cgroup.procs",
                                          program_->run_words({"--rm"}, "echo in"));
            group->kill_all();
            QVERIFY(group->remove());
            worked += output.code == 0 ? 1 : 0;
            refused += output.code == 125 ? 1 : 0;
            if (output.code != 0)
                QVERIFY2(contains(output.err, "Resource temporarily unavailable"),
                         (std::to_string(limit) + ": " + std::to_string(output.code) + output.err).c_str());
            QVERIFY2(program_->list().empty(), std::to_string(limit).c_str());
        }
        QVERIFY(worked > 0 && refused > 0);
    }

    void root_file_system_vanishes() {
        VERIFY_CODE(create("hollow"), 0);
        const auto folder = program_->root() / "instances/folders" / program_->field("hollow", ".Id");
        fs::remove_all(folder / "snapshot");
        const auto refused = container({"start", "hollow"});
        QVERIFY(refused.code != 0);
        QVERIFY2(contains(refused.err, "snapshot"), refused.err.c_str());
        QCOMPARE(status("hollow"), std::string("created"));
        VERIFY_CODE(container({"rm", "hollow"}), 0);
    }
    void root_file_system_vanishes_below_a_workload() {
        VERIFY_CODE(program_->run_shell({"-d", "--name", "hollow"}, "sleep 1000"), 0);
        fs::remove_all(program_->root() / "instances/folders" / program_->field("hollow", ".Id") / "snapshot");
        QCOMPARE(status("hollow"), std::string("running"));
        QCOMPARE(program_->untruths(), std::string());
        VERIFY_CODE(container({"stop", "-t", "0", "hollow"}), 0);
        QCOMPARE(status("hollow"), std::string("exited"));
        QVERIFY(container({"start", "hollow"}).code != 0);
        QCOMPARE(status("hollow"), std::string("exited"));
        VERIFY_CODE(container({"rm", "hollow"}), 0);
    }
};

ISOLAB_TEST(ContainerShortageTest)
#include "container_shortage_test.moc"
