// SPDX-License-Identifier: GPL-3.0-or-later
//
// The verbs checkpoint and restore: against a program that speaks CRIU's protocol, and, where there is a CRIU that
// works here, against that one. ISOLAB_TEST_CRIU names another than that of PATH.
#include <csignal>
#include <thread>

#include <sys/prctl.h>
#include <sys/wait.h>

#include "engine/base/file_tree.h"
#include "engine/checkpoint/criu_check.h"
#include "tests/engine/launcher/console_listener.h"
#include "tests/engine/launcher/runtime_verbs.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

constexpr const char* id = "isolab-checkpoint";
constexpr const char* counting = "i=0; while :; do i=$((i+1)); echo $i > /tick; sleep 0.05; done";

} // namespace

class CheckpointTest : public QObject, RuntimeVerbs {
    Q_OBJECT
  public:
    CheckpointTest() : RuntimeVerbs(id) {}

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("CRIU needs root");
        QCOMPARE(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
        qputenv("FAKE_CRIU_RECORD", record_file().c_str());
    }
    void init() {
        before_ = traces();
        std::filesystem::remove(record_file());
        std::filesystem::remove(bundle_.rootfs() / "tick");
        [[maybe_unused]] const auto removed = remove_tree(images());
        qputenv("FAKE_CRIU_FAULT", "");
        criu_ = FAKE_CRIU;
    }
    void cleanup() {
        runtime({"delete", "--force", id});
        while (::waitpid(-1, nullptr, WNOHANG) > 0) {
        }
        QCOMPARE(traces(), before_);
        QVERIFY(!std::filesystem::exists(states() / id));
    }

    // With a program that speaks CRIU's protocol.

