// SPDX-License-Identifier: GPL-3.0-or-later
//
// Processes that are added to containers, terminals, and hooks: what a container manager asks of a runtime beside the
// life of a container.
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/runtime/process_json.h"
#include "tests/engine/launcher/console_listener.h"
#include "tests/engine/launcher/runtime_verbs.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

class ExecTest : public QObject, RuntimeVerbs {
    Q_OBJECT
  public:
    ExecTest() : RuntimeVerbs("exec") {}

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("devices, limits and owners need root");
        QCOMPARE(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
    }
    void init() { before_ = traces(); }
    /// Detached processes are this one's to reap: their pid namespace lasts until that is done.
    void cleanup() {
        runtime({"kill", "--all", id, "KILL"});
        for (int attempt = 0; attempt < 3000 && runtime({"state", id}).code == 0; ++attempt) {
            while (::waitpid(-1, nullptr, WNOHANG) > 0) {
            }
            if (contains(runtime({"state", id}).out, "stopped"))
                VERIFY_CODE(runtime({"delete", id}), 0);
            else
                QTest::qSleep(20);
        }
        QCOMPARE(traces(), before_);
    }

    void added_process_is_inside() {
        start(bundle_.spec({"sleep", "100"}));
        const auto shown = runtime({"exec", id, "sh", "-c", "hostname; ps; cat /proc/self/cgroup"});
        VERIFY_CODE(shown, 0);
        QVERIFY2(contains(shown.out, "sleep 100") && contains(shown.out, "    1 "), shown.out.c_str());
        QVERIFY2(!contains(shown.out, "isolab-runtime"), shown.out.c_str());
        for (const char* kind : {"mnt", "pid", "net", "ipc", "uts", "cgroup"}) {
            const std::string file = std::string("/proc/self/ns/") + kind;
            const auto added = runtime({"exec", id, "readlink", file});
            const auto first = runtime({"exec", id, "readlink", std::string("/proc/1/ns/") + kind});
            QVERIFY2(!added.out.empty() && added.out == first.out, kind);
            QVERIFY2(added.out != std::filesystem::read_symlink(file).string() + "\n", kind);
        }
    }
    void exit_codes_are_passed_on() {
        start(bundle_.spec({"sleep", "100"}));
        VERIFY_CODE(runtime({"exec", id, "sh", "-c", "exit 42"}), 42);
        VERIFY_CODE(runtime({"exec", id, "sh", "-c", "kill -9 $$"}), 137);
        const auto missing = runtime({"exec", id, "no-such-command"});
        VERIFY_CODE(missing, 127);
        QVERIFY2(contains(missing.err, "no-such-command"), missing.err.c_str());
        VERIFY_CODE(runtime({"exec", id, "/proc"}), 126);
    }
    void streams_are_the_callers() {
        start(bundle_.spec({"sleep", "100"}));
        const auto output = run_command(
            {"sh", "-c",
             "echo word | " + base_command() + " exec " + id + " sh -c 'read x; echo got $x; echo no >&2'"});
        QCOMPARE(QByteArray::fromStdString(output->out), QByteArray("got word\n"));
        QCOMPARE(QByteArray::fromStdString(output->err), QByteArray("no\n"));
    }
    void options_change_the_process() {
        start(bundle_.spec({"sleep", "100"}));
        const auto output = runtime({"exec", "--user", "12:34", "--cwd", "/tmp/new", "-e", "A=1", "-e", "PATH=/bin",
                                     "--additional-gids", "77", id, "sh", "-c", "id; pwd; echo $A $PATH"});
        VERIFY_CODE(output, 0);
        QVERIFY2(contains(output.out, "uid=12 gid=34 groups=77") || contains(output.out, "uid=12 gid=34 groups=34,77"),
                 output.out.c_str());
        QVERIFY2(contains(output.out, "/tmp/new\n1 /bin\n"), output.out.c_str());
        const auto caps = runtime({"exec", "--cap", "CAP_SYS_ADMIN", id, "grep", "CapBnd", "/proc/self/status"});
        const auto plain = runtime({"exec", id, "grep", "CapBnd", "/proc/self/status"});
        QVERIFY2(caps.out != plain.out, caps.out.c_str());
        for (const char* user : {"root", "0x0", "-1", "4294967296", "1:", ":1", "1 "})
            VERIFY_CODE(runtime({"exec", "--user", user, id, "true"}), 125);
    }
    void process_document_is_taken() {
        start(bundle_.spec({"sleep", "100"}));
        RuntimeProcess process = bundle_.spec({"sh", "-c", "id -u; ulimit -n; umask"}).process;
        process.uid = 1000;
        process.umask = 0027;
        process.rlimits = {{"RLIMIT_NOFILE", 77, 77}};
        const std::string file = (bundle_.path() / "process.json").string();
        QVERIFY(write_file_atomically(file, runtime_process_to_json(process).dump()));
        const auto output = runtime({"exec", "--process", file, id});
        VERIFY_CODE(output, 0);
        QCOMPARE(QByteArray::fromStdString(output.out), QByteArray("1000\n77\n0027\n"));
    }
    void detached_process_lives_on() {
        start(bundle_.spec({"sleep", "100"}));
        const std::string pid_file = (bundle_.path() / "pid").string();
        const auto started = run_command({"sh", "-c",
                                          base_command() + " exec --detach --pid-file " + pid_file + " " + id +
                                              " sleep 50 >/dev/null 2>&1 </dev/null"});
        VERIFY_CODE(*started, 0);
        const int pid = std::stoi(*read_file(pid_file));
        QCOMPARE(::kill(pid, 0), 0);
        const auto list = parse_json(runtime({"ps", "--format", "json", id}).out, "ps");
        QVERIFY(list && list->size() == 2);
        QVERIFY(list->at(0) == Json(pid) || list->at(1) == Json(pid));
        const auto table = runtime({"ps", id});
        QVERIFY2(contains(table.out, "sleep 50") && contains(table.out, "PID") && !contains(table.out, "systemd"),
                 table.out.c_str());
    }
    void stopped_container_takes_no_process() {
        start(bundle_.spec({"true"}));
        VERIFY_SOON(contains(runtime({"state", id}).out, "stopped"));
        const auto refused = runtime({"exec", id, "true"});
        VERIFY_CODE(refused, 125);
        QVERIFY2(contains(refused.err, "the container is stopped"), refused.err.c_str());
    }
    void bundle_may_change_after_create() {
        start(bundle_.spec({"sleep", "100"}));
        QVERIFY(write_file_atomically(bundle_.path() / "config.json", "{}"));
        VERIFY_CODE(runtime({"exec", id, "true"}), 0);
    }
    void filter_of_the_container_holds() {
        RuntimeSpec spec = bundle_.spec({"sleep", "100"});
        spec.seccomp = share(Json{{"defaultAction", "SCMP_ACT_ALLOW"},
                                  {"syscalls", {{{"names", {"mkdir", "mkdirat"}}, {"action", "SCMP_ACT_ERRNO"}}}}});
        start(spec);
        VERIFY_CODE(runtime({"exec", id, "mkdir", "/x"}), 1);
        VERIFY_CODE(runtime({"exec", id, "touch", "/x"}), 0);
    }
    void user_namespace_is_entered() {
        RuntimeSpec spec = bundle_.spec({"sleep", "100"});
        spec.namespaces.user = true;
        spec.uid_mappings = {{0, 100000, 65536}};
        spec.gid_mappings = {{0, 100000, 65536}};
        QVERIFY(run_command({"chown", "-R", "100000:100000", bundle_.rootfs().string()}));
        start(spec);
        const auto output = runtime({"exec", id, "sh", "-c", "id -u; cat /proc/self/uid_map; mount -t tmpfs t /tmp"});
        QVERIFY2(contains(output.out, "0\n") && contains(output.out, "100000"), (output.out + output.err).c_str());
        QVERIFY(run_command({"chown", "-R", "0:0", bundle_.rootfs().string()}));
    }
    void descriptors_are_preserved_when_asked() {
        start(bundle_.spec({"sleep", "100"}));
        const std::string shell = "exec 3</etc/hostname 4</etc/hostname; " + base_command();
        const auto two = run_command({"sh", "-c", shell + " exec --preserve-fds 2 " + id + " ls /proc/self/fd"});
        QVERIFY2(contains(two->out, "3\n4\n"), (two->out + two->err).c_str());
        const auto none = run_command({"sh", "-c", shell + " exec " + id + " ls -l /proc/self/fd"});
        QVERIFY2(!contains(none->out, "hostname"), none->out.c_str());
        const auto hole = run_command({"sh", "-c", base_command() + " exec --preserve-fds 9 " + id + " true"});
        VERIFY_CODE(*hole, 125);
        QVERIFY2(contains(hole->err, "is not open"), hole->err.c_str());
    }

