// SPDX-License-Identifier: GPL-3.0-or-later
//
// isolab-bench as a neighbour (burn) and as a service (hold).
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/base/subprocess.h"
#include "tests/support/free_port.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace isolab::test;

namespace {

/// isolab-bench that runs, and what it prints.
struct Service {
    UniqueFd output;
    std::optional<ChildProcess> child;

    explicit Service(std::vector<std::string> arguments) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0)
            return;
        output = UniqueFd(ends[0]);
        const UniqueFd writes(ends[1]);
        arguments.insert(arguments.begin(), program_file("isolab-bench"));
        auto spawned = spawn({arguments, {}, {{1, writes.get()}, {2, 2}}});
        if (spawned)
            child.emplace(std::move(*spawned));
    }

    /// The next line with its end; what came before the end of the output.
    std::string line() const {
        std::string text;
        char c = 0;
        while (::read(output.get(), &c, 1) == 1) {
            text += c;
            if (c == '\n')
                break;
        }
        return text;
    }

    /// Sends SIGTERM and says how it ended: its exit code.
    int terminate() {
        child->kill(SIGTERM);
        const auto ended = child->wait({}, std::chrono::minutes(4));
        return ended ? ended->code : -1;
    }
};

/// Processes whose parent is `pid`.
std::size_t children_of(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/task/" + std::to_string(pid) + "/children");
    std::size_t count = 0;
    for (pid_t child = 0; file >> child;)
        ++count;
    return count;
}

/// Kilobytes of a field of /proc/PID/status.
std::uint64_t status_kb(pid_t pid, const std::string& field) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/status");
    for (std::string name; file >> name;)
        if (std::uint64_t value = 0; name == field + ":" && file >> value)
            return value;
    return 0;
}

/// A connection to a service at 127.0.0.1.
class Connection {
  public:
    explicit Connection(unsigned port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        connected_ = ::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0; // NOLINT
    }

    bool connected() const { return connected_; }

    /// Sends bytes and receives as many lines, without their ends, as the bytes have.
    std::vector<std::string> ask(const std::string& text) const {
        std::vector<std::string> answers(1);
        if (::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size()))
            return {"cannot send"};
        const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
        char c = 0;
        while (answers.size() <= lines && ::recv(fd_.get(), &c, 1, 0) == 1) {
            if (c == '\n')
                answers.emplace_back();
            else
                answers.back() += c;
        }
        answers.pop_back();
        return answers;
    }

  private:
    UniqueFd fd_;
    bool connected_ = false;
};

} // namespace

class BenchServicesTest : public QObject {
    Q_OBJECT
  private slots:
    void burns_until_it_is_told_to_stop_data();
    void burns_until_it_is_told_to_stop();
    void burns_for_its_time();
    void a_neighbour_that_cannot_work_says_so();
    void holds_memory();
    void holds_disk();
    void bad_commands_are_answered();
    void a_taken_port_is_named();
};

void BenchServicesTest::burns_until_it_is_told_to_stop_data() {
    QTest::addColumn<QString>("kernel");
    for (const char* kernel : {"compute", "bandwidth", "write", "fork"})
        QTest::newRow(kernel) << kernel;
}

void BenchServicesTest::burns_until_it_is_told_to_stop() {
    QFETCH(QString, kernel);
    const QTemporaryDir scratch;
    Service service({"burn", kernel.toStdString(), "--threads", "3", "--directory", scratch.path().toStdString()});
    QVERIFY(service.child);
    QCOMPARE(service.line(), "burning " + kernel.toStdString() + "\n");
    QCOMPARE(children_of(service.child->pid()), 3U);
    QCOMPARE(service.terminate(), 0);
    QCOMPARE(service.line(), std::string()); // and no worker has it open any more
    QVERIFY(QDir(scratch.path()).isEmpty());
}

void BenchServicesTest::burns_for_its_time() {
    const auto output = run_command({program_file("isolab-bench"), "burn", "compute", "--seconds", "0.2"});
    VERIFY_RUN(*output, 0, "burning compute\n");
}