    void what_criu_is_told_of_a_container() {
        start({"sleep", "100"});
        VERIFY_CODE(checkpoint("--tcp-established --file-locks --manage-cgroups-mode full"), 0);
        QCOMPARE(status(), std::string("stopped"));
        const std::string told = "\n" + record();
        for (const char* line : {"\n1=1\n", "\n2.5=1\n", "\n2.8=1\n", "\n2.10=dump.log\n", "\n2.12=1\n", "\n2.34=4\n",
                                 "\n2.37=mnt[/etc/hosts]:/etc/hosts\n", "\n2.37=mnt[/dev/null]:/dev/null\n", "\n3=1\n"})
            QVERIFY2(has(told, line), (std::string(line) + told).c_str());
        QVERIFY2(has(told, "\n2.2=" + std::to_string(pid_) + "\n"), told.c_str());
        QVERIFY2(has(told, "\n2.13=" + bundle_.rootfs().string() + "\n"), told.c_str());
        for (const char* line : {"\n2.3=", "\n2.4=", "\n2.7=", "\n2.15=", "\n2.37=mnt[/proc]", "\n2.37=mnt[/]"})
            QVERIFY2(!has(told, line), (std::string(line) + told).c_str());
        QVERIFY(has(read_file(images() / "isolab-mounts.json").value_or(""), hosts_file().string()));
        QCOMPARE(std::filesystem::status(images()).permissions(), std::filesystem::perms::owner_all);
    }
    void one_that_goes_on() {
        start({"sleep", "100"});
        VERIFY_CODE(checkpoint("--leave-running"), 0);
        QVERIFY(has(record(), "2.3=1\n"));
        VERIFY_CODE(checkpoint("--pre-dump"), 0);
        QVERIFY2(has(record(), "1=4\n") && has(record(), "2.15=1\n"), record().c_str());
        VERIFY_CODE(checkpoint("--leave-running --parent-path ../parent"), 0);
        QVERIFY(has(record(), "2.14=../parent\n"));
        QCOMPARE(status(), std::string("running"));
    }
    void tracking_of_memory_is_asked_for_first() {
        qputenv("FAKE_CRIU_FAULT", "tracking");
        start({"sleep", "100"});
        const auto output = checkpoint("--pre-dump");
        QCOMPARE(output.code, 125);
        QVERIFY2(has(output.err, "does not track"), output.err.c_str());
    }
    void a_failed_checkpoint_leaves_it_running() {
        for (const char* fault : {"dump", "silent", "vdso", "old"}) {
            qputenv("FAKE_CRIU_FAULT", fault);
            start({"sleep", "100"});
            const auto output = checkpoint("");
            QCOMPARE(output.code, 125);
            QVERIFY2(has(output.err, "cannot "), output.err.c_str());
            if (std::string(fault) == "dump")
                QVERIFY2(has(output.err, "busy: Error (criu/files.c:1): first; Error (criu/cr-dump.c:2)") &&
                             has(output.err, (images() / "dump.log").string()),
                         output.err.c_str());
            QCOMPARE(status(), std::string("running"));
            VERIFY_CODE(runtime({"delete", "--force", id}), 0);
        }
    }
    void only_what_runs_is_checkpointed() {
        VERIFY_CODE(checkpoint(""), 125);
        QVERIFY(has(checkpoint("").err, "container does not exist"));
        bundle_.write(bundle_.spec({"sleep", "100"}));
        VERIFY_CODE(runtime_detached("create --bundle " + bundle_.path().string() + " " + id), 0);
        QVERIFY2(has(checkpoint("").err, "the container is created"), checkpoint("").err.c_str());
    }
    void what_criu_is_told_of_a_restore() {
        start({"sleep", "100"});
        VERIFY_CODE(checkpoint(""), 0);
        std::filesystem::remove(record_file());
        VERIFY_CODE(restore("--detach --pid-file " + (bundle_.path() / "pid").string()), 0);
        QCOMPARE(status(), std::string("running"));
        QCOMPARE(state().value("pid", 0), std::stoi(read_file(bundle_.path() / "pid").value_or("0")));
        const std::string told = "\n" + record();
        const std::string source = hosts_file().string();
        for (const std::string& line :
             {std::string("\n1=2\n"), std::string("\n2.10=restore.log\n"), std::string("\n2.26=1\n"),
              "\n2.37=mnt[/etc/hosts]:" + source + "\n", "\n2.13=" + bundle_.rootfs().string() + "\n"})
            QVERIFY2(has(told, line), (line + told).c_str());
        QVERIFY2(has(told, "\n2.25.2=") == has(told, "\n2.34=3\n"), told.c_str()); // the group of the container
    }
    void a_failed_restore_leaves_nothing() {
        start({"sleep", "100"});
        VERIFY_CODE(checkpoint(""), 0);
        VERIFY_CODE(runtime({"delete", id}), 0);
        qputenv("FAKE_CRIU_FAULT", "restore");
        const auto output = restore("--detach");
        QCOMPARE(output.code, 125);
        QVERIFY2(has(output.err, "Restoring FAILED"), output.err.c_str());
        QVERIFY(!std::filesystem::exists(states() / id));
        qputenv("FAKE_CRIU_FAULT", "");
        std::filesystem::remove(images() / "descriptors.json");
        QVERIFY(has(restore("--detach").err, "--image-path"));
    }
    void a_running_one_is_not_replaced() {
        start({"sleep", "100"});
        VERIFY_CODE(checkpoint("--leave-running"), 0);
        const auto output = restore("--detach");
        QCOMPARE(output.code, 125);
        QVERIFY2(has(output.err, "exists already"), output.err.c_str());
        QCOMPARE(status(), std::string("running"));
    }
    void options_that_make_no_sense_are_refused() {
        VERIFY_CODE(checkpoint("--manage-cgroups-mode hard"), 125);
        VERIFY_CODE(checkpoint("--empty-ns pid"), 125);
        VERIFY_CODE(restore("--leave-running"), 125);
        VERIFY_CODE(runtime({"checkpoint", "--help"}), 0); // by which podman asks whether there is the verb
    }

    // With CRIU itself.

