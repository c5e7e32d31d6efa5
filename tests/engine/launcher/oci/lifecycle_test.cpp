// SPDX-License-Identifier: GPL-3.0-or-later
//
// The OCI verbs as a container manager calls them: one process each, nothing kept between them but the state folder.
#include <array>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/runtime/container_state.h"
#include "tests/engine/launcher/runtime_verbs.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

class LifecycleTest : public QObject, RuntimeVerbs {
    Q_OBJECT
  public:
    LifecycleTest() : RuntimeVerbs("lifecycle") {}

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("devices, limits and owners need root");
        // Containers outlive `create`: they become children of this process, as they would of a manager's shim.
        QCOMPARE(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
    }
    void init() { before_ = traces(); }
    void cleanup() {
        runtime({"delete", "--force", id});
        reap();
        QCOMPARE(traces(), before_);
        QVERIFY(!std::filesystem::exists(states() / id));
    }

    void workload_waits_for_the_start() {
        make({"sh", "-c", "echo ran > /mark; exec sleep 100"});
        QCOMPARE(status(), QString("created"));
        QVERIFY(!std::filesystem::exists(bundle_.rootfs() / "mark"));
        VERIFY_CODE(runtime({"start", id}), 0);
        VERIFY_SOON(std::filesystem::exists(bundle_.rootfs() / "mark"));
        QCOMPARE(status(), QString("running"));
        VERIFY_CODE(runtime({"kill", id, "KILL"}), 0);
        COMPARE_SOON(status(), QString("stopped"));
        VERIFY_CODE(runtime({"delete", id}), 0);
        VERIFY_CODE(runtime({"state", id}), 125);
    }
    void state_tells_what_the_specification_asks_for() {
        RuntimeSpec spec = bundle_.spec({"sleep", "100"});
        spec.annotations["org.example.owner"] = "me";
        make(spec, {"--pid-file", (bundle_.path() / "pid").string()});
        const auto state = parse_json(runtime({"state", id}).out, "state");
        QVERIFY(state.has_value());
        QCOMPARE(state->at("id").get<std::string>(), std::string(id));
        QCOMPARE(state->at("bundle").get<std::string>(), bundle_.path().string());
        QCOMPARE(state->at("annotations").at("org.example.owner").get<std::string>(), std::string("me"));
        const auto pid = state->at("pid").get<int>();
        QCOMPARE(QByteArray::fromStdString(*read_file(bundle_.path() / "pid")), QByteArray::number(pid));
        QCOMPARE(::kill(pid, 0), 0);
        QVERIFY(state->at("ociVersion").get<std::string>().starts_with("1."));
    }
    void output_goes_to_whoever_called_create() {
        bundle_.write(bundle_.spec({"sh", "-c", "read line; echo got $line"}));
        const std::string script = "cd " + bundle_.path().string() + "; echo word > in; " + launcher_path() +
                                   " create --root " + root().string() + " " + id + " < in > out 2> err";
        const auto created = run_command({"sh", "-c", script});
        VERIFY_CODE(*created, 0);
        VERIFY_CODE(runtime({"start", id}), 0);
        COMPARE_SOON(status(), QString("stopped"));
        QCOMPARE(QByteArray::fromStdString(*read_file(bundle_.path() / "out")), QByteArray("got word\n"));
        QCOMPARE(QByteArray::fromStdString(*read_file(bundle_.path() / "err")), QByteArray());
    }
    void missing_command_fails_at_create_and_leaves_nothing() {
        bundle_.write(bundle_.spec({"no-such-command"}));
        const auto output = runtime({"create", "--bundle", bundle_.path().string(), id});
        VERIFY_CODE(output, 127);
        QVERIFY2(contains(output.err, "no-such-command"), output.err.c_str());
        VERIFY_CODE(runtime({"state", id}), 125);
    }
    void an_id_is_used_once() {
        make({"sleep", "100"});
        const auto again = runtime({"create", "--bundle", bundle_.path().string(), id});
        VERIFY_CODE(again, 125);
        QVERIFY2(contains(again.err, "exists already"), again.err.c_str());
        QCOMPARE(status(), QString("created"));
    }
    void verbs_refuse_the_wrong_moment() {
        make({"sleep", "100"});
        VERIFY_CODE(runtime({"start", id}), 0);
        const auto twice = runtime({"start", id});
        VERIFY_CODE(twice, 125);
        QVERIFY2(contains(twice.err, "the container is running"), twice.err.c_str());
        const auto early = runtime({"delete", id});
        VERIFY_CODE(early, 125);
        QVERIFY2(contains(early.err, "--force"), early.err.c_str());
        QCOMPARE(status(), QString("running"));
        VERIFY_CODE(runtime({"kill", id, "9"}), 0);
        COMPARE_SOON(status(), QString("stopped"));
        const auto late = runtime({"kill", id, "9"});
        VERIFY_CODE(late, 125);
        QVERIFY2(contains(late.err, "container not running"), late.err.c_str());
        VERIFY_CODE(runtime({"start", id}), 125);
    }
    void two_starts_start_once() {
        make({"sh", "-c", "echo ran >> /count; exec sleep 100"});
        std::array<int, 2> codes{};
        std::thread other([&] { codes[0] = runtime({"start", id}).code; });
        codes[1] = runtime({"start", id}).code;
        other.join();
        QCOMPARE(codes[0] + codes[1], 125);
        COMPARE_SOON(QByteArray::fromStdString(read_file(bundle_.rootfs() / "count").value_or("")),
                     QByteArray("ran\n"));
    }
    void delete_of_what_is_gone() {
        VERIFY_CODE(runtime({"delete", "--force", id}), 0);
        const auto plain = runtime({"delete", id});
        VERIFY_CODE(plain, 125);
        QVERIFY2(contains(plain.err, "container does not exist"), plain.err.c_str());
    }
    void created_container_can_be_deleted() {
        make({"sleep", "100"});
        VERIFY_CODE(runtime({"delete", id}), 0);
    }
    void every_process_can_be_signalled() {
        RuntimeSpec spec = bundle_.spec({"sh", "-c", "sleep 100 & echo up > /up; wait"});
        spec.namespaces.pid = false;
        make(spec, {});
        VERIFY_CODE(runtime({"start", id}), 0);
        VERIFY_SOON(std::filesystem::exists(bundle_.rootfs() / "up"));
        VERIFY_CODE(runtime({"kill", "--all", id, "SIGKILL"}), 0);
        COMPARE_SOON(status(), QString("stopped"));
        VERIFY_CODE(runtime({"delete", id}), 0);
    }
    void list_shows_them() {
        make({"sleep", "100"});
        const auto list = parse_json(runtime({"list", "--format", "json"}).out, "list");
        QVERIFY(list && list->size() == 1);
        QCOMPARE(list->at(0).at("status").get<std::string>(), std::string("created"));
        QCOMPARE(QByteArray::fromStdString(runtime({"list", "--quiet"}).out), QByteArray::fromStdString(id) + "\n");
        QVERIFY(contains(runtime({"list"}).out, "created"));
        const std::string longest(128, 'x');
        RuntimeSpec spec = bundle_.spec({"sleep", "100"});
        spec.cgroups_path = "/isolab/" + longest;
        bundle_.write(spec);
        const auto made = runtime_detached("create --bundle " + bundle_.path().string() + " " + longest);
        VERIFY_CODE(made, 0);
        const std::string table = runtime({"list"}).out;
        VERIFY_CODE(runtime({"delete", "--force", longest}), 0);
        QVERIFY2(QRegularExpression("^" + QString::fromStdString(longest) + " +[0-9]+ +created +" +
                                        QString::fromStdString(bundle_.path().string()) + " ",
                                    QRegularExpression::MultilineOption)
                     .match(QString::fromStdString(table))
                     .hasMatch(),
                 table.c_str());
    }
    void images_cannot_mislead_init() {
        RuntimeSpec spec = bundle_.spec({"true"});
        std::erase_if(spec.mounts, [](const Mount& mount) { return mount.destination.starts_with("/proc"); });
        spec.masked_paths.clear();
        spec.read_only_paths.clear();
        std::filesystem::create_directories(bundle_.rootfs() / "proc/self");
        const auto guard = qScopeGuard([this] { std::filesystem::remove_all(bundle_.rootfs() / "proc"); });
        QVERIFY(write_file_atomically(bundle_.rootfs() / "proc/self/cmdline", std::string(16U << 20U, 'x')));
        bundle_.write(spec);
        VERIFY_CODE(runtime({"run", "--init", "--bundle", bundle_.path().string(), id}), 0);
    }
    void errors_are_lines_of_json_in_the_log() {
        const std::string log = (bundle_.path() / "log.json").string();
        VERIFY_CODE(runtime({"--log", log, "--log-format", "json", "start", id}), 125);
        const auto line = parse_json(*read_file(log), log);
        QVERIFY2(line.has_value(), line ? "" : line.error().message().c_str());
        QCOMPARE(line->at("level").get<std::string>(), std::string("error"));
        QVERIFY(contains(line->at("msg").get<std::string>(), "container does not exist"));
        QVERIFY(contains(line->at("time").get<std::string>(), "T"));
    }
    void recycled_process_id_is_not_signalled() {
        make({"sleep", "100"});
        QTest::qWait(30); // more than the clock tick that start times are counted in
        const auto stranger = spawn_sleeper();
        auto document = *read_json_file(states() / id / "state.json");
        const auto own = document.at("pid").get<pid_t>();
        document["pid"] = stranger;
        QVERIFY(write_file_atomically(states() / id / "state.json", document.dump(), 0600).has_value());
        const auto killed = runtime({"kill", id, "KILL"});
        VERIFY_CODE(killed, 125);
        QVERIFY(contains(killed.err, "container not running"));
        QCOMPARE(status(), QString("stopped"));
        QCOMPARE(::kill(stranger, 0), 0);
        QCOMPARE(::waitpid(stranger, nullptr, WNOHANG), 0);
        ::kill(stranger, SIGKILL);
        ::waitpid(stranger, nullptr, 0);
        document["pid"] = own;
        QVERIFY(write_file_atomically(states() / id / "state.json", document.dump(), 0600).has_value());
    }
    void state_folder_that_is_a_link_is_refused() {
        std::filesystem::create_directories(states());
        const auto elsewhere = bundle_.path() / "elsewhere";
        std::filesystem::create_directories(elsewhere);
        QVERIFY(write_file_atomically(elsewhere / "state.json", "{}").has_value());
        std::filesystem::create_directory_symlink(elsewhere, states() / id);
        VERIFY_CODE(runtime({"delete", "--force", id}), 125);
        VERIFY_CODE(runtime({"state", id}), 125);
        bundle_.write(bundle_.spec({"true"}));
        VERIFY_CODE(runtime({"create", "--bundle", bundle_.path().string(), id}), 125);
        QVERIFY(std::filesystem::exists(elsewhere / "state.json"));
        std::filesystem::remove(states() / id);
    }
    void workloads_may_end_at_once() {
        bundle_.write(bundle_.spec({"true"}));
        for (int round = 0; round < 30; ++round) // often before the launcher has looked at its process
            VERIFY_CODE(runtime({"run", "--bundle", bundle_.path().string(), id}), 0);
        QCOMPARE(traces(), before_);
    }
    void ids_that_climb_are_refused() {
        for (const char* bad : {"..", "../x", "a/b", ".hidden", ""})
            VERIFY_CODE(runtime({"delete", "--force", bad}), 125);
    }
    void killed_creators_leave_something_that_can_be_deleted() {
        bundle_.write(bundle_.spec({"sleep", "100"}));
        for (int round = 0; round < 40; ++round) {
            const pid_t creator = start_creator();
            ::usleep(static_cast<useconds_t>(round) * 500);
            ::kill(creator, SIGKILL);
            ::waitpid(creator, nullptr, 0);
            VERIFY_CODE(runtime({"delete", "--force", id}), 0);
            reap();
            QCOMPARE(traces(), before_);
            QVERIFY(!std::filesystem::exists(states() / id));
        }
    }

