// SPDX-License-Identifier: GPL-3.0-or-later
//
// Docker's daemon with our runtime as its default one: what docker asks of a runtime through containerd, asked by the
// docker client.
#include <sstream>

#include <sys/mount.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "tests/engine/launcher/runtime_verbs.h"
#include "tests/integration/client_daemons.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace isolab::test;

namespace {

constexpr const char* docker_image = "isolab-busybox:1";

} // namespace

class DockerdTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("dockerd as root is what is tested here");
        for (const char* name : {"containerd", "ctr", "containerd-shim-runc-v2", "dockerd", "docker"})
            if (!find_program(name))
                QSKIP((std::string(name) + " is not installed").c_str());
        // The client beside the daemon; another one in PATH may be too new for it.
        docker_ = std::filesystem::exists("/usr/bin/docker") ? "/usr/bin/docker" : *find_program("docker");
        folder_ = *make_temporary_directory("/tmp", "isolab-dockerd-");
        auto containerd = Containerd::start(folder_);
        VERIFY_OK(containerd);
        containerd_.emplace(std::move(*containerd));
        auto daemon =
            Daemon::start(daemon_words(), folder_ / "dockerd.log", [this] { return docker({"version"}).code == 0; });
        VERIFY_OK(daemon);
        dockerd_.emplace(std::move(*daemon));
        make_busybox_root(folder_ / "rootfs",
                          {"sh", "cat", "id", "grep", "sleep", "test", "tty", "pwd", "mknod", "readlink", "date"});
        VERIFY_CODE(*run_command({"sh", "-c",
                                  "tar -C " + (folder_ / "rootfs").string() + " -c . | " +
                                      line({"import", "--change=ENV PATH=/bin", "-", docker_image})},
                                 {}, patience),
                    0);
    }
    void cleanupTestCase() {
        if (folder_.empty())
            return;
        if (dockerd_) {
            const auto ended = dockerd_->end();
            VERIFY_OK(ended);
            ::umount2((folder_ / "exec/netns/default").c_str(), MNT_DETACH); // dockerd leaves its host network's file
        }
        if (containerd_) {
            const auto ended = containerd_->end();
            VERIFY_OK(ended);
        }
        QCOMPARE(group_.left_behind(), std::string());
        const auto group_removed = group_.remove();
        VERIFY_OK(group_removed);
        QCOMPARE(host_traces({folder_.string()}), std::string()); // no mount and no shim
        QCOMPARE(fixed_folders_.remove_new(), std::string());
        const auto removed = remove_tree(folder_);
        VERIFY_OK(removed);
    }

    void cleanup() { // what a failed function left
        if (!dockerd_)
            return;
        std::istringstream ids(docker({"ps", "--all", "--quiet"}).out);
        for (std::string id; ids >> id;)
            docker({"rm", "--force", id});
    }

    void our_runtime_is_the_default_one() {
        VERIFY_RUN(docker({"info", "--format={{.DefaultRuntime}} {{.CgroupDriver}}"}), 0, "isolab cgroupfs\n");
    }
    void output_and_exit_code_come_back() {
        VERIFY_RUN(run({"sh", "-c", "echo hello; echo wrong >&2; exit 7"}), 7, "hello\n");
    }
    void standard_input_goes_in() {
        VERIFY_RUN(*run_command(
                       {"sh", "-c",
                        "echo word | " + line({"run", "--rm", "--interactive", "--network=none", docker_image, "cat"})},
                       {}, patience),
                   0, "word\n");
    }
    void a_missing_command_is_127() {
        const auto output = run({"/no/such"});
        QCOMPARE(output.code, 127);
        QVERIFY2(contains(output.err, "/no/such"), output.err.c_str());
    }
    void networks_of_the_host_and_of_nobody() {
        const std::string own = std::filesystem::read_symlink("/proc/self/ns/net").string();
        VERIFY_RUN(docker({"run", "--rm", "--network=host", docker_image, "readlink", "/proc/self/ns/net"}), 0,
                   own + "\n");
        const auto none = run({"readlink", "/proc/self/ns/net"});
        QCOMPARE(none.code, 0);
        QVERIFY(none.out != own + "\n");
    }
    void processes_are_added() {
        start("more");
        VERIFY_RUN(docker({"exec", "more", "sh", "-c", "echo added; exit 5"}), 5, "added\n");
        VERIFY_RUN(docker({"exec", "--user=12:34", "--workdir=/tmp", "--env=A=b", "more", "sh", "-c",
                           "id -u; id -g; pwd; echo $A"}),
                   0, "12\n34\n/tmp\nb\n");
        VERIFY_RUN(docker({"exec", "--tty", "more", "sh", "-c", "test -t 1 && tty"}), 0, "/dev/pts/0\r\n");
        const auto missing = docker({"exec", "more", "no-such-command"});
        QCOMPARE(missing.code, 126); // docker's own choice for what runtimes of others report as text
        QVERIFY2(contains(missing.out + missing.err, "no-such-command"), (missing.out + missing.err).c_str());
        QVERIFY(contains(docker({"top", "more"}).out, "sleep 100"));
        remove("more");
    }
    void a_terminal() {
        VERIFY_RUN(
            docker({"run", "--rm", "--tty", "--network=none", docker_image, "sh", "-c", "test -t 0 && tty; exit 3"}), 3,
            "/dev/pts/0\r\n");
    }
    void stopped_and_started_again() {
        start("long");
        VERIFY_RUN(docker({"stop", "--time=1", "long"}), 0, "long\n"); // sleep as process 1 does not heed SIGTERM
        QCOMPARE(inspect("long", "{{.State.Status}} {{.State.ExitCode}}"), std::string("exited 137"));
        VERIFY_RUN(docker({"start", "long"}), 0, "long\n");
        VERIFY_RUN(docker({"restart", "--time=0", "long"}), 0, "long\n");
        VERIFY_RUN(docker({"kill", "--signal=KILL", "long"}), 0, "long\n");
        VERIFY_RUN(docker({"wait", "long"}), 0, "137\n");
        remove("long");
    }
    void paused() {
        start("calm");
        VERIFY_RUN(docker({"pause", "calm"}), 0, "calm\n");
        QCOMPARE(inspect("calm", "{{.State.Status}}"), std::string("paused"));
        VERIFY_RUN(docker({"unpause", "calm"}), 0, "calm\n");
        QCOMPARE(inspect("calm", "{{.State.Status}}"), std::string("running"));
        remove("calm");
    }
    void limits_and_what_is_used() {
        start("limited", {"--memory=64m", "--cpus=0.5", "--pids-limit=50"});
        const auto used = docker({"stats", "--no-stream", "--format={{.MemUsage}} {{.PIDs}}", "limited"});
        QVERIFY2(contains(used.out, "/ 64MiB 1"), (used.out + used.err).c_str());
        const auto updated = docker({"update", "--memory=48m", "--memory-swap=96m", "--cpus=0.7", "limited"});
        VERIFY_CODE(updated, 0);
        const auto after = docker({"stats", "--no-stream", "--format={{.MemUsage}}", "limited"});
        QVERIFY2(contains(after.out, "/ 48MiB"), (after.out + after.err).c_str());
        remove("limited");
    }
    void restarted_as_its_policy_says() {
        VERIFY_CODE(docker({"run", "--detach", "--name=again", "--restart=on-failure:2", "--network=none", docker_image,
                            "sh", "-c", "exit 3"}),
                    0);
        QVERIFY(becomes_true([this] { return inspect("again", "{{.RestartCount}} {{.State.Status}}") == "2 exited"; }));
        QCOMPARE(inspect("again", "{{.State.ExitCode}}"), std::string("3"));
        remove("again");
    }
    void an_init_reaps_and_forwards() {
        start("reaped", {"--init"});
        VERIFY_RUN(docker({"exec", "reaped", "readlink", "/proc/1/exe"}), 0, "/sbin/docker-init\n");
        VERIFY_RUN(docker({"stop", "--time=10", "reaped"}), 0, "reaped\n");
        QCOMPARE(inspect("reaped", "{{.State.ExitCode}}"), std::string("143")); // SIGTERM was passed on
        remove("reaped");
    }
    void logs_are_kept() {
        VERIFY_CODE(docker({"run", "--detach", "--name=told", "--network=none", docker_image, "sh", "-c",
                            "echo first; echo second >&2"}),
                    0);
        VERIFY_RUN(docker({"wait", "told"}), 0, "0\n");
        const auto logs = docker({"logs", "told"});
        QCOMPARE(logs.out, std::string("first\n"));
        QCOMPARE(logs.err, std::string("second\n"));
        remove("told");
    }
    void privileges() {
        VERIFY_RUN(run({"sh", "-c", "grep -c 'Seccomp:.2' /proc/self/status"}), 0, "1\n");
        VERIFY_RUN(docker({"run", "--rm", "--privileged", "--network=none", docker_image, "sh", "-c",
                           "test -c /dev/kmsg && mknod /null c 1 3 && echo x > /null && echo usable"}),
                   0, "usable\n");
        VERIFY_RUN(docker({"run", "--rm", "--read-only", "--tmpfs=/scratch", "--network=none", docker_image, "sh", "-c",
                           "echo x > /scratch/x && cat /scratch/x; echo x 2>/dev/null > /x || echo no"}),
                   0, "x\nno\n");
    }
    void namespaces_of_another_container_are_joined() {
        start("host", {"--ipc=shareable"});
        VERIFY_RUN(docker({"run", "--rm", "--network=container:host", "--pid=container:host", "--ipc=container:host",
                           docker_image, "sh", "-c",
                           "[ $(readlink /proc/1/ns/net) = $(readlink /proc/self/ns/net) ] && cat /proc/1/cmdline"}),
                   0, std::string("sleep\000100\000", 10));
        remove("host");
    }

  private:
    static constexpr std::chrono::seconds patience{60};

    std::vector<std::string> daemon_words() const {
        return {"dockerd",
                "--host=unix://" + socket(),
                "--data-root=" + (folder_ / "data").string(),
                "--exec-root=" + (folder_ / "exec").string(),
                "--pidfile=" + (folder_ / "dockerd.pid").string(),
                "--containerd=" + containerd_->address(),
                "--bridge=none",
                "--iptables=false",
                "--ip6tables=false",
                "--storage-driver=overlay2",
                "--exec-opt=native.cgroupdriver=cgroupfs",
                "--cgroup-parent=" + group_.path(),
                "--add-runtime=isolab=" + launcher_path(),
                "--default-runtime=isolab"};
    }
    std::string socket() const { return (folder_ / "docker.sock").string(); }
    std::vector<std::string> words(const std::vector<std::string>& arguments) const {
        std::vector<std::string> argv{docker_, "--config=" + (folder_ / "client").string(),
                                      "--host=unix://" + socket()};
        argv.insert(argv.end(), arguments.begin(), arguments.end());
        return argv;
    }
    std::string line(const std::vector<std::string>& arguments) const {
        std::string text;
        for (const std::string& word : words(arguments))
            text += "'" + word + "' ";
        return text;
    }
    CommandOutput docker(const std::vector<std::string>& arguments) const {
        auto output = run_command(words(arguments), {}, patience);
        return output ? *output : CommandOutput{-1, "", output.error().message()};
    }
    CommandOutput run(const std::vector<std::string>& command) const {
        std::vector<std::string> arguments{"run", "--rm", "--network=none", docker_image};
        arguments.insert(arguments.end(), command.begin(), command.end());
        return docker(arguments);
    }
    void start(const std::string& name, const std::vector<std::string>& options = {}) const {
        std::vector<std::string> arguments{"run", "--detach", "--name=" + name, "--network=none"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        arguments.insert(arguments.end(), {docker_image, "sleep", "100"});
        VERIFY_CODE(docker(arguments), 0);
    }
    void remove(const std::string& name) const { VERIFY_RUN(docker({"rm", "--force", name}), 0, name + "\n"); }
    std::string inspect(const std::string& name, const std::string& format) const {
        const std::string text = docker({"inspect", "--format=" + format, name}).out;
        return text.substr(0, text.find('\n'));
    }

    std::filesystem::path folder_;
    std::string docker_;
    std::optional<Containerd> containerd_;
    std::optional<Daemon> dockerd_;
    const ParentGroup group_{"dockerd"};
    const FixedFolders fixed_folders_;
};

ISOLAB_TEST(DockerdTest)
#include "dockerd_test.moc"