    void terminal_goes_to_the_console_socket() {
        ConsoleListener console(bundle_.path() / "console");
        RuntimeSpec spec = bundle_.spec({"sh", "-c", "tty; stty size; ls -l /dev/console; read line; echo got $line"});
        spec.process.terminal = true;
        spec.process.console_size = TerminalSize{33, 99};
        make(spec, "--console-socket " + console.path());
        VERIFY_CODE(runtime({"start", id}), 0);
        QVERIFY(console.accept());
        QVERIFY2(console.read_until("/dev/console"), console.seen().c_str());
        QVERIFY2(contains(console.seen(), "/dev/pts/0") && contains(console.seen(), "33 99"), console.seen().c_str());
        console.write("word\n");
        QVERIFY2(console.read_until("got word"), console.seen().c_str());
    }
    void added_process_has_a_terminal() {
        ConsoleListener console(bundle_.path() / "console");
        start(bundle_.spec({"sleep", "100"}));
        const auto started =
            run_command({"sh", "-c",
                         base_command() + " exec --detach --tty --console-socket " + console.path() + " " + id +
                             " sh -c 'test -t 0 && echo is a terminal; sleep 1' >/dev/null 2>&1 </dev/null"});
        VERIFY_CODE(*started, 0);
        QVERIFY(console.accept());
        QVERIFY2(console.read_until("is a terminal"), console.seen().c_str());
    }
    void foreground_terminal_is_relayed() {
        start(bundle_.spec({"sleep", "100"}));
        const auto output = run_command(
            {"sh", "-c", "echo word | " + base_command() + " exec --tty " + id + " sh -c 'tty; read x; echo got $x'"});
        QVERIFY2(contains(output->out, "/dev/pts/") && contains(output->out, "got word"),
                 (output->out + output->err).c_str());
    }
    void terminal_needs_a_receiver() {
        RuntimeSpec spec = bundle_.spec({"true"});
        spec.process.terminal = true;
        bundle_.write(spec);
        const auto refused = runtime({"create", "--bundle", bundle_.path().string(), id});
        VERIFY_CODE(refused, 125);
        QVERIFY2(contains(refused.err, "--console-socket"), refused.err.c_str());
    }
    void planted_console_is_refused() {
        ConsoleListener console(bundle_.path() / "console");
        RuntimeSpec spec = bundle_.spec({"true"});
        spec.process.terminal = true;
        std::erase_if(spec.mounts, [](const Mount& mount) { return mount.destination == "/dev"; });
        std::filesystem::create_directories(bundle_.rootfs() / "dev");
        std::filesystem::create_symlink("/proc/sysrq-trigger", bundle_.rootfs() / "dev/console");
        bundle_.write(spec);
        const auto refused =
            runtime({"create", "--bundle", bundle_.path().string(), "--console-socket", console.path(), id});
        std::filesystem::remove(bundle_.rootfs() / "dev/console");
        VERIFY_CODE(refused, 125);
        QVERIFY2(contains(refused.err, "/dev/console"), refused.err.c_str());
    }

