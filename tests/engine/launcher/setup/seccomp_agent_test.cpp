// SPDX-License-Identifier: GPL-3.0-or-later
//
// Filters whose system calls a program outside answers: a real agent, real containers.
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "engine/base/json.h"
#include "tests/engine/launcher/runtime_verbs.h"
#include "tests/engine/launcher/setup/notify_agent.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

constexpr int parent_number = 4242;

/// mkdir(2) fails in a way that no file system would, and every process has the same parent.
void answer_strangely(const seccomp_notif& asked, seccomp_notif_resp& response) {
    if (asked.data.nr == SYS_mkdir || asked.data.nr == SYS_mkdirat)
        response = {response.id, 0, -EXDEV, 0};
    if (asked.data.nr == SYS_getppid)
        response = {response.id, parent_number, 0, 0};
}

} // namespace

class SeccompAgentTest : public QObject, RuntimeVerbs {
    Q_OBJECT
  public:
    SeccompAgentTest() : RuntimeVerbs("agent") {}

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("without root there is no control group to make");
        QCOMPARE(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
        QVERIFY(std::filesystem::create_directories(bundle_.rootfs() / "etc"));
    }
    void init() { before_ = traces(); }
    void cleanup() {
        runtime({"delete", "--force", id});
        while (::waitpid(-1, nullptr, WNOHANG) > 0) {
        }
        QCOMPARE(traces(), before_);
    }

