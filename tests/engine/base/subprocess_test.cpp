// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/subprocess.h"
#include "tests/support/test_main.h"

#include <csignal>
#include <thread>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <QtTest>

using namespace isolab;
using namespace std::chrono_literals;

class SubprocessTest : public QObject {
    Q_OBJECT
  private slots:
    void output_and_exit_code_are_collected() {
        const auto output = run_command({"sh", "-c", "echo out; echo err >&2; exit 3"});
        QVERIFY(output);
        QCOMPARE(output->code, 3);
        QCOMPARE(output->out, std::string("out\n"));
        QCOMPARE(output->err, std::string("err\n"));
    }
    void more_output_than_a_pipe_holds_is_collected() {
        const auto output = run_command({"head", "-c", "1000000", "/dev/zero"});
        QVERIFY(output);
        QCOMPARE(output->out.size(), std::size_t{1000000});
    }
    void failure_carries_the_last_line_of_standard_error() {
        const auto output = run_checked({"sh", "-c", "echo first >&2; echo last words >&2; exit 2"});
        QVERIFY(!output);
        QCOMPARE(output.error().message(), std::string("cannot run sh: exit code 2: last words"));
    }
    void missing_program_is_named() {
        const auto child = spawn({.argv = {"isolab-no-such-program"}});
        QVERIFY(!child);
        QVERIFY(child.error().kind == ErrorKind::unavailable);
        QCOMPARE(child.error().subject, std::string("isolab-no-such-program"));
    }
    void child_sees_only_the_given_environment_and_descriptors() {
        int ends[2];
        QCOMPARE(::pipe2(ends, O_CLOEXEC), 0);
        UniqueFd read_end(ends[0]);
        UniqueFd write_end(ends[1]);
        auto child = spawn({.argv = {"sh", "-c", "echo $A; ls /proc/self/fd | wc -l"},
                            .env = std::vector<std::string>{"A=b", "PATH=/usr/bin:/bin"},
                            .fds = {{1, write_end.get()}}});
        QVERIFY(child);
        write_end.reset();
        QCOMPARE(child->wait()->code, 0);
        char text[64]{};
        QVERIFY(::read(read_end.get(), text, sizeof text - 1) > 0);
        QCOMPARE(QByteArray(text), QByteArray("b\n4\n")); // 0, 1, 2 and the folder that ls reads
    }
    void descriptors_may_change_places() {
        const UniqueFd one(::memfd_create("one", MFD_CLOEXEC));
        const UniqueFd two(::memfd_create("two", MFD_CLOEXEC));
        QVERIFY(one && two);
        const auto numbers = [](const UniqueFd& fd) { return std::to_string(fd.get()); };
        const std::string script = "readlink /proc/self/fd/" + numbers(one) +
                                   " | grep -q two && readlink /proc/self/fd/" + numbers(two) + " | grep -q one";
        auto child = spawn({.argv = {"sh", "-c", script}, .fds = {{one.get(), two.get()}, {two.get(), one.get()}}});
        QVERIFY(child);
        QCOMPARE(child->wait()->code, 0);
    }
    void signal_is_told_apart_from_exit() {
        auto child = spawn({.argv = {"sleep", "100"}});
        QVERIFY(child);
        child->kill(SIGTERM);
        const auto exit = child->wait();
        QVERIFY(exit);
        QCOMPARE(exit->signal, SIGTERM);
        QCOMPARE(exit->code, 128 + SIGTERM);
    }
    void wait_ends_at_its_timeout_and_the_child_goes_on() {
        auto child = spawn({.argv = {"sleep", "100"}});
        QVERIFY(child);
        const auto exit = child->wait({}, 20ms);
        QVERIFY(!exit);
        QVERIFY(exit.error().kind == ErrorKind::timeout);
        QCOMPARE(::kill(child->pid(), 0), 0);
    }
    void stop_ends_a_running_command_and_kills_it() {
        StopSource source;
        std::thread stopper([&] {
            std::this_thread::sleep_for(50ms);
            source.request_stop();
        });
        const auto output = run_command({"sh", "-c", "echo $$; exec sleep 100"}, source.token());
        stopper.join();
        QVERIFY(!output);
        QVERIFY(output.error().kind == ErrorKind::cancelled);
    }
    void destroyed_child_is_killed_and_reaped() {
        pid_t pid = -1;
        {
            auto child = spawn({.argv = {"sleep", "100"}});
            QVERIFY(child);
            pid = child->pid();
        }
        QCOMPARE(::kill(pid, 0), -1);
        QCOMPARE(errno, ESRCH);
    }
    void a_child_that_cannot_be_watched_is_ended() {
        const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
        rlimit former{};
        QCOMPARE(::getrlimit(RLIMIT_NOFILE, &former), 0);
        std::vector<UniqueFd> all;
        const rlimit few{64, former.rlim_max};
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &few), 0);
        for (int fd = ::dup(null.get()); fd >= 0; fd = ::dup(null.get()))
            all.emplace_back(fd);
        const auto child =
            spawn({.argv = {"/bin/sleep", "1000"}, .fds = {{0, null.get()}, {1, null.get()}, {2, null.get()}}});
        all.clear();
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &former), 0);
        QVERIFY(!child);
        QVERIFY2(child.error().message().find("watch process") != std::string::npos, child.error().message().c_str());
        QCOMPARE(::waitpid(-1, nullptr, WNOHANG), -1);
        QCOMPARE(errno, ECHILD);
    }
    void programs_are_found_like_the_shell_does() {
        QVERIFY(find_program("sh").has_value());
        QVERIFY(!find_program("isolab-no-such-program").has_value());
        QVERIFY(!find_program("/etc/passwd").has_value());
    }
};

ISOLAB_TEST(SubprocessTest)
#include "subprocess_test.moc"