    void hooks_of_the_runtime_run_in_its_namespaces() {
        // Whatever namespaces the container gets or joins.
        auto neighbour =
            spawn({{"unshare", "--net", "--ipc", "--uts", "--pid", "--fork", "--kill-child", "sleep", "1000"}}).value();
        const std::string theirs = "/proc/" + std::to_string(neighbour.pid()) + "/ns/";
        const auto host = std::filesystem::read_symlink("/proc/self/ns/pid");
        const auto has_its_own = [&] {
            std::error_code none; // as between its namespaces and its child
            const auto for_children = std::filesystem::read_symlink(theirs + "pid_for_children", none);
            return !for_children.empty() && for_children != host;
        };
        VERIFY_SOON(has_its_own());
        RuntimeSpec spec = bundle_.spec({"readlink", "/proc/self/ns/net"});
        spec.namespaces.time = true;
        spec.clock_offsets = {{"boottime", 1'000'000, 0}};
        spec.namespaces.network = spec.namespaces.ipc = spec.namespaces.uts = spec.namespaces.pid = false;
        spec.joined = {{"network", theirs + "net"},
                       {"ipc", theirs + "ipc"},
                       {"uts", theirs + "uts"},
                       {"pid", theirs + "pid_for_children"}};
        spec.hostname.clear();
        const std::string place = (bundle_.path() / "hook").string();
        const std::string script = "for n in net ipc uts pid pid_for_children time time_for_children; do readlink "
                                   "/proc/self/ns/$n; done >> " +
                                   place;
        for (const HookPoint point : {HookPoint::create_runtime, HookPoint::poststart})
            spec.hooks.lists[static_cast<std::size_t>(point)] = {
                {"/bin/sh", {"sh", "-c", script}, {"PATH=/bin:/usr/bin"}, {}}};
        bundle_.write(spec);
        const auto output = runtime({"run", "--bundle", bundle_.path().string(), id});
        VERIFY_RUN(output, 0, std::filesystem::read_symlink(theirs + "net").string() + "\n");
        std::string own;
        for (const char* name : {"net", "ipc", "uts", "pid", "pid_for_children", "time", "time_for_children"})
            own += std::filesystem::read_symlink(std::string("/proc/self/ns/") + name).string() + "\n";
        QCOMPARE(QString::fromStdString(read_file(place).value()), QString::fromStdString(own + own));
        neighbour.kill(SIGKILL);
    }
    void hooks_run_where_and_when_they_should() {
        RuntimeSpec spec = bundle_.spec({"sh", "-c", "echo workload >> /log; sleep 100"});
        const std::string log = (bundle_.rootfs() / "log").string();
        for (std::size_t i = 0; i < hook_point_names.size(); ++i) {
            const bool inside = static_cast<HookPoint>(i) == HookPoint::start_container;
            const std::string script = "read state; echo " + std::string(hook_point_names[i]) +
                                       " $(readlink /proc/self/ns/mnt) $state >> " + (inside ? "/log" : log);
            spec.hooks.lists[i] = {{inside ? "/bin/sh" : "/bin/sh", {"sh", "-c", script}, {"PATH=/bin:/usr/bin"}, {}}};
        }
        start(spec);
        VERIFY_SOON(contains(read_file(log).value_or(""), "workload"));
        VERIFY_CODE(runtime({"delete", "--force", id}), 0);
        const auto lines = QString::fromStdString(*read_file(log)).split('\n', Qt::SkipEmptyParts);
        QStringList words;
        for (const QString& line : lines)
            words << line.section(' ', 0, 0);
        QStringList expected{"prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"};
        words.removeAll("workload"); // the order of it and poststart is open
        QCOMPARE(words, expected);
        const QString host = QString::fromStdString(std::filesystem::read_symlink("/proc/self/ns/mnt").string());
        for (const QString& line : lines) {
            if (line.startsWith("workload"))
                continue;
            QCOMPARE(line.contains(host), !line.startsWith("createContainer") && !line.startsWith("startContainer"));
            const QString status = line.startsWith("startC")      ? "created"
                                   : line.startsWith("poststart") ? "running"
                                   : line.startsWith("poststop")  ? "stopped"
                                                                  : "creating";
            QVERIFY2(line.contains("\"status\":\"" + status + "\""), qPrintable(line));
            QVERIFY2(line.contains(QString("\"id\":\"%1\"").arg(id.c_str())), qPrintable(line));
        }
    }
    void failing_hook_ends_the_start_and_leaves_nothing() {
        for (const HookPoint point : {HookPoint::prestart, HookPoint::create_runtime, HookPoint::create_container}) {
            RuntimeSpec spec = bundle_.spec({"true"});
            spec.hooks.lists[static_cast<std::size_t>(point)] = {
                {"/bin/sh", {"sh", "-c", "echo because >&2; exit 3"}, {}, {}}};
            bundle_.write(spec);
            const auto refused = runtime({"create", "--bundle", bundle_.path().string(), id});
            VERIFY_CODE(refused, 125);
            QVERIFY2(contains(refused.err, "because") && contains(refused.err, "exit code 3"), refused.err.c_str());
            QCOMPARE(traces(), before_);
        }
    }
    void start_tells_what_its_hook_said() {
        RuntimeSpec spec = bundle_.spec({"true"});
        spec.hooks.lists[static_cast<std::size_t>(HookPoint::start_container)] = {
            {"/bin/sh", {"sh", "-c", "echo inside; exit 4"}, {}, {}}};
        make(spec, "");
        const auto refused = runtime({"start", id});
        VERIFY_CODE(refused, 125);
        QVERIFY2(contains(refused.err, "inside") && contains(refused.err, "startContainer"), refused.err.c_str());
    }
    void hanging_hook_is_ended() {
        RuntimeSpec spec = bundle_.spec({"true"});
        spec.hooks.lists[0] = {{"/bin/sleep", {"sleep", "1000"}, {}, std::chrono::seconds(1)}};
        bundle_.write(spec);
        const auto refused = runtime({"create", "--bundle", bundle_.path().string(), id});
        VERIFY_CODE(refused, 125);
        QVERIFY2(contains(refused.err, "took longer than 1 s"), refused.err.c_str());
    }
    void late_hook_that_fails_is_a_warning() {
        RuntimeSpec spec = bundle_.spec({"sleep", "100"});
        spec.hooks.lists[static_cast<std::size_t>(HookPoint::poststart)] = {{"/bin/false", {}, {}, {}}};
        make(spec, "");
        const auto started = runtime({"start", id});
        VERIFY_CODE(started, 0);
        QVERIFY2(contains(started.err, "warning") && contains(started.err, "poststart"), started.err.c_str());
    }
    void run_is_listed_while_it_lives() {
        bundle_.write(bundle_.spec({"sleep", "100"}));
        const auto started = run_command({"sh", "-c",
                                          base_command() + " run --detach --bundle " + bundle_.path().string() + " " +
                                              id + " >/dev/null 2>&1 </dev/null"});
        VERIFY_CODE(*started, 0);
        QVERIFY(contains(runtime({"list"}).out, "running"));
    }

  private:
    void make(const RuntimeSpec& spec, const std::string& options) {
        bundle_.write(spec);
        VERIFY_CODE(runtime_detached("create --bundle " + bundle_.path().string() + " " + options + " " + id), 0);
    }
    void start(const RuntimeSpec& spec) {
        make(spec, "");
        VERIFY_CODE(runtime({"start", id}), 0);
    }
};

ISOLAB_TEST(ExecTest)
#include "exec_test.moc"
