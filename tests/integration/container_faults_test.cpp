// SPDX-License-Identifier: GPL-3.0-or-later
//
// Kills at random moments of who starts containers, of who stays with them, and of what sets them up: what is listed
// stays true, what is asked next works, and nothing is left.
#include <algorithm>
#include <csignal>
#include <iterator>
#include <random>

#include <unistd.h>

#include "tests/support/container_program.h"
#include "tests/support/host_state.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

constexpr int usual_rounds = 40;
constexpr int rounds_of_a_batch = 10;
const std::string endless = "trap '' TERM; while :; do sleep 1000; done";

} // namespace

#define VERIFY_SEEDED(condition, text) QVERIFY2(condition, ("seed " + std::to_string(seed_) + ": " + (text)).c_str())
#define VERIFY_SEEDED_CODE(output, wanted)                                                                             \
    do {                                                                                                               \
        const CommandOutput verified = (output);                                                                       \
        VERIFY_SEEDED(verified.code == (wanted), verified.out + verified.err);                                         \
    } while (false)

class ContainerFaultsTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    std::unique_ptr<ContainerProgram> program_;
    HostState before_;
    std::mt19937::result_type seed_ = 0;
    std::mt19937 random_;
    int made_ = 0;

    int below(int limit) { return std::uniform_int_distribution(0, limit - 1)(random_); }
    void sleep_at_most(int microseconds) { ::usleep(static_cast<useconds_t>(below(microseconds))); }
    std::string new_name() { return "c" + std::to_string(++made_); }

    /// Runs the program and kills it, itself and nothing that it has started, after a while.
    void kill_program(const std::vector<std::string>& arguments, int at_most) {
        auto child = spawn({.argv = program_->command_line(arguments)});
        if (!child)
            qFatal("%s", child.error().message().c_str());
        sleep_at_most(at_most);
        child->kill(SIGKILL);
        (void)child->wait();
    }
    std::string start_one() {
        const std::string name = new_name();
        const auto started = program_->run_shell({"-d", "--name", name}, endless);
        if (started.code != 0)
            QTest::qFail(("seed " + std::to_string(seed_) + ": " + started.err).c_str(), __FILE__, __LINE__);
        return name;
    }
    /// Kills one of the processes that supervise a container, or will: any of them while it sets it up.
    void kill_runtime_of(const std::string& id) {
        const auto found = program_->processes_with({"supervise", id});
        if (!found.empty())
            ::kill(*std::next(found.begin(), below(static_cast<int>(found.size()))), SIGKILL);
    }

    using Round = void (ContainerFaultsTest::*)();
    void caller_of_run() { kill_program(program_->run_words({"-d", "--name", new_name()}, endless), 120'000); }
    void caller_of_run_with_a_network() {
        kill_program({"run", "-d", "--name", new_name(), default_image, "sh", "-c", endless}, 250'000);
    }
    void caller_of_start() {
        const std::string name = new_name();
        program_->container({"create", "--network", "none", "--name", name, default_image, "sleep", "1000"});
        kill_program({"container", "start", name}, 80'000);
    }
    void caller_of_stop() { kill_program({"container", "stop", "-t", "0", start_one()}, 80'000); }
    void caller_of_removal() { kill_program({"container", "rm", "-f", start_one()}, 80'000); }
    void supervisor() {
        const std::string id = program_->field(start_one(), ".Id");
        sleep_at_most(50'000);
        kill_runtime_of(id);
    }
    void supervisor_of_what_is_restarted() {
        const std::string name = new_name();
        program_->run_shell({"-d", "--restart", "always", "--name", name}, "exit 1");
        const std::string id = program_->field(name, ".Id");
        sleep_at_most(300'000);
        kill_runtime_of(id);
    }
    void setup() {
        const std::string name = new_name();
        program_->container({"create", "--network", "none", "--name", name, default_image, "sleep", "1000"});
        const std::string id = program_->field(name, ".Id");
        auto child = spawn({.argv = program_->command_line({"container", "start", name})});
        while (program_->processes_with({"supervise", id}).empty() && child &&
               !child->wait({}, std::chrono::nanoseconds(0))) {
        }
        sleep_at_most(10'000);
        kill_runtime_of(id);
        if (child)
            (void)child->wait();
    }

    void verify_all_is_well() {
        const std::string wrong = program_->untruths();
        VERIFY_SEEDED(wrong.empty(), wrong);
        for (const auto& [id, one] : program_->list()) {
            if (one.state != "running" && one.state != "restarting" && below(2) == 0) {
                VERIFY_SEEDED_CODE(program_->container({"start", id}), 0);
                if (one.name.front() == 'c' && program_->field(id, ".State.Status") != "running")
                    VERIFY_SEEDED(program_->field(id, ".HostConfig.RestartPolicy.Name") == "always",
                                  program_->container({"inspect", id}).out);
            }
            VERIFY_SEEDED_CODE(program_->container({"rm", "-f", id}), 0);
        }
        VERIFY_SEEDED(program_->list().empty(), "rm -f left a container");
        QVERIFY(becomes_true([&] { return program_->processes_with({"supervise"}).empty(); }));
    }

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("control groups tell which processes are a container's");
        seed_ = qEnvironmentVariableIsSet("ISOLAB_FAULT_SEED") ? qEnvironmentVariable("ISOLAB_FAULT_SEED").toUInt()
                                                               : std::random_device{}();
        random_.seed(seed_);
        qInfo("ISOLAB_FAULT_SEED=%lu; ISOLAB_FAULT_ROUNDS for more than %d", static_cast<unsigned long>(seed_),
              usual_rounds);
        const std::filesystem::path here = scratch_.path().toStdString();
        program_ = std::make_unique<ContainerProgram>(programs_folder(), here / "data");
        VERIFY_SEEDED_CODE(program_->run_shell({"--rm"}, "true"), 0); // imports the image
        VERIFY_SEEDED_CODE(program_->run({"run", "--rm", default_image, "true"}), 0);
        VERIFY_SEEDED_CODE(program_->run({"system", "prune"}), 0);
        before_ = HostState::capture(program_->root(), program_->temporary());
    }
    void cleanup() {
        for (const auto& [id, one] : program_->list())
            VERIFY_SEEDED_CODE(program_->container({"rm", "-f", id}), 0);
        QVERIFY(becomes_true([&] { return program_->processes_with({}).empty(); }));
        VERIFY_SEEDED_CODE(program_->run({"system", "prune"}), 0);
        const std::string left = HostState::left_since(before_, program_->root(), program_->temporary());
        VERIFY_SEEDED(left.empty(), left);
    }

    void kills_at_random_moments_data() {
        QTest::addColumn<int>("rounds");
        QTest::addColumn<Round>("round");
        const int given = qEnvironmentVariableIntValue("ISOLAB_FAULT_ROUNDS");
        const int all = given > 0 ? given : usual_rounds;
        const auto add = [all](const char* name, int percent, Round round) {
            QTest::newRow(name) << std::max(1, all * percent / 100) << round;
        };
        add("caller of run", 20, &ContainerFaultsTest::caller_of_run);
        add("caller of run with a network", 5, &ContainerFaultsTest::caller_of_run_with_a_network);
        add("caller of start", 15, &ContainerFaultsTest::caller_of_start);
        add("caller of stop", 10, &ContainerFaultsTest::caller_of_stop);
        add("caller of rm", 10, &ContainerFaultsTest::caller_of_removal);
        add("supervisor", 10, &ContainerFaultsTest::supervisor);
        add("supervisor between restarts", 5, &ContainerFaultsTest::supervisor_of_what_is_restarted);
        add("setup", 25, &ContainerFaultsTest::setup);
    }
    void kills_at_random_moments() {
        QFETCH(int, rounds);
        QFETCH(Round, round);
        for (int done = 0; done < rounds; ++done) {
            (this->*round)();
            if (done % rounds_of_a_batch == rounds_of_a_batch - 1 || done == rounds - 1)
                verify_all_is_well();
            if (QTest::currentTestFailed())
                return;
        }
    }
};

ISOLAB_TEST(ContainerFaultsTest)
#include "container_faults_test.moc"