    void a_container_goes_on_where_it_was() {
        use_real_criu();
        start({"sh", "-c", counting});
        QVERIFY(tick_reaches(5));
        VERIFY_CODE(checkpoint(""), 0);
        QCOMPARE(status(), std::string("stopped"));
        const int last = tick();
        for (int again = 0; again < 2; ++again) { // from one checkpoint as often as one likes
            VERIFY_CODE(restore("--detach"), 0);
            QCOMPARE(status(), std::string("running"));
            QVERIFY(tick_reaches(tick() + 3));
            QVERIFY2(tick() > last, "it began anew");
            VERIFY_CODE(runtime({"exec", id, "cat", "/etc/hosts"}), 0);
            VERIFY_CODE(runtime({"delete", "--force", id}), 0);
        }
    }
    void it_is_copied_while_it_runs_and_while_it_is_paused() {
        use_real_criu();
        start({"sh", "-c", counting});
        QVERIFY(tick_reaches(3));
        VERIFY_CODE(checkpoint("--leave-running"), 0);
        QCOMPARE(status(), std::string("running"));
        QVERIFY(tick_reaches(tick() + 3));
        VERIFY_CODE(runtime({"pause", id}), 0);
        QVERIFY(remove_tree(images()));
        VERIFY_CODE(checkpoint(""), 0);
        QCOMPARE(status(), std::string("stopped"));
        const int last = tick();
        VERIFY_CODE(restore("--detach"), 0);
        QVERIFY(tick_reaches(last + 3));
    }
    void limits_and_identity_come_back() {
        use_real_criu();
        RuntimeSpec spec = bundle_.spec({"sh", "-c", counting});
        spec.resources.memory_limit = 64 << 20;
        start(spec);
        QVERIFY(tick_reaches(3));
        VERIFY_CODE(checkpoint(""), 0);
        VERIFY_CODE(restore("--detach"), 0);
        const Json events = Json::parse(runtime({"events", "--stats", id}).out, nullptr, false);
        QVERIFY2(has(events.dump(), "67108864"), events.dump().c_str());
        const auto output = runtime({"exec", id, "hostname"});
        QVERIFY2(has(output.out, "isolab-test"), (output.out + output.err).c_str());
    }
    void output_goes_to_who_restores_it() {
        use_real_criu();
        RuntimeSpec spec = bundle_.spec({"sh", "-c", "trap 'echo bye; exit 9' TERM; while :; do sleep 0.1; done"});
        start(spec);
        VERIFY_CODE(checkpoint(""), 0);
        const auto output =
            run_command({"sh", "-c",
                         base_command() + " restore --bundle " + bundle_.path().string() + " --criu " + criu_ +
                             " --image-path " + images().string() + " " + id + " & child=$!; sleep 1; " +
                             base_command() + " kill " + id + " TERM; wait $child"},
                        {}, std::chrono::seconds(30));
        QVERIFY(output);
        VERIFY_CODE(*output, 9);
        QCOMPARE(output->out, std::string("bye\n"));
        QVERIFY(!std::filesystem::exists(states() / id));
    }
    void a_terminal_comes_back() {
        use_real_criu();
        RuntimeSpec spec = bundle_.spec({"sh", "-c", "while read line; do echo \"got $line\"; done"});
        spec.process.terminal = true;
        bundle_.write(spec);
        ConsoleListener first(bundle_.path() / "console");
        VERIFY_CODE(runtime_detached("run --detach --console-socket " + first.path() + " --bundle " +
                                     bundle_.path().string() + " " + id),
                    0);
        QVERIFY(first.accept());
        first.write("one\n");
        QVERIFY2(first.read_until("got one"), first.seen().c_str());
        VERIFY_CODE(checkpoint(""), 0);
        ConsoleListener second(bundle_.path() / "console2");
        VERIFY_CODE(restore("--detach --console-socket " + second.path()), 0);
        QVERIFY(second.accept());
        second.write("two\n");
        QVERIFY2(second.read_until("got two"), second.seen().c_str());
    }

  private:
    std::filesystem::path images() const { return bundle_.path() / "images"; }
    std::filesystem::path record_file() const { return bundle_.path() / "record"; }
    std::filesystem::path hosts_file() const { return bundle_.path() / "hosts"; }
    std::string record() const { return read_file(record_file()).value_or(""); }

    void use_real_criu() {
        const std::string named = qEnvironmentVariable("ISOLAB_TEST_CRIU").toStdString();
        const auto found = Criu::find(named);
        if (!found)
            QSKIP(found.error().message().c_str());
        if (const auto checked = check_criu(*found); !checked)
            QSKIP(checked.error().message().c_str());
        criu_ = found->program();
    }
    void start(const std::vector<std::string>& args) { start(bundle_.spec(args)); }
    void start(RuntimeSpec spec) {
        QVERIFY(write_file_atomically(hosts_file(), "hosts\n"));
        spec.mounts.push_back({"/etc/hosts", "bind", hosts_file().string(), {"bind", "ro"}});
        bundle_.write(spec);
        VERIFY_CODE(runtime_detached("run --detach --bundle " + bundle_.path().string() + " " + id), 0);
        pid_ = state().value("pid", 0);
    }
    std::string with_images(const std::string& options) const {
        return " --criu " + criu_ + " --image-path " + images().string() + " " + options + " ";
    }
    CommandOutput checkpoint(const std::string& options) const {
        return runtime_detached("checkpoint" + with_images(options) + id);
    }
    CommandOutput restore(const std::string& options) const {
        return runtime_detached("restore --bundle " + bundle_.path().string() + with_images(options) + id);
    }
    Json state() const { return Json::parse(runtime({"state", id}).out, nullptr, false); }
    std::string status() const { return state().value("status", "none"); }
    int tick() const { return std::atoi(read_file(bundle_.rootfs() / "tick").value_or("0").c_str()); }
    bool tick_reaches(int wanted) const {
        for (int i = 0; i < 200 && tick() < wanted; ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        return tick() >= wanted;
    }

    std::string criu_;
    pid_t pid_ = 0;
};

QTEST_GUILESS_MAIN(CheckpointTest)
#include "checkpoint_test.moc"