    void stuck_start_is_ended_by_kill_and_by_force_data() {
        QTest::addColumn<bool>("deletes");
        QTest::newRow("kill") << false;
        QTest::newRow("delete --force") << true;
    }
    void stuck_start_is_ended_by_kill_and_by_force() {
        QFETCH(const bool, deletes);
        RuntimeSpec spec = bundle_.spec({"sleep", "1000"});
        spec.hooks.lists.at(static_cast<std::size_t>(HookPoint::start_container)) = {
            {"/bin/busybox", {"sh", "-c", "touch /hanging; sleep 1000"}, {}, {}}};
        spec.root_read_only = false;
        bundle_.write(spec);
        VERIFY_CODE(runtime_detached("create --bundle " + bundle_.path().string() + " " + id), 0);
        auto start = spawn({.argv = {launcher_path(), "--root", root().string(), "start", id}});
        VERIFY_OK(start);
        VERIFY_SOON(std::filesystem::exists(bundle_.rootfs() / "hanging"));
        std::filesystem::remove(bundle_.rootfs() / "hanging");
        VERIFY_CODE(deletes ? runtime({"delete", "--force", id}) : runtime({"kill", id, "KILL"}), 0);
        const auto ended = start->wait({}, patience);
        VERIFY_OK(ended);
        QVERIFY(ended->code != 0);
        QCOMPARE(runtime({"state", id}).code == 0, !deletes);
    }
    /// A hook outside of the container that hangs holds nothing up.
    void stuck_poststart_hook_leaves_the_container_to_others() {
        RuntimeSpec spec = bundle_.spec({"sleep", "1000"});
        const std::string mark = (bundle_.path() / "hanging").string();
        spec.hooks.lists.at(static_cast<std::size_t>(HookPoint::poststart)) = {
            {"/bin/sh",
             {"sh", "-c", "echo $$ > " + mark + ".new; mv " + mark + ".new " + mark + "; exec sleep 1000"},
             {"PATH=/bin:/usr/bin"},
             {}}};
        bundle_.write(spec);
        VERIFY_CODE(runtime_detached("create --bundle " + bundle_.path().string() + " " + id), 0);
        auto start = spawn({.argv = {launcher_path(), "--root", root().string(), "start", id}});
        VERIFY_OK(start);
        VERIFY_SOON(std::filesystem::exists(mark));
        VERIFY_CODE(runtime({"delete", "--force", id}), 0);
        start->kill(SIGKILL);
        (void)start->wait();
        QCOMPARE(::kill(std::stoi(read_file(mark).value()), SIGKILL), 0);
    }