    void agent_answers_data() {
        QTest::addColumn<bool>("no_new_privileges");
        QTest::addColumn<bool>("user_namespace");
        QTest::newRow("filter loaded last") << true << false;
        QTest::newRow("filter loaded with privileges") << false << false;
        QTest::newRow("in a user namespace") << true << true;
        QTest::newRow("in a user namespace, with privileges") << false << true;
    }
    void agent_answers() {
        QFETCH(const bool, no_new_privileges);
        QFETCH(const bool, user_namespace);
        const NotifyAgent agent(socket(), answer_strangely);
        RuntimeSpec spec = notifying({"mkdir", "mkdirat", "getppid"}, "mkdir /tmp/x; echo $PPID; ls -d /tmp/x");
        spec.process.no_new_privileges = no_new_privileges;
        if (user_namespace)
            map_ids(spec);
        const auto output = run(spec);
        QVERIFY2(contains(output.err, "mkdir: can't create directory '/tmp/x': Invalid cross-device link"),
                 output.err.c_str());
        QVERIFY2(contains(output.err, "/tmp/x: No such file"), output.err.c_str());
        QCOMPARE(QByteArray::fromStdString(output.out), QByteArray::number(parent_number) + "\n");

        const auto messages = agent.messages();
        QCOMPARE(messages.size(), std::size_t{1});
        const Json& message = messages.front();
        QCOMPARE(message.at("fds").dump(), std::string(R"(["seccompFd"])"));
        QCOMPARE(message.at("metadata").get<std::string>(), std::string("word \"for\" the agent"));
        QCOMPARE(message.at("ociVersion"), message.at("state").at("ociVersion"));
        QCOMPARE(message.at("state").at("id").get<std::string>(), std::string(id));
        QCOMPARE(message.at("state").at("status").get<std::string>(), std::string("creating"));
        QCOMPARE(message.at("state").at("pid"), message.at("pid"));
        QVERIFY(message.at("pid").get<int>() > 1);
    }
    /// What hands the descriptor over must not need any of these, and the workload holds no trace of it.
    void every_system_call_may_notify() {
        const NotifyAgent agent(socket(), nullptr);
        RuntimeSpec spec = notifying({"sendmsg",   "sendto",     "close",     "close_range", "futex",  "read",
                                      "openat",    "open",       "mmap",      "munmap",      "brk",    "sched_yield",
                                      "exit",      "exit_group", "wait4",     "waitid",      "execve", "accept4",
                                      "setresuid", "setresgid",  "setgroups", "prctl",       "capset", "rt_sigprocmask",
                                      "clone",     "clone3",     "fork",      "vfork",       "getpid", "umask"},
                                     // One after the other: a child that ends would interrupt the shell while the agent
                                     // is asked about its next fork, which the kernel then gives up (seccomp(2)).
                                     "ls /proc/self/fd > /dev/shm/list; wc -l < /dev/shm/list; ls /proc/1/task");
        for (const bool no_new_privileges : {true, false}) {
            spec.process.no_new_privileges = no_new_privileges;
            const auto output = run(spec);
            VERIFY_CODE(output, 0);
            QCOMPARE(QByteArray::fromStdString(output.out), QByteArray("4\n1\n")); // with the directory itself
        }
        QVERIFY(agent.count_of(SYS_execve) >= 2);
        QCOMPARE(agent.count_of(SYS_setresuid), 0); // it is the user's process before it has a filter
    }
    void added_process_has_a_filter_of_its_own() {
        const NotifyAgent agent(socket(), answer_strangely);
        create_and_start(notifying({"mkdir", "mkdirat", "getppid"}, "exec sleep 100"));
        const auto output = runtime({"exec", id, "sh", "-c", "echo $PPID; mkdir /tmp/y"});
        VERIFY_CODE(output, 1);
        QCOMPARE(QByteArray::fromStdString(output.out), QByteArray::number(parent_number) + "\n");
        const auto messages = agent.messages();
        QCOMPARE(messages.size(), std::size_t{2});
        QCOMPARE(messages[1].at("state").at("status").get<std::string>(), std::string("running"));
        QCOMPARE(messages[1].at("state").at("pid"), messages[0].at("pid"));
        QVERIFY(messages[1].at("pid") != messages[0].at("pid"));
    }
    /// The agent has the filter when `create` is done; without it a created container can be started all the same, and
    /// the kernel answers for an agent that is gone.
    void agent_may_be_gone_at_the_start() {
        const std::string out = (bundle_.path() / "out").string();
        {
            const NotifyAgent agent(socket(), answer_strangely);
            bundle_.write(notifying({"mkdir", "mkdirat"}, "mkdir /tmp/x"));
            VERIFY_CODE(*run_command({"sh", "-c",
                                      base_command() + " create --bundle " + bundle_.path().string() + " " + id + " >" +
                                          out + " 2>&1 </dev/null"}),
                        0);
            COMPARE_SOON(agent.messages().size(), std::size_t{1});
        }
        VERIFY_CODE(runtime({"start", id}), 0);
        VERIFY_SOON(contains(runtime({"state", id}).out, "stopped"));
        QVERIFY2(contains(read_file(out).value_or(""), "Function not implemented"),
                 read_file(out).value_or("").c_str());
    }
    void missing_agent_is_named() {
        std::filesystem::remove(socket());
        const auto output = run(notifying({"mkdir"}, "true"));
        VERIFY_CODE(output, 125);
        QVERIFY2(contains(output.err, "cannot connect to the seccomp agent at " + socket().string()),
                 output.err.c_str());
        QVERIFY2(contains(output.err, "Start the agent that listens there"), output.err.c_str());
        QVERIFY(runtime({"state", id}).code != 0);
    }
    void rules_that_cannot_be() {
        const NotifyAgent agent(socket(), nullptr);
        RuntimeSpec spec = notifying({"mkdir", "write"}, "true");
        QVERIFY(contains(run(spec).err, "SCMP_ACT_NOTIFY cannot be the action for write"));
        spec = notifying({"mkdir"}, "true");
        change(spec, [](Json& profile) { profile["defaultAction"] = "SCMP_ACT_NOTIFY"; });
        QVERIFY(contains(run(spec).err, "SCMP_ACT_NOTIFY cannot be its default action"));
        spec = notifying({"mkdir"}, "true");
        change(spec, [](Json& profile) { profile.erase("listenerPath"); });
        QVERIFY(contains(run(spec).err, "listenerPath does not say whom to notify"));
        spec = notifying({"mkdir"}, "true");
        change(spec, [](Json& profile) { profile["listenerMetadata"] = std::string(70'000, 'x'); });
        QVERIFY(contains(run(spec).err, "Shorten the annotations, and linux.seccomp.listenerMetadata"));
        QVERIFY(agent.messages().empty());
    }
    /// A filter that notifies nobody needs no agent, wherever its listener is said to be.
    void listener_without_notifications_is_left_alone() {
        std::filesystem::remove(socket());
        RuntimeSpec spec = notifying({"mkdir"}, "echo ok");
        change(spec, [](Json& profile) {
            profile["syscalls"][0]["action"] = "SCMP_ACT_ERRNO";
            profile["flags"] = {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"};
        });
        VERIFY_CODE(run(spec), 0);
    }
    void waiting_can_be_made_killable() {
        const NotifyAgent agent(socket(), answer_strangely);
        RuntimeSpec spec = notifying({"mkdir", "mkdirat"}, "mkdir /tmp/x");
        change(spec, [](Json& profile) { profile["flags"] = {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"}; });
        VERIFY_CODE(run(spec), 1);
    }

  private:
    std::filesystem::path socket() const { return bundle_.path() / "agent.sock"; }

    static void change(RuntimeSpec& spec, const std::function<void(Json&)>& edit) {
        Json profile = *spec.seccomp;
        edit(profile);
        spec.seccomp = share(std::move(profile));
    }
    RuntimeSpec notifying(const std::vector<std::string>& names, const std::string& script) const {
        RuntimeSpec spec = bundle_.spec({"sh", "-c", script});
        spec.seccomp = share(Json{{"defaultAction", "SCMP_ACT_ALLOW"},
                                  {"listenerPath", socket().string()},
                                  {"listenerMetadata", "word \"for\" the agent"},
                                  {"syscalls", {{{"names", names}, {"action", "SCMP_ACT_NOTIFY"}}}}});
        return spec;
    }
    static void map_ids(RuntimeSpec& spec) {
        spec.namespaces.user = true;
        spec.uid_mappings = {{0, 100000, 65536}};
        spec.gid_mappings = {{0, 100000, 65536}};
    }
    CommandOutput run(const RuntimeSpec& spec) const {
        bundle_.write(spec);
        return runtime({"run", "--bundle", bundle_.path().string(), id});
    }
    void create_and_start(const RuntimeSpec& spec) const {
        bundle_.write(spec);
        VERIFY_CODE(runtime_detached("create --bundle " + bundle_.path().string() + " " + id), 0);
        VERIFY_CODE(runtime({"start", id}), 0);
    }
};

ISOLAB_TEST(SeccompAgentTest)
#include "seccomp_agent_test.moc"
