// SPDX-License-Identifier: GPL-3.0-or-later
//
// Podman with our runtime in place of crun or runc: what it asks of a runtime, asked by itself.
#include <sys/mount.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/subprocess.h"
#include "engine/cgroup/cgroup_layout.h"
#include "engine/checkpoint/criu_check.h"
#include "tests/integration/client_daemons.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

constexpr const char* podman_image = "localhost/isolab-busybox:1";

} // namespace

class PodmanTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("podman as root is what is tested here");
        if (!find_program("podman"))
            QSKIP("podman is not installed");
        folder_ = *make_temporary_directory("/tmp", "isolab-podman-");
        // Default limits that this machine may not let anybody raise would fail with every runtime.
        qputenv("CONTAINERS_CONF", (folder_ / "containers.conf").c_str());
        const std::string configuration =
            "[containers]\ndefault_ulimits=[\"nofile=1024:1024\", \"nproc=1024:1024\"]\n[engine]\n"
            "cgroup_manager=\"cgroupfs\"\nevents_logger=\"file\"\n[engine.runtimes]\nisolab=[\"" +
            program_file("isolab-runtime") + "\"]\n";
        QVERIFY(write_file_atomically(folder_ / "containers.conf", configuration));
        make_image();
    }
    void cleanupTestCase() {
        if (folder_.empty())
            return;
        podman({"rm", "--force", "--all"});
        ::umount2((folder_ / "store/overlay").c_str(), MNT_DETACH); // podman keeps its store mounted on itself
        const auto removed = remove_tree(folder_);
        VERIFY_OK(removed);
    }

    void output_and_exit_code_come_back() {
        VERIFY_RUN(run_shell({"--network=none"}, "echo hello; exit 7"), 7, "hello\n");
    }
    void standard_input_goes_in() {
        const auto piped = run_command(
            {"sh", "-c",
             "echo word | " + line({"run", "--interactive", "--rm", "--network=none", podman_image, "cat"})},
            {}, std::chrono::seconds(60));
        VERIFY_RUN(*piped, 0, "word\n");
    }
    void missing_command_is_127() {
        const auto output = run({"/no/such"});
        QCOMPARE(output.code, 127);
        QVERIFY2(contains(output.err, "/no/such"), output.err.c_str());
    }
    void limits_are_the_ones_asked_for() {
        VERIFY_RUN(podman({"run", "--detach", "--name=limited", "--network=none", "--memory=64m", "--cpus=0.5",
                           "--pids-limit=50", podman_image, "sleep", "100"},
                          true),
                   0, "");
        const auto pid = podman({"inspect", "--format={{.State.Pid}}", "limited"}).out;
        const std::string groups = read_file("/proc/" + pid.substr(0, pid.find('\n')) + "/cgroup").value_or("");
        QVERIFY2(contains(groups, "libpod"), groups.c_str());
        QVERIFY(contains(podman({"stats", "--no-stream", "--format={{.MemUsage}}", "limited"}).out, "67.11MB"));
        VERIFY_RUN(podman({"rm", "--force", "--time=0", "limited"}, true), 0, "");
    }
    void containers_are_stopped_started_and_killed() {
        VERIFY_RUN(podman({"run", "--detach", "--name=long", "--network=none", podman_image, "sleep", "100"}, true), 0,
                   "");
        VERIFY_RUN(podman({"stop", "--time=0", "long"}, true), 0, "");
        VERIFY_RUN(podman({"inspect", "--format={{.State.Status}} {{.State.ExitCode}}", "long"}), 0, "exited 137\n");
        VERIFY_RUN(podman({"start", "long"}, true), 0, "");
        VERIFY_RUN(podman({"kill", "long"}, true), 0, "");
        VERIFY_RUN(podman({"wait", "long"}), 0, "137\n");
        VERIFY_RUN(podman({"rm", "long"}, true), 0, "");
    }
    void namespaces_of_another_container_are_joined() {
        VERIFY_RUN(podman({"run", "--detach", "--name=host", "--network=none", podman_image, "sleep", "100"}, true), 0,
                   "");
        VERIFY_RUN(run_shell({"--network=container:host", "--pid=container:host"},
                             "[ $(readlink /proc/1/ns/net) = $(readlink /proc/self/ns/net) ] && cat /proc/1/cmdline"),
                   0, std::string("sleep\000100\000", 10));
        VERIFY_RUN(podman({"rm", "--force", "--time=0", "host"}, true), 0, "");
    }
    void network_of_the_host() {
        const std::string own = std::filesystem::read_symlink("/proc/self/ns/net").string();
        VERIFY_RUN(run_shell({"--network=host"}, "readlink /proc/self/ns/net"), 0, own + "\n");
    }
    void volumes_can_be_read_only() {
        QVERIFY(write_file_atomically(folder_ / "note", "read me\n"));
        VERIFY_RUN(run_shell({"--network=none", "--volume=" + folder_.string() + ":/v:ro"},
                             "echo x 2>/dev/null > /v/note; cat /v/note"),
                   0, "read me\n");
    }
    void read_only_root_has_places_to_write() {
        VERIFY_RUN(
            run_shell({"--network=none", "--read-only", "--tmpfs=/scratch"},
                      "echo x > /scratch/x && echo x > /tmp/x && cat /tmp/x; echo x 2>/dev/null > /x || echo no"),
            0, "x\nno\n");
    }
    void user_and_capabilities() {
        VERIFY_RUN(
            run_shell({"--network=none", "--user=1000:1000", "--cap-drop=all"}, "id -u; grep CapBnd /proc/self/status"),
            0, "1000\nCapBnd:\t0000000000000000\n");
    }
    void processes_are_added() {
        VERIFY_RUN(podman({"run", "--detach", "--name=more", "--network=none", podman_image, "sleep", "100"}, true), 0,
                   "");
        VERIFY_RUN(podman({"exec", "more", "sh", "-c", "echo added; exit 5"}), 5, "added\n");
        VERIFY_RUN(podman({"exec", "--user=12:34", "--workdir=/tmp", "--env=A=b", "more", "sh", "-c",
                           "id -u; id -g; pwd; echo $A"}),
                   0, "12\n34\n/tmp\nb\n");
        VERIFY_RUN(podman({"exec", "--tty", "more", "sh", "-c", "test -t 1 && tty"}), 0, "/dev/pts/0\r\n");
        const auto missing = podman({"exec", "more", "no-such-command"});
        QCOMPARE(missing.code, 127);
        const auto top = podman({"top", "more", "args"});
        QVERIFY2(contains(top.out, "sleep 100"), (top.out + top.err).c_str());
        VERIFY_RUN(podman({"rm", "--force", "--time=0", "more"}, true), 0, "");
    }
    void containers_with_a_terminal() {
        VERIFY_RUN(podman({"run", "--detach", "--name=tty", "--tty", "--network=none", podman_image, "sh", "-c",
                           "test -t 0 && tty"},
                          true),
                   0, "");
        VERIFY_RUN(podman({"wait", "tty"}), 0, "0\n");
        VERIFY_RUN(podman({"logs", "tty"}), 0, "/dev/pts/0\r\n");
        VERIFY_RUN(podman({"rm", "tty"}, true), 0, "");
    }
    void containers_are_paused_and_updated() {
        VERIFY_RUN(podman({"run", "--detach", "--name=calm", "--network=none", podman_image, "sleep", "100"}, true), 0,
                   "");
        VERIFY_RUN(podman({"pause", "calm"}, true), 0, "");
        VERIFY_RUN(podman({"inspect", "--format={{.State.Status}}", "calm"}), 0, "paused\n");
        VERIFY_RUN(podman({"unpause", "calm"}, true), 0, "");
        VERIFY_RUN(podman({"inspect", "--format={{.State.Status}}", "calm"}), 0, "running\n");
        VERIFY_RUN(podman({"update", "--memory=48m", "calm"}, true), 0, "");
        const auto pid = podman({"inspect", "--format={{.State.Pid}}", "calm"}).out;
        QCOMPARE(memory_limit_of(pid.substr(0, pid.find('\n'))), std::string("50331648\n"));
        VERIFY_RUN(podman({"rm", "--force", "--time=0", "calm"}, true), 0, "");
    }
    void privileged_containers_have_the_devices() {
        VERIFY_RUN(run_shell({"--privileged", "--network=none"},
                             "test -c /dev/kmsg && mknod /null c 1 3 && echo x > /null && echo usable"),
                   0, "usable\n");
        VERIFY_RUN(run_shell({"--network=none"}, "mknod /kmsg c 1 11; head -c 1 /kmsg 2>/dev/null || echo refused"), 0,
                   "refused\n");
    }
    void ids_are_mapped() {
        const auto output =
            run_shell({"--network=none", "--uidmap=0:100000:5000", "--gidmap=0:100000:5000"}, "cat /proc/self/uid_map");
        QVERIFY2(output.code == 0 && contains(output.out, "100000       5000"), (output.out + output.err).c_str());
    }
    void kernel_parameters() {
        VERIFY_RUN(run_shell({"--network=none", "--sysctl=net.ipv4.conf.all.forwarding=1"},
                             "cat /proc/sys/net/ipv4/conf/all/forwarding"),
                   0, "1\n");
    }
    void containers_are_checkpointed_and_restored() {
        const auto criu = Criu::find(qEnvironmentVariable("ISOLAB_TEST_CRIU").toStdString());
        if (!criu)
            QSKIP(criu.error().message().c_str());
        if (const auto checked = check_criu(*criu); !checked)
            QSKIP(checked.error().message().c_str());
        std::filesystem::create_directories(folder_ / "bin"); // podman asks the criu of PATH for its version
        std::filesystem::create_symlink(std::filesystem::absolute(criu->program()), folder_ / "bin/criu");
        const QByteArray path = qgetenv("PATH");
        qputenv("PATH", QByteArray((folder_ / "bin").c_str()) + ":" + path);
        const auto restored = qScopeGuard([&path] { qputenv("PATH", path); });
        VERIFY_RUN(podman({"run", "--detach", "--name=saved", "--network=none", podman_image, "sh", "-c",
                           "i=0; while :; do i=$((i+1)); echo $i; sleep 0.1; done"},
                          true),
                   0, "");
        VERIFY_SOON(last_count() > 3);
        VERIFY_RUN(podman({"container", "checkpoint", "saved"}, true), 0, "");
        QVERIFY(contains(podman({"inspect", "--format={{.State.Status}}", "saved"}).out, "exited"));
        const int last = last_count();
        VERIFY_RUN(podman({"container", "restore", "saved"}, true), 0, "");
        VERIFY_SOON(last_count() > last + 3);
        VERIFY_RUN(podman({"exec", "saved", "cat", "/proc/1/comm"}), 0, "sh\n");
        VERIFY_RUN(podman({"rm", "--force", "--time=0", "saved"}, true), 0, "");
    }
    void devices_are_given() {
        VERIFY_RUN(run_shell({"--network=none", "--device=/dev/fuse"}, "test -c /dev/fuse && echo yes"), 0, "yes\n");
    }

  private:
    int last_count() const { return std::atoi(podman({"logs", "--tail=1", "saved"}).out.c_str()); }

    /// What the kernel enforces; podman's statistics show what it asked for first.
    static std::string memory_limit_of(const std::string& pid) {
        const std::string groups = read_file("/proc/" + pid + "/cgroup").value_or("");
        const auto at = groups.find(":memory:");
        const std::string path = at == std::string::npos ? groups.substr(groups.find("::") + 2) : groups.substr(at + 8);
        const std::string group = path.substr(0, path.find('\n'));
        const CgroupLayout layout = find_cgroup_layout();
        if (layout.version == CgroupVersion::v2)
            return read_file(layout.unified + group + "/memory.max").value_or("none");
        return read_file(layout.v1.at(CgroupController::memory) + group + "/memory.limit_in_bytes").value_or("none");
    }
    void make_image() {
        const auto root = folder_ / "rootfs";
        make_busybox_root(root, {"sh", "cat", "id", "grep", "sleep", "readlink", "test"});
        const auto made =
            run_command({"sh", "-c", "tar -C " + root.string() + " -c . | " + line({"import", "-", podman_image})}, {},
                        std::chrono::seconds(60));
        QVERIFY2(made && made->code == 0, made ? made->err.c_str() : made.error().message().c_str());
    }
    std::vector<std::string> words(const std::vector<std::string>& arguments) const {
        std::vector<std::string> argv{"podman",
                                      "--root=" + (folder_ / "store").string(),
                                      "--runroot=" + (folder_ / "run").string(),
                                      "--tmpdir=" + (folder_ / "tmp").string(),
                                      "--storage-driver=overlay",
                                      "--runtime=isolab"};
        argv.insert(argv.end(), arguments.begin(), arguments.end());
        return argv;
    }
    std::string line(const std::vector<std::string>& arguments) const {
        std::string text;
        for (const std::string& word : words(arguments))
            text += "'" + word + "' ";
        return text;
    }
    /// `quiet`: what it prints on success, a name or an id, is left out.
    CommandOutput podman(const std::vector<std::string>& arguments, bool quiet = false) const {
        auto output = run_command(words(arguments), {}, std::chrono::seconds(60));
        if (!output)
            return {-1, "", output.error().message()};
        if (quiet && output->code == 0)
            output->out.clear();
        return *output;
    }
    /// Runs a script once its attached client is there: conmon drops what a workload prints before it has accepted the
    /// connection that podman makes before the start, which a fast runtime and a busy machine bring about.
    CommandOutput run_shell(const std::vector<std::string>& options, const std::string& script) const {
        std::vector<std::string> arguments{"run", "--rm", "--interactive"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        arguments.insert(arguments.end(), {podman_image, "sh", "-c", "read -r go; exec sh -c \"$0\"", script});
        std::vector<std::string> piped{"sh", "-c", "echo go | exec \"$@\"", "sh"};
        const std::vector<std::string> client = words(arguments);
        piped.insert(piped.end(), client.begin(), client.end());
        const auto output = run_command(piped, {}, std::chrono::seconds(60));
        return output ? *output : CommandOutput{-1, "", output.error().message()};
    }
    CommandOutput run(const std::vector<std::string>& command) const {
        std::vector<std::string> arguments{"run", "--rm", "--network=none", podman_image};
        arguments.insert(arguments.end(), command.begin(), command.end());
        return podman(arguments);
    }

    std::filesystem::path folder_;
};

ISOLAB_TEST(PodmanTest)
#include "podman_test.moc"
