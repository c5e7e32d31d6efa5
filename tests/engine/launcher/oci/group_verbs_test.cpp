// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a container manager does to a running container's control group, and what the runtime tells of itself.
#include <csignal>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/subprocess.h"
#include "engine/base/unique_fd.h"
#include "engine/cgroup/control_group.h"
#include "engine/runtime/spec_json.h"
#include "tests/engine/launcher/runtime_verbs.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

class GroupVerbsTest : public QObject, RuntimeVerbs {
    Q_OBJECT
  public:
    GroupVerbsTest() : RuntimeVerbs("group") {}

  private slots:
    void initTestCase() {
        if (::geteuid() != 0)
            QSKIP("control groups need root");
        QCOMPARE(::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
    }
    void init() { before_ = traces(); }
    void cleanup() {
        runtime({"delete", "--force", id});
        while (::waitpid(-1, nullptr, WNOHANG) > 0) {
        }
        QCOMPARE(traces(), before_);
    }

    void paused_container_stands_still() {
        start({"sh", "-c", "while :; do echo x >> /count; sleep 0.01; done"});
        const auto count = [&] { return read_file(bundle_.rootfs() / "count").value_or("").size(); };
        VERIFY_SOON(count() > 4);
        VERIFY_CODE(runtime({"pause", id}), 0);
        QVERIFY(contains(runtime({"state", id}).out, "\"paused\""));
        QVERIFY(contains(runtime({"list"}).out, "paused"));
        const auto before = count();
        QTest::qSleep(100);
        QCOMPARE(count(), before);
        const auto refused = runtime({"exec", id, "true"});
        VERIFY_CODE(refused, 125);
        QVERIFY2(contains(refused.err, "paused") && contains(refused.err, "Resume"), refused.err.c_str());
        VERIFY_CODE(runtime({"pause", id}), 125);
        VERIFY_CODE(runtime({"resume", id}), 0);
        VERIFY_SOON(count() > before);
        QVERIFY(contains(runtime({"state", id}).out, "\"running\""));
        VERIFY_CODE(runtime({"resume", id}), 125);
    }
    void paused_container_can_be_deleted() {
        start({"sleep", "100"});
        VERIFY_CODE(runtime({"pause", id}), 0);
        VERIFY_CODE(runtime({"delete", id}), 125);
        VERIFY_CODE(runtime({"delete", "--force", id}), 0);
    }
    void limits_change_while_it_runs() {
        start({"sleep", "100"});
        const std::string file = (bundle_.path() / "resources.json").string();
        QVERIFY(write_file_atomically(file, R"({"memory": {"limit": 67108864}, "pids": {"limit": 77}})"));
        VERIFY_CODE(runtime({"update", "--resources", file, "--cpu-quota", "50000", id}), 0);
        const CgroupLayout layout = find_cgroup_layout();
        const auto group = ControlGroup::at(layout, "/isolab/" + bundle_.path().filename().string());
        const bool v2 = layout.version == CgroupVersion::v2;
        const auto value = [&](CgroupController controller, const char* v1, const char* unified) {
            return read_file(group->directory(controller) + "/" + (v2 ? unified : v1)).value_or("none");
        };
        QCOMPARE(value(CgroupController::memory, "memory.limit_in_bytes", "memory.max"), std::string("67108864\n"));
        QCOMPARE(value(CgroupController::pids, "pids.max", "pids.max"), std::string("77\n"));
        QVERIFY(value(CgroupController::cpu, "cpu.cfs_quota_us", "cpu.max").starts_with("50000"));
        const auto piped = run_command({"sh", "-c",
                                        "echo '{\"pids\": {\"limit\": 78}}' | " + launcher_path() + " --root " +
                                            root().string() + " update -r - " + id});
        VERIFY_CODE(*piped, 0);
        QCOMPARE(value(CgroupController::pids, "pids.max", "pids.max"), std::string("78\n"));
        QCOMPARE(value(CgroupController::memory, "memory.limit_in_bytes", "memory.max"), std::string("67108864\n"));
    }
    void bad_updates_are_refused() {
        start({"sleep", "100"});
        VERIFY_CODE(runtime({"update", id}), 125);
        VERIFY_CODE(runtime({"update", "--memory", "much", id}), 125);
        VERIFY_CODE(runtime({"update", "--cpuset-cpus", "4000", id}), 125);
        const auto small = runtime({"update", "--memory", "4096", id});
        VERIFY_CODE(small, 125);
        QVERIFY2(contains(small.err, "memory"), small.err.c_str());
        VERIFY_CODE(runtime({"update", "--pids-limit", "5", "nobody"}), 125);
    }
    void statistics_are_told() {
        start({"sh", "-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; sleep 100"});
        const auto figures = [&] { return *parse_json(runtime({"events", "--stats", id}).out, "events"); };
        VERIFY_SOON(figures()["data"]["cpu"]["usage"]["total"].get<std::uint64_t>() > 1'000'000);
        const Json document = figures();
        QCOMPARE(document["type"].get<std::string>(), std::string("stats"));
        QCOMPARE(document["id"].get<std::string>(), std::string(id));
        QVERIFY(document["data"]["memory"]["usage"]["usage"].get<std::uint64_t>() > 100'000);
        QVERIFY(document["data"]["pids"]["current"].get<std::uint64_t>() >= 1);
    }
    void events_end_with_the_container() {
        start({"sh", "-c", "until test -e /enough; do sleep 0.05; done"});
        const std::string told = (bundle_.path() / "events").string();
        const UniqueFd out(::open(told.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        auto events = spawn({.argv = {launcher_path(), "--root", root().string(), "events", "--interval", "3600", id},
                             .fds = {{1, out.get()}, {2, 2}}});
        VERIFY_OK(events);
        VERIFY_SOON(contains(read_file(told).value_or(""), "\"stats\""));
        QVERIFY(write_file_atomically(bundle_.rootfs() / "enough", ""));
        const auto exit = events->wait({}, patience);
        std::filesystem::remove(bundle_.rootfs() / "enough");
        VERIFY_OK(exit);
        QCOMPARE(exit->code, 0);
    }
    void example_specification_runs() {
        const auto folder = bundle_.path() / "example";
        std::filesystem::create_directory(folder);
        VERIFY_CODE(runtime({"spec", "--bundle", folder.string()}), 0);
        VERIFY_CODE(runtime({"spec", "--bundle", folder.string()}), 125);
        std::filesystem::create_directory_symlink(bundle_.rootfs(), folder / "rootfs");
        const auto output = run_command({"sh", "-c",
                                         "echo 'echo it works; exit' | " + launcher_path() + " --root " +
                                             root().string() + " run --bundle " + folder.string() + " " + id});
        QVERIFY2(contains(output->out, "it works"), (output->out + output->err).c_str());
    }
    void features_are_told() {
        const auto document = parse_json(runtime({"features"}).out, "features");
        QVERIFY(document.has_value());
        QCOMPARE((*document)["ociVersionMax"].get<std::string>(), std::string("1.3.0"));
        for (const char* option : {"rro", "idmap", "rslave", "tmpcopyup"})
            QVERIFY(std::ranges::find((*document)["mountOptions"], Json(option)) != (*document)["mountOptions"].end());
        QVERIFY((*document)["linux"]["namespaces"].size() == 8);
    }

  private:
    void start(const std::vector<std::string>& args) {
        bundle_.write(bundle_.spec(args));
        VERIFY_CODE(runtime_detached("run --detach --bundle " + bundle_.path().string() + " " + id), 0);
    }
};

ISOLAB_TEST(GroupVerbsTest)
#include "group_verbs_test.moc"
