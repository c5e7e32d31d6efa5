// SPDX-License-Identifier: GPL-3.0-or-later
//
// Containers that another OCI runtime makes and our launcher watches.
#include "tests/engine/engine_stage.h"
#include "tests/support/test_main.h"

#include <array>
#include <csignal>

#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/process_memory.h"

using namespace isolab;
using namespace isolab::test;

class OtherRuntimeTest : public QObject, private EngineStage {
    Q_OBJECT
  private slots:
    void initTestCase() { set_up(); }
    void init() {
        before_ = traces();
        states_before_ = states();
    }
    void cleanup() {
        COMPARE_SOON(traces(), before_);
        QCOMPARE(states(), states_before_);
        QCOMPARE(containers_on_disk(), std::size_t{0});
    }

    void output_exit_code_and_marks_come_home_data() { runtimes(); }
    void output_exit_code_and_marks_come_home() {
        Recorder recorder;
        const Nanoseconds begin = monotonic_now();
        auto container = start({"sh", "-c", "echo hello; echo trouble >&2; exit 5"}, recorder);
        VERIFY_OK(container);
        const auto exit = (*container)->wait({}, patience);
        VERIFY_OK(exit);
        QCOMPARE(exit->status.code, 5);
        QCOMPARE(recorder.out, std::string("hello\n"));
        QCOMPARE(recorder.err, std::string("trouble\n"));
        QVERIFY2(recorder.warnings.empty(), recorder.warnings.empty() ? "" : recorder.warnings.front().c_str());
        QCOMPARE(recorder.marks.size(), std::size_t{4});
        const std::array expected{Phase::prepare, Phase::create, Phase::setup, Phase::exec};
        Nanoseconds last = begin;
        Nanoseconds cpu{0};
        for (std::size_t i = 0; i < expected.size(); ++i) {
            QCOMPARE(recorder.marks[i].phase, expected[i]);
            QVERIFY(recorder.marks[i].at >= last && recorder.marks[i].cpu && *recorder.marks[i].cpu >= cpu);
            last = recorder.marks[i].at;
            cpu = *recorder.marks[i].cpu;
        }
        QVERIFY(exit->gone_at >= exit->exited_at && exit->peak_rss.value_or(0) > 0);
        QVERIFY(exit->cpu_total && *exit->cpu_total > cpu); // also the runtime's delete
    }

    /// What the configuration says is what our own runtime makes of it. Each shows control groups and /dev in its way.
    void it_is_the_same_container_data() { runtimes(); }
    void it_is_the_same_container() {
        const std::vector<std::string> command{
            "sh", "-c",
            "grep -E 'Cap|NoNew|Seccomp:|Groups|Uid' /proc/self/status; cat /proc/self/limits /etc/hosts "
            "/etc/hostname; "
            "readlink /proc/self/cwd; env | busybox sort; hostname; "
            "cat /proc/self/cgroup; echo x > /proc/sys/vm/swappiness; busybox awk '$5 == \"/\" {print $(NF-2)}' "
            "/proc/self/mountinfo; cat /sys/fs/cgroup/memory/memory.limit_in_bytes"};
        Recorder other;
        auto container = start(command, other);
        VERIFY_OK(container);
        VERIFY_OK((*container)->wait({}, patience));
        Recorder own;
        auto ours = try_start(command, own, {1, 64U << 20U});
        VERIFY_OK(ours);
        VERIFY_OK((*ours)->wait({}, patience));
        QCOMPARE(QString::fromStdString(other.out).split("\n"), QString::fromStdString(own.out).split("\n"));
    }
    void every_ingredient_can_be_left_out_data() { runtimes(); }
    void every_ingredient_can_be_left_out() {
        ContainerRequest request = *make_request(
            {"sh", "-c", "for one in pid net uts ipc cgroup; do readlink /proc/self/ns/$one; done; (sleep 1000 &)"});
        request.ingredients = native_ingredients();
        request.runtime = runtime();
        Recorder recorder;
        auto container = engine->start(request, recorder, {});
        VERIFY_OK(container);
        VERIFY_OK((*container)->wait({}, patience)); // what it leaves behind would keep the output open
        std::string expected;
        for (const char* one : {"pid", "net", "uts", "ipc", "cgroup"})
            expected += std::filesystem::read_symlink(std::string("/proc/self/ns/") + one).string() + "\n";
        QCOMPARE(recorder.out, expected);
    }

