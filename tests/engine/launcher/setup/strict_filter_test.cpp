// SPDX-License-Identifier: GPL-3.0-or-later
//
// Profiles that know nothing but the execution of the workload and the workload itself. Whatever else the launcher did
// below the filter would end the process.
#include <sys/prctl.h>
#include <sys/wait.h>

#include "tests/engine/launcher/console_listener.h"
#include "tests/engine/launcher/runtime_verbs.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

Json strict_profile(const std::string& action) {
    return Json{{"defaultAction", action},
                {"architectures", {"SCMP_ARCH_X86_64"}},
                {"syscalls", {{{"names", {"execve", "write", "pause", "exit_group"}}, {"action", "SCMP_ACT_ALLOW"}}}}};
}

} // namespace

class StrictFilterTest : public QObject, RuntimeVerbs {
    Q_OBJECT
  public:
    StrictFilterTest() : RuntimeVerbs("strict-filter") {}

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("without root there is no control group to make");
        QCOMPARE(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
        std::filesystem::permissions(bundle_.rootfs(),
                                     std::filesystem::perms::all); // also mapped ids make places there
        std::filesystem::copy_file(helper_file("minimal"), bundle_.rootfs() / "bin/minimal");
    }
    void init() { before_ = traces(); }
    void cleanup() {
        runtime({"delete", "--force", id});
        while (::waitpid(-1, nullptr, WNOHANG) > 0) {
        }
        QCOMPARE(traces(), before_);
    }

    void workload_is_executed_data() {
        QTest::addColumn<bool>("no_new_privileges");
        QTest::addColumn<bool>("user_namespace");
        QTest::addColumn<unsigned>("uid");
        QTest::addColumn<bool>("kills");
        for (const bool no_new_privileges : {true, false})
            for (const bool user_namespace : {true, false})
                for (const unsigned uid : {0U, 1000U})
                    for (const bool kills : {true, false})
                        QTest::addRow("no_new_privs %d, user namespace %d, user %u, kills %d", no_new_privileges,
                                      user_namespace, uid, kills)
                            << no_new_privileges << user_namespace << uid << kills;
    }
    void workload_is_executed() {
        QFETCH(const bool, kills);
        RuntimeSpec spec = fetched({"minimal"});
        spec.seccomp = share(strict_profile(kills ? "SCMP_ACT_KILL_PROCESS" : "SCMP_ACT_ERRNO"));
        bundle_.write(spec);
        const auto output = runtime({"run", "--bundle", bundle_.path().string(), id});
        VERIFY_CODE(output, 7);
        QCOMPARE(output.out, std::string("alive\n"));
    }

    void created_container_starts_and_takes_processes_data() { workload_is_executed_data(); }
    void created_container_starts_and_takes_processes() {
        QFETCH(const bool, kills);
        RuntimeSpec spec = fetched({"minimal", "wait"});
        spec.seccomp = share(strict_profile(kills ? "SCMP_ACT_KILL_PROCESS" : "SCMP_ACT_ERRNO"));
        spec.hooks.lists.at(static_cast<std::size_t>(HookPoint::start_container)) = {
            Hook{"/bin/busybox", {"touch", "/started"}, {}, {}}};
        bundle_.write(spec);
        VERIFY_CODE(runtime_detached("create --bundle " + bundle_.path().string() + " " + id), 0);
        VERIFY_CODE(runtime({"start", id}), 0);
        QVERIFY(std::filesystem::exists(bundle_.rootfs() / "started"));
        std::filesystem::remove(bundle_.rootfs() / "started");
        QVERIFY(contains(runtime({"state", id}).out, "running"));
        const auto added = runtime({"exec", id, "minimal"});
        VERIFY_CODE(added, 7);
        QCOMPARE(added.out, std::string("alive\n"));
        VERIFY_CODE(runtime({"kill", id, "KILL"}), 0);
        VERIFY_SOON(contains(runtime({"state", id}).out, "stopped"));
        VERIFY_CODE(runtime({"delete", id}), 0);
    }

    void terminal_is_handed_over_data() {
        QTest::addColumn<bool>("no_new_privileges");
        QTest::newRow("with no_new_privs") << true;
        QTest::newRow("without") << false;
    }
    void terminal_is_handed_over() {
        QFETCH(const bool, no_new_privileges);
        ConsoleListener console(bundle_.path() / "console.sock");
        RuntimeSpec spec = bundle_.spec({"minimal", "wait"});
        spec.process.no_new_privileges = no_new_privileges;
        spec.process.terminal = true;
        spec.seccomp = share(strict_profile("SCMP_ACT_KILL_PROCESS"));
        bundle_.write(spec);
        VERIFY_CODE(runtime_detached("create --console-socket " + console.path() + " --bundle " +
                                     bundle_.path().string() + " " + id),
                    0);
        QVERIFY(console.accept());
        VERIFY_CODE(runtime({"start", id}), 0);
        QVERIFY2(console.read_until("alive"), console.seen().c_str());
    }

    /// What a filter without no_new_privs is loaded with is not the workload's.
    void privilege_of_the_filter_is_not_kept_data() {
        QTest::addColumn<unsigned>("uid");
        QTest::newRow("root") << 0U;
        QTest::newRow("user") << 1000U;
    }
    void privilege_of_the_filter_is_not_kept() {
        QFETCH(const unsigned, uid);
        RuntimeSpec spec = bundle_.spec({"grep", "^Cap", "/proc/self/status"});
        spec.process.uid = uid;
        spec.process.no_new_privileges = false;
        spec.seccomp.reset();
        bundle_.write(spec);
        const auto without = runtime({"run", "--bundle", bundle_.path().string(), id});
        VERIFY_CODE(without, 0);
        spec.seccomp = share(Json{{"defaultAction", "SCMP_ACT_ALLOW"},
                                  {"syscalls", {{{"names", {"mkdir"}}, {"action", "SCMP_ACT_ERRNO"}}}}});
        bundle_.write(spec);
        const auto with = runtime({"run", "--bundle", bundle_.path().string(), id});
        VERIFY_CODE(with, 0);
        QCOMPARE(with.out, without.out);
    }

  private:
    RuntimeSpec fetched(const std::vector<std::string>& args) const {
        QFETCH(const bool, no_new_privileges);
        QFETCH(const bool, user_namespace);
        QFETCH(const unsigned, uid);
        RuntimeSpec spec = bundle_.spec(args);
        spec.process.no_new_privileges = no_new_privileges;
        spec.process.uid = uid;
        spec.process.gid = uid;
        if (user_namespace) {
            spec.namespaces.user = true;
            spec.uid_mappings = {{0, 100000, 65536}};
            spec.gid_mappings = {{0, 100000, 65536}};
        }
        return spec;
    }
};

ISOLAB_TEST(StrictFilterTest)
#include "strict_filter_test.moc"
