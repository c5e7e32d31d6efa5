// SPDX-License-Identifier: GPL-3.0-or-later
//
// Containers that CRIU itself saves and makes again, where there is one that works here. ISOLAB_TEST_CRIU names another
// than that of PATH.
#include <csignal>

#include <sys/prctl.h>
#include <sys/wait.h>

#include "engine/base/file_tree.h"
#include "engine/checkpoint/criu_check.h"
#include "tests/engine/launcher/checkpoint/checkpoint_verbs.h"
#include "tests/engine/launcher/console_listener.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

constexpr const char* counting = "i=0; while :; do i=$((i+1)); echo $i > /tick; sleep 0.05; done";

} // namespace

class RestoreTest : public QObject, CheckpointVerbs {
    Q_OBJECT
  public:
    RestoreTest() : CheckpointVerbs("restore") {}

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("CRIU needs root");
        const auto criu = Criu::find(qEnvironmentVariable("ISOLAB_TEST_CRIU").toStdString());
        if (!criu)
            QSKIP(criu.error().message().c_str());
        const auto checked = check_criu(*criu);
        if (!checked)
            QSKIP(checked.error().message().c_str());
        criu_ = criu->program();
        features_ = checked->features;
        QCOMPARE(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
    }
    void init() {
        before_ = traces();
        std::filesystem::remove(bundle_.rootfs() / "tick");
        [[maybe_unused]] const auto removed = remove_tree(images());
    }
    void cleanup() {
        runtime({"delete", "--force", id});
        while (::waitpid(-1, nullptr, WNOHANG) > 0) {
        }
        QCOMPARE(traces(), before_);
        QVERIFY(!std::filesystem::exists(states() / id));
    }

    void a_container_goes_on_where_it_was() {
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
        start({"sh", "-c", counting});
        VERIFY_CODE(checkpoint("--leave-running"), 0);
        QVERIFY(tick_reaches(tick() + 3));
        VERIFY_CODE(runtime({"pause", id}), 0);
        QVERIFY(remove_tree(images()));
        VERIFY_CODE(checkpoint(""), 0);
        QCOMPARE(status(), std::string("stopped"));
        const int last = tick();
        VERIFY_CODE(restore("--detach"), 0);
        QVERIFY(tick_reaches(last + 3));
    }
    void only_what_changed_is_saved_after_a_pre_dump() {
        if (!features_.track_memory)
            QSKIP("the kernel does not track which memory was changed");
        start({"sh", "-c", counting});
        const auto last = images();
        images_name_ = "before";
        VERIFY_CODE(checkpoint("--pre-dump"), 0);
        QVERIFY(tick_reaches(5));
        images_name_ = last.filename().string();
        VERIFY_CODE(checkpoint("--parent-path ../before"), 0);
        VERIFY_CODE(restore("--detach"), 0);
        QVERIFY(tick_reaches(tick() + 3));
        QVERIFY(remove_tree(bundle_.path() / "before"));
    }
    void limits_and_identity_come_back() {
        RuntimeSpec spec = bundle_.spec({"sleep", "100"});
        spec.resources.memory_limit = 64 << 20;
        start(spec);
        VERIFY_CODE(checkpoint(""), 0);
        VERIFY_CODE(restore("--detach"), 0);
        const auto used = runtime({"events", "--stats", id});
        QVERIFY2(contains(used.out, "67108864"), (used.out + used.err).c_str());
        const auto output = runtime({"exec", id, "hostname"});
        QVERIFY2(contains(output.out, "isolab-test"), (output.out + output.err).c_str());
    }
    void a_network_that_was_joined_is_joined_again() {
        auto holder = spawn({{"unshare", "--net", "sleep", "100"}, {}, {}, false, {}});
        QVERIFY(holder);
        const std::string network = "/proc/" + std::to_string(holder->pid()) + "/ns/net";
        const auto own = std::filesystem::read_symlink("/proc/self/ns/net");
        VERIFY_SOON(std::filesystem::read_symlink(network) != own);
        RuntimeSpec spec = bundle_.spec({"sleep", "100"});
        spec.namespaces.network = false;
        spec.joined.push_back({"network", network});
        start(spec);
        VERIFY_CODE(checkpoint(""), 0);
        VERIFY_CODE(restore("--detach"), 0);
        const auto output = runtime({"exec", id, "readlink", "/proc/1/ns/net"});
        QCOMPARE(output.out, std::filesystem::read_symlink(network).string() + "\n");
        holder->kill(SIGKILL);
    }
    void output_goes_to_who_restores_it() {
        bundle_.write(
            bundle_.spec({"sh", "-c", "trap 'echo bye; exit 9' TERM; true > /up; while :; do sleep 0.1; done"}));
        run_command({"sh", "-c",
                     "(" + base_command() + " run --detach --bundle " + bundle_.path().string() + " " + id +
                         " 2>&1 | cat) </dev/null >/dev/null 2>&1 &"});
        VERIFY_SOON(std::filesystem::exists(bundle_.rootfs() / "up")); // it listens to signals
        std::filesystem::remove(bundle_.rootfs() / "up");
        COMPARE_SOON(status(), std::string("running"));
        VERIFY_CODE(checkpoint(""), 0);
        const auto output = run_command({"sh", "-c",
                                         base_command() + " restore --bundle " + bundle_.path().string() +
                                             with_images("") + id + " </dev/null & child=$!; until " + base_command() +
                                             " state " + id + " | grep -q running; do sleep 0.1; done; sleep 1; " +
                                             base_command() + " kill " + id + " TERM; wait $child"},
                                        {}, patience);
        QVERIFY(output);
        VERIFY_CODE(*output, 9);
        QCOMPARE(output->out, std::string("bye\n"));
        QVERIFY(!std::filesystem::exists(states() / id));
    }
    void files_as_streams_stay_files() {
        start({"sleep", "100"}); // with /dev/null and a file
        VERIFY_CODE(checkpoint(""), 0);
        const auto output = runtime({"restore", "--detach", "--criu", criu_, "--image-path", images().string(),
                                     "--bundle", bundle_.path().string(), id}); // to a pipe
        QCOMPARE(output.code, 125);
        QVERIFY2(contains(output.err, "standard stream 1 was a file"), output.err.c_str());
    }
    void a_terminal_comes_back() {
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
    CriuFeatures features_;
};

ISOLAB_TEST(RestoreTest)
#include "restore_test.moc"
