// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/cgroup/control_group.h"
#include "engine/runtime/launch_protocol.h"
#include "engine/security/sha256.h"
#include "tests/engine/launcher/bundle.h"
#include "tests/engine/launcher/runtime_verbs.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"
#include "tests/support/user_namespaces.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

std::string namespace_of(const char* name) {
    return std::filesystem::read_symlink(std::string("/proc/self/ns/") + name).string();
}

} // namespace

class LauncherTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("devices, limits and owners need root");
    }
    void init() { before_ = traces(); }
    void cleanup() { QCOMPARE(traces(), before_); }

    void exit_codes_pass_through() {
        VERIFY_CODE(bundle_.run(bundle_.spec({"true"})), 0);
        VERIFY_CODE(bundle_.run_shell("exit 42"), 42);
        VERIFY_CODE(bundle_.run_shell("sh -c 'kill -9 $$'; exit $?"), 137);
    }
    void every_namespace_is_its_own() {
        const auto output =
            bundle_.run_shell("for n in mnt pid net ipc uts cgroup; do readlink /proc/self/ns/$n; done");
        VERIFY_CODE(output, 0);
        for (const char* name : {"mnt", "pid", "net", "ipc", "uts", "cgroup"})
            QVERIFY2(!contains(output.out, namespace_of(name)), name);
        QVERIFY(contains(output.out, "net:["));
    }
    void existing_namespaces_are_joined() {
        const pid_t other = ::fork();
        if (other == 0) {
            ::_exit(::unshare(CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) == 0 ? ::pause() : 1);
        }
        const std::string own = "/proc/" + std::to_string(other) + "/ns/";
        const auto name = [&own](const char* kind) { return std::filesystem::read_symlink(own + kind).string(); };
        VERIFY_SOON(name("uts") != namespace_of("uts"));
        RuntimeSpec spec = bundle_.spec({"sh", "-c", "for n in net ipc uts; do readlink /proc/self/ns/$n; done"});
        spec.namespaces.network = spec.namespaces.ipc = spec.namespaces.uts = false;
        spec.joined = {{"network", own + "net"}, {"ipc", own + "ipc"}, {"uts", own + "uts"}};
        const auto output = bundle_.run(spec);
        const std::string expected = name("net") + "\n" + name("ipc") + "\n" + name("uts") + "\n";
        spec.joined.back().path = own + "net";
        const auto wrong = bundle_.run(spec);
        ::kill(other, SIGKILL);
        ::waitpid(other, nullptr, 0);
        QCOMPARE(QByteArray::fromStdString(output.out), QByteArray::fromStdString(expected));
        VERIFY_CODE(wrong, 125);
        QVERIFY2(contains(wrong.err, "join uts namespace"), wrong.err.c_str());
    }
    void tmpfs_begins_with_what_the_image_has() {
        const auto place = bundle_.rootfs() / "data";
        std::filesystem::create_directories(place / "below");
        QVERIFY(write_file_atomically(place / "below/file", "kept\n"));
        std::filesystem::create_symlink("/etc/passwd", place / "link");
        QCOMPARE(::chown((place / "below/file").c_str(), 12, 34), 0);
        QCOMPARE(::chmod(place.c_str(), 01777), 0);
        RuntimeSpec spec =
            bundle_.spec({"sh", "-c",
                          "cat /data/below/file; readlink /data/link; busybox stat -c %u:%g /data/below/file;"
                          "busybox stat -c %a /data; echo x > /data/new"});
        spec.mounts.push_back({"/data", "tmpfs", "tmpfs", {"tmpcopyup", "nosuid"}});
        const auto output = bundle_.run(spec);
        spec.mounts.back().options.push_back("ro");
        const auto read_only = bundle_.run(spec);
        QVERIFY(!std::filesystem::exists(place / "new"));
        std::filesystem::remove_all(place);
        QCOMPARE(QByteArray::fromStdString(output.out), QByteArray("kept\n/etc/passwd\n12:34\n1777\n"));
        VERIFY_CODE(output, 0);
        QVERIFY2(contains(read_only.err, "Read-only file system"), read_only.err.c_str());
    }
    void privileges_are_the_defaults() {
        const auto output = bundle_.run_shell("grep -E '^(Cap|NoNew|Seccomp:)' /proc/self/status");
        // Fourteen capabilities: 0 1 3 4 5 6 7 8 10 13 18 27 29 31.
        QVERIFY2(contains(output.out, "CapEff:\t00000000a80425fb"), output.out.c_str());
        QVERIFY(contains(output.out, "CapBnd:\t00000000a80425fb"));
        QVERIFY(contains(output.out, "CapInh:\t0000000000000000"));
        QVERIFY(contains(output.out, "CapAmb:\t0000000000000000"));
        QVERIFY(contains(output.out, "NoNewPrivs:\t1"));
        QVERIFY(contains(output.out, "Seccomp:\t2"));
    }
    void kernel_paths_are_hidden_or_read_only() {
        const auto output = bundle_.run_shell("cat /proc/keys /proc/timer_list; ls -A /sys/firmware;"
                                              "echo x > /proc/sys/kernel/hostname; "
                                              "touch /sys/x");
        QVERIFY2(output.out.empty(), output.out.c_str());
        QVERIFY(contains(output.err, "/proc/sys/kernel/hostname: Read-only file system"));
        QVERIFY(contains(output.err, "/sys/x"));
    }
    void devices_work_and_new_ones_do_not() {
        const auto output =
            bundle_.run_shell("echo x > /dev/null && head -c 4 /dev/zero | wc -c && head -c 4 /dev/urandom | wc -c;"
                              "mknod /vda b 254 0; cat /vda | head -c 1; mknod /dev/kmsg2 c 1 11;"
                              "head -c 1 /dev/kmsg2; chmod 000 /dev/null");
        QVERIFY(contains(output.out, "4\n4\n"));
        QVERIFY2(contains(output.err, "/vda': Permission denied"), output.err.c_str());
        QVERIFY2(contains(output.err, "/dev/kmsg2: Permission denied"), output.err.c_str());
        QVERIFY2(contains(output.err, "/dev/null: Read-only file system"), output.err.c_str());
        struct stat status {};
        QCOMPARE(::stat("/dev/null", &status), 0);
        QCOMPARE(status.st_mode & 0777U, 0666U);
    }
    void kernel_parameters_are_the_containers_own() {
        const std::string before = *read_file("/proc/sys/kernel/shm_rmid_forced");
        RuntimeSpec spec =
            bundle_.spec({"cat", "/proc/sys/net/ipv4/conf/all/forwarding", "/proc/sys/kernel/shm_rmid_forced"});
        spec.sysctls = {{"net.ipv4.conf.all.forwarding", "1"}, {"kernel/shm_rmid_forced", "1"}};
        QCOMPARE(QByteArray::fromStdString(bundle_.run(spec).out), QByteArray("1\n1\n"));
        QCOMPARE(QByteArray::fromStdString(*read_file("/proc/sys/kernel/shm_rmid_forced")),
                 QByteArray::fromStdString(before));
        spec.sysctls = {{"net.ipv4.no_such_parameter", "1"}};
        const auto missing = bundle_.run(spec);
        VERIFY_CODE(missing, 125);
        QVERIFY2(contains(missing.err, "net.ipv4.no_such_parameter: this kernel does not have it"),
                 missing.err.c_str());
    }
    void process_is_as_asked() {
        RuntimeSpec spec = bundle_.spec({"sh", "-c", "id -u; id -g; id -G; pwd; echo $COLOUR; hostname; umask"});
        spec.process.uid = 1234;
        spec.process.gid = 5678;
        spec.process.additional_gids = {10, 20};
        spec.process.cwd = "/made/for/it";
        spec.process.env.push_back("COLOUR=blue");
        const auto output = bundle_.run(spec);
        QCOMPARE(QByteArray::fromStdString(output.out),
                 QByteArray("1234\n5678\n5678 10 20\n/made/for/it\nblue\nisolab-test\n0022\n"));
    }
    void another_user_has_no_capabilities() {
        RuntimeSpec spec = bundle_.spec({"grep", "-E", "^Cap(Eff|Prm)", "/proc/self/status"});
        spec.process.uid = 1234;
        spec.process.capabilities->effective.clear();
        spec.process.capabilities->permitted.clear();
        QCOMPARE(QByteArray::fromStdString(bundle_.run(spec).out),
                 QByteArray("CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n"));
    }
    void ungrantable_capability_is_a_warning() {
        RuntimeSpec spec = bundle_.spec({"true"});
        spec.process.capabilities->bounding.push_back("CAP_OF_THE_FUTURE");
        const auto output = bundle_.run(spec);
        VERIFY_CODE(output, 0);
        QVERIFY(
            contains(output.err, "warning: capabilities that cannot be granted here are left out: CAP_OF_THE_FUTURE"));
    }
    void missing_command_is_127() {
        const auto by_name = bundle_.run(bundle_.spec({"no-such-command"}));
        VERIFY_CODE(by_name, 127);
        QVERIFY(
            contains(by_name.err, "no-such-command: executable file not found in $PATH of the image (/bin:/usr/bin)"));
        const auto by_path = bundle_.run(bundle_.spec({"/no/such/command"}));
        VERIFY_CODE(by_path, 127);
        QVERIFY(contains(by_path.err, "/no/such/command"));
    }
    void command_that_cannot_run_is_126() {
        const auto folder = bundle_.run(bundle_.spec({"/bin"}));
        VERIFY_CODE(folder, 126);
        const auto path = bundle_.rootfs() / "script";
        QVERIFY(write_file_atomically(path, "#!/no/interpreter\n", 0755));
        const auto script = bundle_.run(bundle_.spec({"/script"}));
        VERIFY_CODE(script, 126);
        QVERIFY(contains(script.err, "interpreter"));
    }
    void hostile_working_directories_are_refused() {
        for (int fd = 0; fd < 24; ++fd) {
            RuntimeSpec spec = bundle_.spec({"ls"});
            spec.process.cwd = "/proc/self/fd/" + std::to_string(fd);
            const auto output = bundle_.run(spec);
            VERIFY_CODE(output, 125);
        }
    }
    void leaked_descriptors_stay_outside() {
        std::vector<UniqueFd> leaked;
        for (int i = 0; i < 20; ++i)
            leaked.emplace_back(::open("/", O_RDONLY | O_DIRECTORY)); // NOLINT(android-cloexec-open): leaked on purpose
        bundle_.write(bundle_.spec({"sh", "-c", "ls /proc/self/fd | wc -l; ls -l /proc/1/fd"}));
        std::array<int, 2> ends{};
        QCOMPARE(::pipe2(ends.data(), O_CLOEXEC), 0);
        const pid_t pid = ::fork();
        if (pid == 0) { // no helper of ours: it would close the descriptors
            ::dup2(ends[1], 1);
            ::execl(launcher_path().c_str(), "isolab-runtime", "run", "--bundle", bundle_.path().c_str(), "leak",
                    nullptr);
            ::_exit(99);
        }
        ::close(ends[1]);
        std::string text(4096, '\0');
        std::size_t used = 0;
        for (ssize_t size = 1; size > 0 && used < text.size(); used += static_cast<std::size_t>(size))
            size = ::read(ends[0], text.data() + used, text.size() - used);
        ::close(ends[0]);
        int status = 0;
        QCOMPARE(::waitpid(pid, &status, 0), pid);
        QCOMPARE(WEXITSTATUS(status), 0);
        QVERIFY2(contains(text, "4\n"), text.c_str()); // 0, 1, 2 and the directory that ls reads
        QVERIFY(!contains(text, "-> /\n"));
    }
    void linked_dev_stays_inside_the_image() {
        const auto outside = *make_temporary_directory(std::filesystem::temp_directory_path(), "isolab-outside-");
        const TemporaryTree guard(outside);
        std::filesystem::remove_all(bundle_.rootfs() / "dev");
        std::filesystem::create_symlink(outside, bundle_.rootfs() / "dev");
        const auto output = bundle_.run(bundle_.spec({"true"}));
        QVERIFY(std::filesystem::is_empty(outside));
        QVERIFY2(output.code == 125 || output.code == 0, output.err.c_str());
        std::filesystem::remove(bundle_.rootfs() / "dev");
    }
    void linked_proc_is_refused() {
        std::filesystem::remove_all(bundle_.rootfs() / "proc");
        std::filesystem::create_symlink("bin", bundle_.rootfs() / "proc");
        const auto output = bundle_.run(bundle_.spec({"true"}));
        std::filesystem::remove(bundle_.rootfs() / "proc");
        VERIFY_CODE(output, 125);
        QVERIFY(contains(output.err, "symbolic link"));
    }
    void launcher_cannot_be_overwritten() {
        const std::string before = sha256_hex(*read_file(launcher_path()));
        QVERIFY(write_file_atomically(bundle_.rootfs() / "self", "#!/proc/self/exe\n", 0755));
        bundle_.run(bundle_.spec({"/self", "--help"}));
        bundle_.run(bundle_.spec({"/proc/self/exe", "--help"}));
        const auto writing = bundle_.run_shell("for i in 1 2 3; do echo broken > /proc/1/exe; done");
        QVERIFY2(contains(writing.err, "can't create /proc/1/exe"), writing.err.c_str());
        QCOMPARE(sha256_hex(*read_file(launcher_path())), before);
    }
    void memory_limit_is_enforced() {
        RuntimeSpec spec = bundle_.spec({"sh", "-c", "exec tail /dev/zero"}); // reads one endless line into memory
        spec.resources.memory_limit = 16 << 20;
        spec.resources.memory_swap = 16 << 20;
        VERIFY_CODE(bundle_.run(spec), 137);
    }
    void processor_quota_is_enforced() {
        RuntimeSpec spec = bundle_.spec({"sh", "-c", "busybox timeout 2 sh -c 'while :; do :; done'; true"});
        spec.resources.cpu_period = 100'000;
        spec.resources.cpu_quota = 20'000;
        const Nanoseconds begin = monotonic_now();
        rusage usage_before{};
        ::getrusage(RUSAGE_CHILDREN, &usage_before);
        VERIFY_CODE(bundle_.run(spec), 0);
        rusage usage_after{};
        ::getrusage(RUSAGE_CHILDREN, &usage_after);
        const auto seconds = [](const timeval& t) {
            return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
        };
        const double cpu = seconds(usage_after.ru_utime) + seconds(usage_after.ru_stime) -
                           seconds(usage_before.ru_utime) - seconds(usage_before.ru_stime);
        const double wall = std::chrono::duration<double>(monotonic_now() - begin).count();
        QVERIFY2(cpu < 0.35 * wall, qPrintable(QString("cpu %1 s, wall %2 s").arg(cpu).arg(wall)));
    }
    void process_limit_is_enforced() {
        RuntimeSpec spec = bundle_.spec({"sh", "-c", "for i in 1 2 3 4 5 6 7 8; do sleep 20 & done; wait"});
        spec.resources.pids_limit = 4;
        QVERIFY(contains(bundle_.run(spec).err, "can't fork"));
    }
    void forbidden_calls_fail_data() {
        QTest::addColumn<QString>("script");
        QTest::newRow("host name") << "hostname other";
        QTest::newRow("new namespaces") << "busybox unshare -U true";
        QTest::newRow("clock") << "busybox date -s 2000-01-01";
        QTest::newRow("swap") << "busybox swapon /bin/busybox";
        QTest::newRow("reboot") << "busybox reboot -f";
        QTest::newRow("kernel log") << "busybox dmesg";
    }
    void forbidden_calls_fail() {
        QFETCH(QString, script);
        const auto output = bundle_.run_shell(script.toStdString());
        QVERIFY2(contains(output.err, "Operation not permitted"), output.err.c_str());
    }
    void mounting_is_forbidden() { QVERIFY(bundle_.run_shell("mount -t tmpfs none /bin").code != 0); }
    void loopback_is_up_and_nothing_else() {
        const auto output = bundle_.run_shell("ip -o link; ip -o -4 addr");
        QVERIFY2(contains(output.out, "127.0.0.1/8"), output.out.c_str());
        QVERIFY(contains(output.out, "LOOPBACK,UP"));
        QVERIFY(!contains(output.out, "eth0"));
    }
    void unsupported_specifications_are_refused() {
        RuntimeSpec spec = bundle_.spec({"true"});
        bundle_.write(spec);
        Json document = *read_json_file(bundle_.path() / "config.json");
        document["linux"]["intelRdt"] = {{"closID", "x"}};
        QVERIFY(write_file_atomically(bundle_.path() / "config.json", document.dump()));
        const auto output = run_command({launcher_path(), "run", "--bundle", bundle_.path().string(), "rdt"});
        VERIFY_CODE(*output, 125);
        QVERIFY(contains(output->err, "linux.intelRdt is not supported"));
    }
    void failures_of_every_step_leave_nothing() {
        std::vector<RuntimeSpec> broken(7, bundle_.spec({"true"}));
        broken[0].root_path = "/no/such/root";
        broken[1].mounts.push_back({"/x", "nosuchfs", "x", {}});
        broken[2].mounts.push_back({"/x", "bind", "/no/such/source", {}});
        broken[3].resources.memory_limit = 1;
        broken[4].process.rlimits.push_back({"RLIMIT_NONSENSE", 1, 1});
        broken[5].seccomp = share(Json{{"defaultAction", "SCMP_ACT_WHATEVER"}});
        broken[6].sysctls["net.no.such.parameter"] = "1";
        for (const RuntimeSpec& spec : broken) {
            const auto output = bundle_.run(spec);
            QVERIFY2(output.code != 0 && contains(output.err, "isolab-runtime: cannot "), output.err.c_str());
            QCOMPARE(traces(), before_);
        }
    }
    void killed_launcher_takes_its_container_along() {
        bundle_.write(bundle_.spec({"sleep", "1000"}));
        auto child = spawn({{launcher_path(), "run", "--root", (bundle_.path() / "run").string(), "--bundle",
                             bundle_.path().string(), "--pid-file", (bundle_.path() / "pid").string(), "victim"},
                            std::nullopt,
                            {{2, 2}},
                            false});
        QVERIFY(child);
        VERIFY_SOON(std::filesystem::exists(bundle_.path() / "pid"));
        const pid_t first = std::stoi(*read_file(bundle_.path() / "pid"));
        child->kill(SIGKILL);
        QVERIFY(child->wait());
        VERIFY_SOON(!std::filesystem::exists("/proc/" + std::to_string(first)));
        const auto group = ControlGroup::at(find_cgroup_layout(), "/isolab/" + bundle_.path().filename().string());
        QVERIFY(group->remove()); // a killed launcher cannot: the engine's remove_leftovers() does
    }
    void signals_are_passed_on() {
        bundle_.write(bundle_.spec({"sh", "-c", "trap 'exit 9' TERM; echo ready > /up; while :; do sleep 0.05; done"}));
        std::filesystem::remove(bundle_.rootfs() / "up");
        auto child = spawn(
            {{launcher_path(), "run", "--bundle", bundle_.path().string(), "signals"}, std::nullopt, {{2, 2}}, false});
        VERIFY_SOON(std::filesystem::exists(bundle_.rootfs() / "up"));
        child->kill(SIGTERM);
        QCOMPARE(child->wait()->code, 9);
    }
    void caller_that_disappears_ends_the_container() {
        bundle_.write(bundle_.spec({"sleep", "1000"}));
        std::array<int, 2> ends{};
        QCOMPARE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), 0);
        auto child = spawn({{launcher_path(), "run", "--bundle", bundle_.path().string(), "--event-fd", "3", "orphan"},
                            std::nullopt,
                            {{2, 2}, {3, ends[1]}},
                            true});
        ::close(ends[1]);
        std::vector<Phase> phases;
        while (phases.empty() || phases.back() != Phase::exec) {
            const auto record = receive_record(ends[0]);
            QVERIFY(record && *record);
            if (const auto* mark = std::get_if<MarkRecord>(&**record))
                phases.push_back(mark->phase);
        }
        QCOMPARE(phases, (std::vector<Phase>{Phase::create, Phase::setup, Phase::exec}));
        ::close(ends[0]);
        QCOMPARE(child->wait({}, patience)->code, 137);
    }
    void more_layers_than_a_page_of_options_can_name() {
        const std::string folder = bundle_.path().string() + "/a-folder-with-a-rather-long-name-for-layers/";
        std::vector<std::string> lowers{bundle_.rootfs().string()};
        for (int i = 0; i < 60; ++i) {
            const std::string name = std::to_string(i);
            lowers.insert(lowers.begin(), folder + std::string(60, 'x') + name);
            std::filesystem::create_directories(lowers.front());
            QVERIFY(write_file_atomically(lowers.front() + "/layer" + name, name));
            QVERIFY(write_file_atomically(lowers.front() + "/top", name));
        }
        RuntimeSpec spec = bundle_.spec({"sh", "-c", "ls -d /layer* | wc -l; cat /top"});
        std::filesystem::create_directories(folder + "root");
        spec.root_path = folder + "root";
        spec.mounts.insert(spec.mounts.begin(),
                           {"/", "overlay", "overlay", {"lowerdir=" + join_lower_directories(lowers)}});
        const auto output = bundle_.run(spec);
        VERIFY_CODE(output, 0);
        QCOMPARE(output.out, std::string("60\n59"));
    }
    void twenty_at_once() {
        bundle_.write(bundle_.spec({"sh", "-c", "sleep 0.2; exit 3"}));
        Json document = *read_json_file(bundle_.path() / "config.json");
        document["linux"].erase("cgroupsPath");
        QVERIFY(write_file_atomically(bundle_.path() / "config.json", document.dump()));
        std::vector<ChildProcess> children;
        for (int i = 0; i < 20; ++i)
            children.push_back(
                *spawn({{launcher_path(), "run", "--bundle", bundle_.path().string(), name() + std::to_string(i)},
                        std::nullopt,
                        {{2, 2}},
                        false}));
        for (ChildProcess& child : children)
            QCOMPARE(child.wait()->code, 3);
    }
    void ordinary_user_gets_a_container() {
        if (const std::string why = why_no_user_namespaces(); !why.empty())
            QSKIP(why.c_str());
        RuntimeSpec spec = bundle_.spec({"sh", "-c", "id -u; touch /mine; hostname; grep Seccomp: /proc/self/status"});
        spec.namespaces.user = true;
        spec.uid_mappings = {{0, 65534, 1}};
        spec.gid_mappings = {{0, 65534, 1}};
        bundle_.write(spec);
        std::filesystem::permissions(bundle_.path() / "config.json", std::filesystem::perms(0644));
        for (const auto& entry : std::filesystem::recursive_directory_iterator(bundle_.path()))
            QCOMPARE(::lchown(entry.path().c_str(), 65534, 65534), 0);
        QCOMPARE(::chown(bundle_.path().c_str(), 65534, 65534), 0);
        const std::string program = bundle_.path().string() + "/launcher"; // the build folder may be private
        std::filesystem::copy_file(launcher_path(), program);
        const auto output =
            run_command({"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", program, "run",
                         "--bundle", bundle_.path().string(), "--root", bundle_.path().string(), "rootless"});
        VERIFY_CODE(*output, 0);
        QCOMPARE(QByteArray::fromStdString(output->out), QByteArray("0\nisolab-test\nSeccomp:\t2\n"));
        struct stat status {};
        QCOMPARE(::stat((bundle_.rootfs() / "mine").c_str(), &status), 0);
        QCOMPARE(status.st_uid, 65534U);
    }

  private:
    /// All ids and folders here begin with the name of the bundle.
    std::string name() const { return bundle_.path().filename(); }
    std::string traces() const { return host_traces({name()}); }

    Bundle bundle_;
    std::string before_;
};

ISOLAB_TEST(LauncherTest)
#include "launcher_test.moc"
