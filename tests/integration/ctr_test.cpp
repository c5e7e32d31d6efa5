// SPDX-License-Identifier: GPL-3.0-or-later
//
// containerd with our runtime in place of runc, asked through ctr: the shim's calls, its FIFOs and its consoles.
#include <sstream>

#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "tests/engine/launcher/runtime_verbs.h"
#include "tests/integration/client_daemons.h"
#include "tests/support/layout_builder.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace isolab::test;

namespace {

constexpr const char* ctr_image = "localhost/isolab-busybox:1";

/// A script that stays for a moment after it has printed: containerd stops copying what a process prints when it ends,
/// and the last of it can be lost with any runtime (containerd issue 770).
std::string heard(const std::string& script) { return "(" + script + "); code=$?; sleep 0.2; exit $code"; }

} // namespace

class CtrTest : public QObject {
    Q_OBJECT
  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("containerd as root is what is tested here");
        for (const char* name : {"containerd", "ctr", "containerd-shim-runc-v2"})
            if (!find_program(name))
                QSKIP((std::string(name) + " is not installed").c_str());
        folder_ = *make_temporary_directory("/tmp", "isolab-ctr-");
        auto started = Containerd::start(folder_);
        VERIFY_OK(started);
        containerd_.emplace(std::move(*started));
        make_archive();
        const auto imported = ctr({"images", "import", (folder_ / "image.tar").string()});
        VERIFY_CODE(imported, 0);
        QVERIFY2(contains(imported.out, ctr_image), imported.out.c_str());
    }
    void cleanupTestCase() {
        if (folder_.empty())
            return;
        if (containerd_) {
            ctr({"images", "rm", "--sync", ctr_image});
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
        if (!containerd_)
            return;
        for (const auto& [list, removal] :
             {std::pair{"tasks", "--force"}, std::pair{"containers", "--keep-snapshot=0"}}) {
            std::istringstream ids(ctr({list, "list", "--quiet"}).out);
            for (std::string id; ids >> id;)
                ctr({list, "delete", removal, id});
        }
    }

    void output_and_exit_code_come_back_data() {
        QTest::addColumn<QString>("snapshotter");
        QTest::newRow("overlayfs") << "overlayfs";
        QTest::newRow("native") << "native";
    }
    void output_and_exit_code_come_back() {
        QFETCH(const QString, snapshotter);
        VERIFY_RUN(ctr({"run", "--rm", "--snapshotter=" + snapshotter.toStdString(), ctr_image, "short", "sh", "-c",
                        heard("echo hello; exit 7")}),
                   7, "hello\n");
    }
    void a_missing_command_is_named() {
        const auto output = ctr({"run", "--rm", ctr_image, "missing", "/no/such"});
        QVERIFY(output.code != 0);
        QVERIFY2(contains(output.err, "/no/such"), output.err.c_str());
        ctr({"containers", "rm", "missing"}); // ctr keeps one whose task could not be made
    }
    void a_terminal() {
        // ctr insists on one of its own; script(1) gives it that.
        const auto output = run_command(
            {"script", "--quiet", "--return", "--command",
             line({"run", "--rm", "--tty", ctr_image, "tty", "sh", "-c", heard("test -t 0 && tty; exit 3")}),
             "/dev/null"},
            {}, patience);
        QVERIFY(output);
        QCOMPARE(output->code, 3);
        QVERIFY2(contains(output->out, "/dev/pts/0"), output->out.c_str());
    }
    void seccomp_privileges_and_a_read_only_root() {
        VERIFY_RUN(ctr({"run", "--rm", "--seccomp", "--read-only", ctr_image, "strict", "sh", "-c",
                        heard("echo x 2>/dev/null > /x || echo no; grep -c 'Seccomp:.2' /proc/self/status")}),
                   0, "no\n1\n");
        VERIFY_RUN(ctr({"run", "--rm", "--privileged", ctr_image, "free", "sh", "-c",
                        heard("mknod /null c 1 3 && echo x > /null && echo usable")}),
                   0, "usable\n");
    }
    void processes_are_added() {
        start("more");
        VERIFY_RUN(ctr({"tasks", "exec", "--exec-id=one", "more", "sh", "-c", heard("echo added; exit 5")}), 5,
                   "added\n");
        VERIFY_RUN(ctr({"tasks", "exec", "--exec-id=two", "--user=12:34", "--cwd=/tmp", "more", "sh", "-c",
                        heard("id -u; id -g; pwd")}),
                   0, "12\n34\n/tmp\n");
        const auto missing = ctr({"tasks", "exec", "--exec-id=three", "more", "no-such-command"});
        QVERIFY(missing.code != 0);
        QVERIFY2(contains(missing.err, "no-such-command"), missing.err.c_str());
        QVERIFY(contains(ctr({"tasks", "ps", "more"}).out, pid_of("more")));
        end("more");
    }
    void paused_and_resumed() {
        start("calm");
        VERIFY_RUN(ctr({"tasks", "pause", "calm"}), 0, "");
        QCOMPARE(status_of("calm"), std::string("PAUSED"));
        VERIFY_RUN(ctr({"tasks", "resume", "calm"}), 0, "");
        QCOMPARE(status_of("calm"), std::string("RUNNING"));
        end("calm");
    }
    void limits_and_what_is_used() {
        start("limited", {"--memory-limit=67108864", "--cpus=0.5"});
        const Json metrics = Json::parse(ctr({"tasks", "metrics", "--format=json", "limited"}).out, nullptr, false);
        QVERIFY(metrics.is_object());
        if (metrics.contains("memory") && metrics["memory"].contains("usage")) // as cgroup v1 has them
            QCOMPARE(metrics["memory"]["usage"].value("limit", std::uint64_t{0}), std::uint64_t{67108864});
        const std::string groups = read_file("/proc/" + pid_of("limited") + "/cgroup").value_or("");
        QVERIFY2(contains(groups, group_.path() + "/limited"), groups.c_str());
        end("limited");
    }
    void killed_and_deleted() {
        start("victim");
        const std::string pid = pid_of("victim");
        VERIFY_RUN(ctr({"tasks", "kill", "--signal=SIGKILL", "victim"}), 0, "");
        QVERIFY(becomes_true([this] { return status_of("victim") == "STOPPED"; }));
        QVERIFY(!std::filesystem::exists("/proc/" + pid));
        const auto deleted = ctr({"tasks", "delete", "victim"});
        QVERIFY2(contains(deleted.err, "exit code 137"), deleted.err.c_str());
        VERIFY_RUN(ctr({"containers", "delete", "victim"}), 0, "");
        QVERIFY(!contains(ctr({"containers", "list"}).out, "victim"));
        QVERIFY(!contains(group_.left_behind(), "victim"));
    }

  private:
    static constexpr std::chrono::seconds patience{60};

    /// An OCI ctr_image layout as a tar file, named as `ctr ctr_image import` wants it.
    void make_archive() const {
        const auto root = folder_ / "rootfs";
        make_busybox_root(root, {"sh", "cat", "id", "grep", "sleep", "test", "tty", "pwd", "mknod"});
        const auto layout = folder_ / "layout";
        const LayoutBuilder builder(layout);
        QVERIFY(run_checked({"tar", "-C", root.string(), "-cf", (folder_ / "layer.tar").string(), "."}));
        const std::string layer = read_file(folder_ / "layer.tar").value_or("");
        const Json config{{"architecture", "amd64"},
                          {"os", "linux"},
                          {"config", {{"Env", {"PATH=/bin"}}, {"Cmd", {"/bin/sh"}}}},
                          {"rootfs", {{"type", "layers"}, {"diff_ids", {Digest::of(layer).text()}}}}};
        const Json layers = Json::array({builder.blob("application/vnd.oci.image.layer.v1.tar", layer)});
        const Json manifest{{"schemaVersion", 2},
                            {"mediaType", "application/vnd.oci.image.manifest.v1+json"},
                            {"config", builder.blob("application/vnd.oci.image.config.v1+json", config.dump())},
                            {"layers", layers}};
        Json entry = builder.blob("application/vnd.oci.image.manifest.v1+json", manifest.dump());
        entry["annotations"] = {{"io.containerd.image.name", ctr_image}};
        builder.index(Json::array({entry}));
        QVERIFY(run_checked({"tar", "-C", layout.string(), "-cf", (folder_ / "image.tar").string(), "."}));
    }
    /// `ctr` on our containerd. `run` gets our runtime; with `exec` it keeps its FIFOs and states in our folder.
    std::vector<std::string> words(const std::vector<std::string>& arguments) const {
        // The name space's name is also the parent of its control groups.
        std::vector<std::string> argv{"ctr", "--address=" + containerd_->address(), "--namespace=" + group_.name()};
        for (const std::string& argument : arguments) {
            argv.push_back(argument);
            if (argument == "run" || argument == "exec")
                argv.push_back("--fifo-dir=" + (folder_ / "fifos").string());
            if (argument == "run")
                argv.insert(argv.end(),
                            {"--runc-binary=" + launcher_path(), "--runc-root=" + (folder_ / "runtime").string()});
        }
        return argv;
    }
    std::string line(const std::vector<std::string>& arguments) const {
        std::string text;
        for (const std::string& word : words(arguments))
            text += "'" + word + "' ";
        return text;
    }
    CommandOutput ctr(const std::vector<std::string>& arguments) const {
        auto output = run_command(words(arguments), {}, patience);
        return output ? *output : CommandOutput{-1, "", output.error().message()};
    }
    void start(const std::string& id, std::vector<std::string> options = {}) const {
        std::vector<std::string> arguments{"run", "--detach"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        arguments.insert(arguments.end(), {ctr_image, id, "sleep", "100"});
        VERIFY_CODE(ctr(arguments), 0);
        QCOMPARE(status_of(id), std::string("RUNNING"));
    }
    void end(const std::string& id) const {
        VERIFY_CODE(ctr({"tasks", "delete", "--force", id}), 0);
        VERIFY_RUN(ctr({"containers", "delete", id}), 0, "");
    }
    /// A column of `ctr tasks list`: TASK, PID, STATUS.
    std::string column_of(const std::string& id, int wanted) const {
        std::istringstream lines(ctr({"tasks", "list"}).out);
        for (std::string line; std::getline(lines, line);) {
            std::istringstream fields(line);
            std::string name;
            std::string value;
            fields >> name;
            for (int i = 0; i < wanted; ++i)
                fields >> value;
            if (name == id)
                return value;
        }
        return {};
    }
    std::string pid_of(const std::string& id) const { return column_of(id, 1); }
    std::string status_of(const std::string& id) const { return column_of(id, 2); }

    std::filesystem::path folder_;
    std::optional<Containerd> containerd_;
    const ParentGroup group_{"ctr"};
    const FixedFolders fixed_folders_;
};

ISOLAB_TEST(CtrTest)
#include "ctr_test.moc"
