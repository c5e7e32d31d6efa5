// SPDX-License-Identifier: GPL-3.0-or-later
//
// `isolab run` and `isolab container`, as a user meets them.
#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "engine/base/json.h"
#include "engine/base/unique_fd.h"
#include "tests/support/blocked_signals.h"
#include "tests/support/container_program.h"
#include "tests/support/free_port.h"
#include "tests/support/host_state.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

std::string trimmed(std::string text) {
    text.erase(text.find_last_not_of('\n') + 1);
    return text;
}

} // namespace

class ContainerTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    std::filesystem::path here_;
    std::unique_ptr<ContainerProgram> program_;
    HostState before_;

    CommandOutput isolab(const std::vector<std::string>& arguments) const { return program_->run(arguments); }
    CommandOutput container(std::vector<std::string> arguments) const {
        return program_->container(std::move(arguments));
    }
    CommandOutput run(const std::vector<std::string>& options, const std::string& script) const {
        return program_->run_shell(options, script);
    }
    std::string field(const std::string& name, const std::string& form) const {
        return trimmed(container({"inspect", "--format", "{{" + form + "}}", name}).out);
    }
    std::string status(const std::string& name) const { return field(name, ".State.Status"); }

  private slots:
    void initTestCase() {
        here_ = scratch_.path().toStdString();
        program_ = std::make_unique<ContainerProgram>(programs_folder(), here_ / "data");
        VERIFY_CODE(run({"--rm"}, "true"), 0); // imports the default_image
        before_ = HostState::capture(program_->root(), program_->temporary());
    }
    void cleanup() {
        const auto ids = container({"ls", "--all", "--quiet", "--no-trunc"});
        VERIFY_CODE(ids, 0);
        std::istringstream lines(ids.out);
        for (std::string id; std::getline(lines, id);)
            VERIFY_CODE(container({"rm", "--force", id}), 0);
        VERIFY_CODE(isolab({"system", "prune"}), 0);
        const std::string left = HostState::left_since(before_, program_->root(), program_->temporary());
        QVERIFY2(left.empty(), left.c_str());
    }

    void run_passes_output_and_exit_code_on() {
        const auto output = run({"--rm"}, "echo out; echo err >&2; exit 7");
        VERIFY_CODE(output, 7);
        QCOMPARE(output.out, std::string("out\n"));
        QCOMPARE(output.err, std::string("err\n"));
        QCOMPARE(container({"ls", "-aq"}).out, std::string());
    }
    void what_does_not_start_has_the_codes_of_shells() {
        VERIFY_CODE(isolab({"run", "--rm", "--network", "none", default_image, "no-such-program"}), 127);
        VERIFY_CODE(isolab({"run", "--rm", "--network", "none", default_image, "/etc/passwd"}), 126);
        const auto missing = isolab({"run", "--rm", "no-such-image"});
        VERIFY_CODE(missing, 125);
        QVERIFY(contains(missing.err, "no-such-image"));
        const auto source = isolab({"run", "--rm", "-v", "/no/such/folder:/data", default_image, "true"});
        VERIFY_CODE(source, 125);
        QVERIFY(contains(source.err, "/no/such/folder"));
        QCOMPARE(container({"ls", "-aq"}).out, std::string()); // --rm is kept
    }
    void large_input_comes_back_whole() {
        const std::string file = here_ / "random";
        std::string line;
        for (const std::string& word :
             program_->command_line({"run", "--rm", "-i", "--network", "none", default_image, "cat"}))
            line += "'" + word + "' ";
        const auto output = run_command(
            {"sh", "-c", "head -c 5000000 /dev/urandom >" + file + "; " + line + "<" + file + " | cmp - " + file});
        QVERIFY(output);
        VERIFY_CODE(*output, 0);
    }
    void input_is_nothing_unless_wanted() {
        std::string line;
        for (const std::string& word :
             program_->command_line({"run", "--rm", "--network", "none", default_image, "cat"}))
            line += "'" + word + "' ";
        const auto output = run_command({"sh", "-c", "echo lost | " + line});
        QVERIFY(output);
        VERIFY_CODE(*output, 0);
        QCOMPARE(output->out, std::string());
    }
    void terminal_is_one() {
        const auto output = run({"--rm", "-t"}, "tty; echo done");
        VERIFY_CODE(output, 0);
        QVERIFY2(contains(output.out, "/dev/pts/0\r\n"), output.out.c_str());
    }
    void container_outlives_its_caller() {
        const auto started = run({"-d", "--name", "quiet", "-l", "a=b"}, "echo begun; sleep 1000");
        VERIFY_CODE(started, 0);
        QCOMPARE(trimmed(started.out).size(), std::size_t{64});
        QCOMPARE(status("quiet"), std::string("running"));
        QCOMPARE(field("quiet", ".Config.Labels.a"), std::string("b"));
        QVERIFY(becomes_true([&] { return container({"logs", "quiet"}).out == "begun\n"; }));
        QVERIFY(contains(isolab({"ps", "--filter", "name=quiet"}).out, "Up "));
        QCOMPARE(trimmed(container({"ls", "-q", "--filter", "label=a=c"}).out), std::string());
        const auto there = container(
            {"exec", "-e", "X=y", "-w", "/tmp", "-u", "7:8", "quiet", "sh", "-c", "echo $X; pwd; id -u; id -g"});
        VERIFY_CODE(there, 0);
        QCOMPARE(there.out, std::string("y\n/tmp\n7\n8\n"));
        VERIFY_CODE(container({"exec", "quiet", "sh", "-c", "exit 9"}), 9);
        QVERIFY(becomes_true([&] { return contains(container({"top", "quiet"}).out, "sleep 1000"); }));
        QVERIFY(contains(container({"stats", "--no-stream"}).out, "quiet"));
    }
    void name_is_unique_and_can_change() {
        VERIFY_CODE(run({"-d", "--name", "one"}, "sleep 1000"), 0);
        const auto second = run({"-d", "--name", "one"}, "true");
        VERIFY_CODE(second, 125);
        QVERIFY(contains(second.err, "the name is that of container"));
        VERIFY_CODE(container({"rename", "one", "two"}), 0);
        QCOMPARE(status("two"), std::string("running"));
        VERIFY_CODE(container({"inspect", "one"}), 2);
        VERIFY_CODE(container({"rm", "two"}), 2); // it runs
        VERIFY_CODE(container({"rm", "-f", "two"}), 0);
        VERIFY_CODE(run({"-d", "--name", "two"}, "true"), 0);
        VERIFY_CODE(run({"-d", "--name", "x"}, "true"), 125);
        VERIFY_CODE(run({"-d", "--name", "../x"}, "true"), 125);
    }
    void stop_asks_first() {
        VERIFY_CODE(
            run({"-d", "--name", "polite"}, "trap 'echo bye; exit 5' TERM; echo ready; while :; do sleep 0.1; done"),
            0);
        QVERIFY(becomes_true([&] { return container({"logs", "polite"}).out == "ready\n"; }));
        VERIFY_CODE(container({"stop", "-t", "60", "polite"}), 0);
        QCOMPARE(field("polite", ".State.ExitCode"), std::string("5"));
        QCOMPARE(container({"logs", "polite"}).out, std::string("ready\nbye\n"));
        VERIFY_CODE(container({"stop", "polite"}), 0); // done already
        VERIFY_CODE(container({"start", "polite"}), 0);
        VERIFY_CODE(container({"kill", "-s", "KILL", "polite"}), 0);
        QCOMPARE(field("polite", ".State.ExitCode"), std::string("137"));
        VERIFY_CODE(container({"kill", "polite"}), 3);
    }
    void stop_ends_what_does_not_listen() {
        VERIFY_CODE(run({"-d", "--name", "deaf"}, "trap '' TERM; echo ready; while :; do sleep 0.1; done"), 0);
        QVERIFY(becomes_true([&] { return container({"logs", "deaf"}).out == "ready\n"; }));
        VERIFY_CODE(container({"stop", "-t", "1", "deaf"}), 0);
        QCOMPARE(field("deaf", ".State.ExitCode"), std::string("137"));
    }
    void wait_tells_the_exit_code() {
        VERIFY_CODE(run({"-d", "--name", "short"}, "sleep 0.3; exit 4"), 0);
        QCOMPARE(container({"wait", "short"}).out, std::string("4\n"));
        QCOMPARE(container({"wait", "short"}).out, std::string("4\n"));
    }
    void pause_stands_still() {
        VERIFY_CODE(run({"-d", "--name", "clock"}, "while :; do echo tick; sleep 0.05; done"), 0);
        QVERIFY(becomes_true([&] { return contains(container({"logs", "clock"}).out, "tick"); }));
        VERIFY_CODE(container({"pause", "clock"}), 0);
        QCOMPARE(status("clock"), std::string("paused"));
        std::string before;
        QVERIFY(becomes_true([&] { // what it wrote before may still be on its way into the log
            before = container({"logs", "clock"}).out;
            ::usleep(300'000);
            return container({"logs", "clock"}).out == before;
        }));
        VERIFY_CODE(container({"exec", "clock", "true"}), 3);
        VERIFY_CODE(container({"unpause", "clock"}), 0);
        QVERIFY(becomes_true([&] { return container({"logs", "clock"}).out.size() > before.size(); }));
        VERIFY_CODE(container({"pause", "clock"}), 0);
        VERIFY_CODE(container({"stop", "-t", "0", "clock"}), 0);
        QCOMPARE(status("clock"), std::string("exited"));
    }
    void failure_is_restarted_so_often() {
        VERIFY_CODE(run({"-d", "--name", "failing", "--restart", "on-failure:2"}, "echo run; exit 3"), 0);
        QVERIFY(becomes_true([&] { return status("failing") == "exited"; }));
        QCOMPARE(container({"logs", "failing"}).out, std::string("run\nrun\nrun\n"));
        QCOMPARE(field("failing", ".RestartCount"), std::string("2"));
        QCOMPARE(field("failing", ".State.ExitCode"), std::string("3"));
    }
    void success_is_not_a_failure() {
        VERIFY_CODE(run({"-d", "--name", "fine", "--restart", "on-failure"}, "echo run"), 0);
        QVERIFY(becomes_true([&] { return status("fine") == "exited"; }));
        QCOMPARE(container({"logs", "fine"}).out, std::string("run\n"));
    }
    void always_ends_with_stop() {
        VERIFY_CODE(run({"-d", "--name", "again", "--restart", "always"}, "echo run"), 0);
        QVERIFY(becomes_true([&] { return container({"logs", "again"}).out.size() >= 8; }));
        VERIFY_CODE(container({"stop", "again"}), 0);
        QCOMPARE(status("again"), std::string("exited"));
        VERIFY_CODE(container({"start", "again"}), 0);
        VERIFY_CODE(container({"update", "--restart", "no", "again"}), 0);
        QVERIFY(becomes_true([&] { return status("again") == "exited"; }));
    }
    void health_is_asked_for_more_often_at_the_start() {
        VERIFY_CODE(run({"-d", "--name", "early", "--health-cmd", "test -e /tmp/well", "--health-interval", "1h",
                         "--health-start-period", "1h", "--health-start-interval", "50ms"},
                        "sleep 0.5; touch /tmp/well; sleep 1000"),
                    0);
        QVERIFY(becomes_true([&] { return field("early", ".State.Health.Status") == "healthy"; }));
        QCOMPARE(field("early", ".State.Health.FailingStreak"), std::string("0"));
    }
    void health_is_told() {
        VERIFY_CODE(run({"-d", "--name", "patient", "--health-cmd", "echo looked; test -e /tmp/well",
                         "--health-interval", "100ms", "--health-retries", "2"},
                        "sleep 1000"),
                    0);
        QVERIFY(becomes_true([&] { return field("patient", ".State.Health.Status") == "unhealthy"; }));
        VERIFY_CODE(container({"exec", "patient", "touch", "/tmp/well"}), 0);
        QVERIFY(becomes_true([&] { return field("patient", ".State.Health.Status") == "healthy"; }));
        QVERIFY(contains(field("patient", "json .State.Health.Log"), "looked"));
        QVERIFY(contains(isolab({"ps"}).out, "(healthy)"));
    }
    void health_check_that_hangs_is_ended() {
        VERIFY_CODE(run({"-d", "--name", "slow", "--health-cmd", "sleep 998", "--health-interval", "100ms",
                         "--health-timeout", "200ms", "--health-retries", "1"},
                        "sleep 1000"),
                    0);
        QVERIFY(becomes_true([&] { return field("slow", ".State.Health.Status") == "unhealthy"; }));
        QVERIFY(contains(field("slow", "json .State.Health.Log"), "exceeded timeout"));
        // Probes begin again and again, but what earlier ones have run in the container is gone with them.
        QVERIFY(becomes_true([&] { return std::stoi("0" + field("slow", ".State.Health.FailingStreak")) >= 5; }));
        QVERIFY(becomes_true([&] { // what was killed a moment ago may still be listed
            std::istringstream lines(container({"top", "slow"}).out);
            int hanging = 0;
            for (std::string line; std::getline(lines, line);)
                hanging += contains(line, "sleep 998") ? 1 : 0;
            return hanging <= 2; // a shell and its child
        }));
    }
    void log_is_bounded() {
        VERIFY_CODE(run({"-d", "--name", "loud", "--log-opt", "max-size=8K", "--log-opt", "max-file=2"},
                        "for i in $(seq 1 2000); do echo line $i; done"),
                    0);
        QCOMPARE(container({"wait", "loud"}).out, std::string("0\n"));
        std::uintmax_t bytes = 0;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(program_->root() / "instances/folders"))
            if (entry.path().filename().string().starts_with("output.log"))
                bytes += entry.file_size();
        QVERIFY(bytes > 0 && bytes <= 2 * 8192);
        QCOMPARE(container({"logs", "--tail", "2", "loud"}).out, std::string("line 1999\nline 2000\n"));
    }
    void log_is_followed_to_the_end() {
        VERIFY_CODE(run({"-d", "--name", "talker", "--log-opt", "max-size=4K"},
                        "for i in $(seq 1 300); do echo line $i; sleep 0.005; done"),
                    0);
        const auto output = container({"logs", "--follow", "talker"});
        VERIFY_CODE(output, 0);
        QVERIFY(contains(output.out, "line 300\n"));
        QCOMPARE(std::ranges::count(output.out, '\n') >= 200, true);
    }
    void first_process_reaps_with_init() {
        // As long as nobody has reaped the orphan, it has a folder in /proc.
        const auto output =
            run({"--rm", "--init"}, "sh -c 'sleep 0.1 & echo $! > /orphan'; read orphan < /orphan; "
                                    "for i in $(seq 600); do test -e /proc/$orphan || break; sleep 0.1; done; "
                                    "ps; kill -TERM $$");
        VERIFY_CODE(output, 143);
        QVERIFY2(contains(output.out, "isolab-init"), output.out.c_str());
        QVERIFY2(!contains(output.out, "Z"), output.out.c_str());
    }
    void places_are_shown() {
        const auto folder = here_ / "shared";
        std::filesystem::create_directories(folder);
        std::ofstream(folder / "given") << "content\n";
        const auto output =
            run({"--rm", "-v", folder.string() + ":/data", "-v", folder.string() + ":/fixed:ro", "--tmpfs",
                 "/scratch:size=1m"},
                "cat /data/given; echo more > /data/made; echo no > /fixed/x; grep ' /scratch ' /proc/mounts");
        VERIFY_CODE(output, 0);
        QVERIFY(contains(output.out, "content\n"));
        QVERIFY(contains(output.out, "size=1024k"));
        QVERIFY(contains(output.err, "Read-only file system"));
        QVERIFY(std::filesystem::exists(folder / "made"));
        VERIFY_CODE(run({"--rm", "--read-only"}, "touch /file"), 1);
    }
    /// Types at a terminal at which `isolab ARGUMENTS` runs; its exit code, and what it showed.
    std::pair<int, std::string> type(const std::vector<std::string>& arguments, const std::string& first,
                                     const std::string& then) const {
        const UniqueFd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
        ::grantpt(master.get());
        ::unlockpt(master.get());
        const UniqueFd terminal(::open(::ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC)); // NOLINT: one thread
        Command command;
        command.argv = program_->command_line(arguments);
        command.fds = {{0, terminal.get()}, {1, terminal.get()}, {2, terminal.get()}};
        command.new_session = true;
        auto child = spawn(command);
        std::string shown;
        const auto shows = [&](const std::string& what) {
            return becomes_true([&] {
                std::array<char, 4096> bytes{};
                pollfd waiting{master.get(), POLLIN, 0};
                if (::poll(&waiting, 1, 0) == 1)
                    shown.append(bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(
                                                   ::read(master.get(), bytes.data(), bytes.size()), 0)));
                return contains(shown, what);
            });
        };
        if (!child || !shows("begun"))
            return {-1, shown};
        (void)!::write(master.get(), first.data(), first.size());
        if (!shows("got <" + first + ">"))
            return {-2, shown};
        (void)!::write(master.get(), then.data(), then.size());
        const auto exit = child->wait({}, patience);
        return {exit ? exit->code : -3, shown};
    }
    void keys_leave_a_container_alone() {
        // Single characters as they come: what might be the keys is passed on when they are not completed.
        const std::string script =
            "stty raw -echo; echo begun; while c=$(dd bs=1 count=${n:-3} 2>/dev/null); do echo \"got <$c>\"; done";
        const auto usual =
            type({"run", "-it", "--name", "left", "--network", "none", default_image, "sh", "-c", script},
                 "a\x10"
                 "b",
                 "\x10\x11");
        QVERIFY2(usual.first == 0, usual.second.c_str());
        QCOMPARE(status("left"), std::string("running"));
        const auto own = type({"run", "-it", "--name", "own", "--detach-keys", "a,a,ctrl-b", "--network", "none",
                               default_image, "sh", "-c", script},
                              "aac", "aaa\x02");
        QVERIFY2(own.first == 0, own.second.c_str());
        QCOMPARE(status("own"), std::string("running"));
        VERIFY_CODE(isolab({"run", "--rm", "--detach-keys", "ctrl-1", default_image, "true"}), 125);
        VERIFY_CODE(isolab({"run", "-d", "--name", "never", "--detach-keys", "ab", default_image, "true"}), 125);
        VERIFY_CODE(container({"inspect", "never"}), 2);
    }
    void signals_are_passed_on_if_wanted() {
        const auto send = [this](const std::string& name, const std::string& flag) {
            Command command;
            command.argv =
                program_->command_line({"run", "--name", name, "--network", "none", flag, default_image, "sh", "-c",
                                        "trap 'exit 7' TERM; true > /ready; while :; do sleep 0.1; done"});
            auto child = spawn(command);
            // Both are ready for signals: the workload, and the program, which reads them from a descriptor.
            becomes_true([&] { return container({"exec", name, "test", "-e", "/ready"}).code == 0; });
            becomes_true([&] { return blocks_signal(child->pid(), SIGTERM); });
            child->kill(SIGTERM);
            const auto exit = child->wait({}, patience);
            return exit ? exit->code : -1;
        };
        QCOMPARE(send("proxied", "--sig-proxy"), 7);
        QCOMPARE(send("kept", "--sig-proxy=false"), 143);
        QCOMPARE(status("kept"), std::string("running"));
    }
    void files_go_both_ways() {
        VERIFY_CODE(run({"-d", "--name", "files"}, "echo inside > /tmp/made; sleep 1000"), 0);
        const auto file = here_ / "sent";
        std::ofstream(file) << "sent\n";
        VERIFY_CODE(container({"cp", file.string(), "files:/tmp/"}), 0);
        VERIFY_CODE(container({"exec", "files", "cat", "/tmp/sent"}), 0);
        VERIFY_SOON(container({"cp", "files:/tmp/made", (here_ / "fetched").string()}).code == 0);
        VERIFY_CODE(container({"stop", "-t", "0", "files"}), 0);
        VERIFY_CODE(container({"cp", "files:/tmp/sent", (here_ / "again").string()}), 0);
        QVERIFY(std::filesystem::exists(here_ / "again"));
        const auto changes = container({"diff", "files"});
        QVERIFY2(contains(changes.out, "A /tmp/made\n") && contains(changes.out, "A /tmp/sent\n"), changes.out.c_str());
        QVERIFY2(!contains(changes.out, "/etc"), changes.out.c_str());
        VERIFY_CODE(container({"cp", "files:/no/such", here_.string()}), 125);
        VERIFY_CODE(container({"cp", "/a", "/b"}), 2);
    }
    void files_go_both_ways_as_an_archive() {
        VERIFY_CODE(run({"--name", "archived"}, "mkdir /made; echo inside > /made/file; ln -s file /made/link; "
                                                "chown 12:34 /made/file; chmod 2640 /made/file"),
                    0);
        const auto listed =
            run_command({"sh", "-c", "\"$@\" | tar -tvf - --numeric-owner", "sh", program_file("isolab"), "--root",
                         program_->root(), "container", "cp", "archived:/made", "-"});
        QVERIFY2(contains(listed.value().out, "-rw-r----- 12/34"), listed->out.c_str());
        QVERIFY2(contains(listed->out, " made/link -> file\n"), listed->out.c_str());
        const auto folder = here_ / "sent-archive";
        std::filesystem::create_directories(folder / "deep");
        std::ofstream(folder / "deep/file") << "sent\n";
        const auto sent =
            run_command({"sh", "-c",
                         "tar -C \"$1\" --owner=5 --group=6 -czf - deep | \"$2\" --root \"$3\" container cp - "
                         "archived:/made && ! echo nonsense | \"$2\" --root \"$3\" container cp - archived:/",
                         "sh", folder, program_file("isolab"), program_->root()});
        QCOMPARE(sent->code, 0);
        QVERIFY2(contains(sent->err, "Give a tar archive"), sent->err.c_str());
        VERIFY_CODE(container({"cp", "archived:/made/deep/file", (here_ / "back").string()}), 0);
        QVERIFY(std::filesystem::exists(here_ / "back"));
    }
    void files_become_an_image() {
        VERIFY_CODE(run({"--name", "source"}, "echo kept > /kept; rm /etc/passwd"), 0);
        VERIFY_CODE(container({"commit", "-m", "why", "-c", "CMD [\"cat\", \"/kept\"]", "source", "made:1"}), 0);
        const auto output = isolab({"run", "--rm", "--network", "none", "made:1"});
        VERIFY_CODE(output, 0);
        QCOMPARE(output.out, std::string("kept\n"));
        const auto changes = isolab({"image", "diff", default_image, "made:1"});
        QVERIFY2(contains(changes.out, "A /kept\n") && contains(changes.out, "D /etc/passwd\n"), changes.out.c_str());
        VERIFY_CODE(container({"create", "--name", "user", "made:1"}), 0);
        VERIFY_CODE(isolab({"image", "rm", "made:1"}), 2); // a container stands on it
        VERIFY_CODE(isolab({"image", "rm", "--force", "made:1"}), 0);
        const auto started = container({"start", "-a", "user"});
        VERIFY_CODE(started, 0);
        QCOMPARE(started.out, std::string("kept\n"));
    }
    void volumes_outlive_containers() {
        VERIFY_CODE(run({"--rm", "-v", "keep:/etc"}, "test -e /etc/passwd; echo more > /etc/more"), 0);
        const auto output = run({"--rm", "-v", "keep:/data:ro"}, "cat /data/more; ls /data");
        QVERIFY2(contains(output.out, "more\n") && contains(output.out, "passwd\n"), output.out.c_str());
        VERIFY_CODE(container({"create", "--name", "holder", "-v", "keep:/data", "-v", "/nameless", default_image}), 0);
        VERIFY_CODE(isolab({"volume", "rm", "keep"}), 2);
        QVERIFY(contains(isolab({"volume", "ls"}).out, "holder"));
        VERIFY_CODE(container({"rm", "-v", "holder"}), 0);
        QCOMPARE(isolab({"volume", "ls", "-q"}).out, std::string("keep\n"));
        VERIFY_CODE(isolab({"volume", "rm", "keep"}), 0);
    }
    void limits_hold() {
        VERIFY_CODE(run({"--rm", "-m", "16M"}, "cat /sys/fs/cgroup/memory/memory.limit_in_bytes | grep -qx 16777216 || "
                                               "cat /sys/fs/cgroup/memory.max | grep -qx 16777216"),
                    0);
        VERIFY_CODE(run({"-d", "--name", "growing"}, "sleep 1000"), 0);
        VERIFY_CODE(container({"update", "--pids-limit", "7", "growing"}), 0);
        VERIFY_CODE(container({"exec", "growing", "sh", "-c",
                               "grep -qx 7 /sys/fs/cgroup/pids/pids.max || grep -qx 7 /sys/fs/cgroup/pids.max"}),
                    0);
        VERIFY_CODE(run({"--rm", "-m", "1M"}, "true"), 125);
    }
    void capabilities_are_chosen() {
        const std::string show = "grep CapEff /proc/self/status";
        QVERIFY(contains(run({"--rm", "--cap-drop", "ALL"}, show).out, "0000000000000000"));
        QVERIFY(contains(run({"--rm", "--cap-drop", "all", "--cap-add", "chown"}, show).out, "0000000000000001"));
        VERIFY_CODE(run({"--rm", "--cap-add", "FLY"}, show), 125);
    }
    void published_port_is_reached() {
        const std::string place = "127.0.0.1:" + std::to_string(free_port());
        VERIFY_CODE(isolab({"run", "-d", "--name", "server", "-p", place + ":8080", default_image, "httpd", "-f", "-p",
                            "8080", "-h", "/etc"}),
                    0);
        QCOMPARE(container({"port", "server"}).out, "8080/tcp -> " + place + "\n");
        QVERIFY(becomes_true([&] {
            const auto page = run_command({"busybox", "wget", "-q", "-O", "-", "http://" + place + "/passwd"});
            return page && contains(page->out, "root:");
        }));
        const auto neighbour =
            isolab({"run", "--rm", default_image, "wget", "-q", "-O", "-", "http://server:8080/passwd"});
        VERIFY_CODE(neighbour, 0);
        QVERIFY(contains(neighbour.out, "root:"));
        VERIFY_CODE(isolab({"run", "--rm", "--network", "container:server", default_image, "wget", "-q", "-O", "-",
                            "http://127.0.0.1:8080/passwd"}),
                    0);
        VERIFY_CODE(isolab({"run", "--rm", "-p", place + ":80", default_image, "true"}), 125); // taken
        VERIFY_CODE(container({"stop", "-t", "0", "server"}), 0);
        QCOMPARE(container({"port", "server"}).out, std::string());
    }
    void killed_supervisor_takes_its_container_along() {
        VERIFY_CODE(isolab({"run", "-d", "--name", "orphan", default_image, "sleep", "1000"}), 0);
        const pid_t supervisor = std::stoi(field("orphan", ".State.ConmonPid"));
        const pid_t workload = std::stoi(field("orphan", ".State.Pid"));
        QCOMPARE(::kill(supervisor, SIGKILL), 0);
        QVERIFY(becomes_true([&] { return ::kill(workload, 0) != 0; }));
        QVERIFY(contains(container({"ls", "--all"}).out, "Exited (137)"));
        QVERIFY(contains(field("orphan", ".State.Error"), "supervisor"));
        VERIFY_CODE(container({"start", "orphan"}), 0);
        QCOMPARE(status("orphan"), std::string("running"));
    }
    void prune_removes_what_does_not_run() {
        VERIFY_CODE(run({"-d", "--name", "stays"}, "sleep 1000"), 0);
        VERIFY_CODE(run({"--name", "goes"}, "true"), 0);
        VERIFY_CODE(container({"create", "--name", "never", default_image, "true"}), 0);
        VERIFY_CODE(container({"prune", "-f"}), 0);
        QCOMPARE(trimmed(container({"ls", "-a", "--format", "{{.Names}}"}).out), std::string("stays"));
    }
    void removed_at_its_end_also_without_a_caller() {
        VERIFY_CODE(run({"-d", "--rm", "--name", "brief"}, "sleep 0.2"), 0);
        QVERIFY(becomes_true([&] {
            return std::filesystem::is_empty(program_->root() / "instances/folders") &&
                   std::filesystem::is_empty(program_->root() / "instances/names");
        }));
    }
};

ISOLAB_TEST(ContainerTest)
#include "container_test.moc"