void BenchServicesTest::a_neighbour_that_cannot_work_says_so() {
    const auto output =
        run_command({program_file("isolab-bench"), "burn", "write", "--threads", "all", "--directory", "/nonexistent"});
    QCOMPARE(output->code, 1);
    QCOMPARE(output->out, std::string());
    QVERIFY2(output->err.find("/nonexistent") != std::string::npos, output->err.c_str());
}

void BenchServicesTest::holds_memory() {
    const unsigned port = free_port();
    Service service({"hold", "--port", std::to_string(port)});
    QCOMPARE(service.line(), std::string("holding\n"));
    const Connection connection(port);
    QVERIFY(connection.connected());
    const std::uint64_t before = status_kb(service.child->pid(), "RssAnon");
    QCOMPARE(connection.ask("memory 20971520\n"), std::vector<std::string>{"ok 20971520"});
    QVERIFY(status_kb(service.child->pid(), "RssAnon") >= before + 20480);
    QCOMPARE(connection.ask("memory 4194304\n"), std::vector<std::string>{"ok 4194304"}); // instead of the former
    QVERIFY(status_kb(service.child->pid(), "RssAnon") < before + 20480);
    QCOMPARE(connection.ask("free\n"), std::vector<std::string>{"ok 0"});
    QVERIFY(status_kb(service.child->pid(), "RssAnon") < before + 4096);
    QCOMPARE(service.terminate(), 0);
}

void BenchServicesTest::holds_disk() {
    const QTemporaryDir scratch;
    const std::string folder = scratch.path().toStdString();
    const unsigned port = free_port();
    Service service({"hold", "--port", std::to_string(port), "--directory", folder});
    QCOMPARE(service.line(), std::string("holding\n"));
    const Connection connection(port);
    const std::vector<std::string> written{"ok 300000", "ok 100001"};
    QCOMPARE(connection.ask("write 300000\nwrite 100001\n"), written);
    QCOMPARE(std::filesystem::file_size(folder + "/isolab-hold.data"), 400001U);
    QCOMPARE(connection.ask("read 1000000\n"), std::vector<std::string>{"ok 1000000"}); // more than the file has
    QCOMPARE(connection.ask("remove\n"), std::vector<std::string>{"ok 0"});
    QVERIFY(QDir(scratch.path()).isEmpty());
    QVERIFY(connection.ask("read 1\n").at(0).starts_with("error "));
    QCOMPARE(connection.ask("write 5\n"), std::vector<std::string>{"ok 5"});
    QCOMPARE(service.terminate(), 0);
    QVERIFY(QDir(scratch.path()).isEmpty());
}

void BenchServicesTest::bad_commands_are_answered() {
    const unsigned port = free_port();
    Service service({"hold", "--port", std::to_string(port)});
    QCOMPARE(service.line(), std::string("holding\n"));
    const Connection first(port);
    const Connection second(port);
    for (const std::string& bad :
         {std::string("dance"), std::string(), std::string("memory"), std::string("memory -1"), std::string("memory 0"),
          std::string("memory 1 2"), std::string("memory 99999999999999999999"), std::string("work 1e3"),
          std::string("memory 35184372088832"), std::string(5000, 'a')}) {
        const auto answers = first.ask(bad + "\n");
        QCOMPARE(answers.size(), 1U);
        QVERIFY2(answers[0].starts_with("error "), answers[0].c_str());
    }
    const std::vector<std::string> good{"ok 0", "ok 5"};
    QCOMPARE(second.ask("ping\r\nwork 5\n"), good);
    QCOMPARE(first.ask("ping\n"), std::vector<std::string>{"ok 0"});
    QCOMPARE(service.terminate(), 0);
}

void BenchServicesTest::a_taken_port_is_named() {
    const unsigned port = free_port();
    Service first({"hold", "--port", std::to_string(port)});
    QCOMPARE(first.line(), std::string("holding\n"));
    const auto second = run_command({program_file("isolab-bench"), "hold", "--port", std::to_string(port)});
    QCOMPARE(second->code, 1);
    QVERIFY2(second->err.find(std::to_string(port)) != std::string::npos, second->err.c_str());
    QCOMPARE(first.terminate(), 0);
}

ISOLAB_TEST(BenchServicesTest)
#include "bench_services_test.moc"