  private:
    void make(const RuntimeSpec& spec, const std::vector<std::string>& options) {
        bundle_.write(spec);
        std::string arguments = "create --bundle " + bundle_.path().string();
        for (const std::string& option : options)
            arguments += " " + option;
        VERIFY_CODE(runtime_detached(arguments + " " + id), 0);
    }
    void make(const std::vector<std::string>& args) { make(bundle_.spec(args), {}); }

    QString status() const {
        const auto state = parse_json(runtime({"state", id}).out, "state");
        return state ? QString::fromStdString(state->at("status").get<std::string>()) : QString("none");
    }
    pid_t start_creator() const {
        const std::string launcher = launcher_path();
        const std::string states_root = root().string();
        const std::string bundle = bundle_.path().string();
        const pid_t pid = ::fork();
        if (pid == 0) {
            const int null = ::open("/dev/null", O_RDWR);
            for (int fd : {0, 1, 2})
                ::dup2(null, fd);
            ::execl(launcher.c_str(), launcher.c_str(), "--root", states_root.c_str(), "create", "--bundle",
                    bundle.c_str(), id.c_str(), nullptr);
            ::_exit(1);
        }
        return pid;
    }
    static pid_t spawn_sleeper() {
        const pid_t pid = ::fork();
        if (pid == 0) {
            ::execl("/bin/sleep", "sleep", "100", nullptr);
            ::_exit(1);
        }
        return pid;
    }
    /// Containers that have ended are this process's to reap.
    static void reap() {
        while (::waitpid(-1, nullptr, WNOHANG) > 0) {
        }
    }
};

ISOLAB_TEST(LifecycleTest)
#include "lifecycle_test.moc"