    void service_is_probed_used_measured_and_stopped_data() { runtimes(); }
    void service_is_probed_used_measured_and_stopped() {
        Recorder recorder;
        ContainerRequest request = *make_request({"busybox", "httpd", "-f", "-p", "8080", "-h", "/bin"});
        request.runtime = runtime();
        request.probe = PortProbe{8080, "/nothing"};
        auto container = engine->start(request, recorder, {});
        VERIFY_OK(container);
        VERIFY_SOON(recorder.ready.load() > Nanoseconds{0});
        VERIFY_OK((*container)->exchange(8080, "GET /x HTTP/1.0\r\n\r\n", "404", patience));
        QVERIFY(!(*container)->exchange(8081, "x", "y", std::chrono::seconds(1)));
        auto usage = (*container)->usage();
        VERIFY_SOON((usage = (*container)->usage()) && usage->workload_pids.size() == 1);
        QVERIFY(usage->cpu && *usage->cpu >= *recorder.marks.back().cpu); // the same sum as in marks
        QVERIFY(read_process_memory(usage->workload_pids.front())->pss > 0);
        QVERIFY(read_process_memory(usage->monitor_pid)->pss > 0);
        if (engine->facts().cgroup_mode != "none")
            QVERIFY(usage->cgroup_bytes.value_or(0) > 0 && usage->cgroup_kernel_bytes);
        const auto disk = (*container)->disk();
        VERIFY_OK(disk);
        const auto exit = (*container)->stop(std::chrono::milliseconds(500));
        VERIFY_OK(exit);
        QCOMPARE(exit->status.signal, SIGKILL); // the first process of its namespace, without a handler
    }
    void its_stop_signal_reaches_the_workload_data() { runtimes(); }
    void its_stop_signal_reaches_the_workload() {
        Recorder recorder;
        auto container =
            start({"sh", "-c", "trap 'echo came; exit 3' TERM; echo up; while :; do sleep 0.01; done"}, recorder);
        VERIFY_OK(container);
        VERIFY_SOON(recorder.text() == "up\n");
        const auto exit = (*container)->stop(patience);
        VERIFY_OK(exit);
        QCOMPARE(exit->status.code, 3);
        QVERIFY(!exit->killed);
        QCOMPARE(recorder.out, std::string("up\ncame\n"));
    }
    void killed_launcher_takes_it_along_data() { runtimes(); }
    void killed_launcher_takes_it_along() {
        Recorder recorder;
        auto container = start({"sleep", "1000"}, recorder);
        VERIFY_OK(container);
        const auto usage = (*container)->usage();
        VERIFY_OK(usage);
        ::kill(usage->monitor_pid, SIGKILL);
        QVERIFY(!(*container)->wait({}, patience));
    }
    void killed_owner_takes_it_along_data() { runtimes(); }
    void killed_owner_takes_it_along() {
        const pid_t owner = ::fork();
        if (owner == 0) {
            Recorder recorder;
            const auto container = start({"sleep", "1000"}, recorder);
            [[maybe_unused]] const auto never =
                container ? (*container)->wait({}, std::nullopt) : Result<ContainerExit>{};
            ::_exit(1);
        }
        VERIFY_SOON(containers_on_disk() == 1 && traces().find("group") != std::string::npos);
        ::kill(owner, SIGKILL);
        QCOMPARE(::waitpid(owner, nullptr, 0), owner);
        COMPARE_SOON(traces(), before_);
        VERIFY_OK(engine->tidy_up({}));
    }

    void command_that_is_missing_is_told_data() { runtimes(); }
    void command_that_is_missing_is_told() {
        Recorder recorder;
        const auto container = start({"no-such-command"}, recorder);
        QVERIFY(!container);
        const std::string message = container.error().message();
        QVERIFY2(message.find("no-such-command") != std::string::npos, message.c_str());
        QVERIFY2(message.find(runtime().string()) != std::string::npos, message.c_str());
    }
    void runtime_that_fails_is_told_by_its_last_line() {
        const auto script = folder.path() / "broken";
        QVERIFY(write_file_atomically(script, "#!/bin/sh\necho first >&2\necho it is broken >&2\nexit 1\n", 0755));
        failure_names(script, "it is broken");
    }
    void runtime_that_says_nothing_is_told_by_its_code() {
        const auto script = folder.path() / "silent";
        QVERIFY(write_file_atomically(script, "#!/bin/sh\nexit 7\n", 0755));
        failure_names(script, "code 7");
    }
    void runtime_whose_start_fails_leaves_nothing() {
        const auto script = folder.path() / "halfway";
        QVERIFY(write_file_atomically(script,
                                      "#!/bin/sh\ncase \" $* \" in *' start '*) echo cannot start >&2; exit 1;; esac\n"
                                      "exec " +
                                          find_program("runc").value_or("runc") + " \"$@\"\n",
                                      0755));
        failure_names(script, "cannot start");
    }
    void runtime_that_is_missing_is_told() { failure_names("/nowhere/runtime", "there is no such program"); }

  private:
    static void runtimes() {
        QTest::addColumn<QString>("runtime");
        for (const char* name : {"runc", "crun"})
            QTest::newRow(name) << QString::fromStdString(find_program(name).value_or(""));
    }
    static std::filesystem::path runtime() {
        QFETCH(QString, runtime);
        return runtime.toStdString();
    }
    Result<std::unique_ptr<Container>> start(const std::vector<std::string>& command, Recorder& recorder) {
        ISOLAB_ASSIGN(ContainerRequest request, make_request(command));
        request.runtime = runtime();
        return engine->start(request, recorder, {});
    }
    void failure_names(const std::filesystem::path& program, const std::string& cause) {
        ContainerRequest request = *make_request({"sleep", "1000"});
        request.runtime = program;
        Recorder recorder;
        const auto container = engine->start(request, recorder, {});
        QVERIFY(!container);
        const std::string message = container.error().message();
        QVERIFY2(message.find(program.string()) != std::string::npos && message.find(cause) != std::string::npos,
                 message.c_str());
    }
    /// Of the runtimes, in the places that they have by default; and what would lie below the mount of cgroup2 that is
    /// hidden from them.
    static QStringList states() {
        QStringList found = QDir("/run/runc").entryList(QDir::Dirs | QDir::NoDotAndDotDot) +
                            QDir("/run/crun").entryList(QDir::Dirs | QDir::NoDotAndDotDot);
        const CgroupLayout layout = find_cgroup_layout();
        if (layout.version != CgroupVersion::v1 || layout.beside.empty())
            return found;
        const auto hidden =
            run_checked({"unshare", "-m", "sh", "-ec", "umount \"$1\"; find \"$1\"", "-", layout.beside});
        found += QString::fromStdString(hidden ? *hidden : hidden.error().message());
        return found;
    }

    std::string before_;
    QStringList states_before_;
};

ISOLAB_TEST(OtherRuntimeTest)
#include "other_runtime_test.moc"
