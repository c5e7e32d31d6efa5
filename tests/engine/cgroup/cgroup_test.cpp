// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/control_group.h"

#include <csignal>

#include "engine/base/subprocess.h"
#include "engine/cgroup/cgroup_files.h"

#include <QtTest>

using namespace isolab;

namespace {

std::string written(const CgroupResources& resources, CgroupVersion version) {
    std::string text;
    for (const CgroupWrite& write : plan_cgroup_writes(resources, version))
        text += write.file + "=" + write.value + (write.optional ? "?" : "") + "\n";
    return text;
}

constexpr const char* v2_mounts = "29 22 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n";
constexpr const char* hybrid_mounts =
    "31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755\n"
    "32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
    "35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";

} // namespace

class CgroupTest : public QObject {
    Q_OBJECT
  private slots:
    void layouts_are_recognised() {
        std::string own;
        const CgroupLayout v2 = parse_cgroup_layout(v2_mounts, "0::/user.slice/x.scope\n", &own);
        QCOMPARE(v2.mode, std::string("v2"));
        QCOMPARE(v2.version, CgroupVersion::v2);
        QCOMPARE(own, std::string("/user.slice/x.scope"));
        const CgroupLayout hybrid = parse_cgroup_layout(hybrid_mounts, "4:memory:/\n0::/\n");
        QCOMPARE(hybrid.mode, std::string("hybrid"));
        QCOMPARE(hybrid.version, CgroupVersion::v1);
        QVERIFY(hybrid.limits_enforced);
        QCOMPARE(hybrid.v1.at(CgroupController::cpuacct), std::string("/sys/fs/cgroup/cpu,cpuacct"));
        QVERIFY(!hybrid.v1.contains(CgroupController::pids));
        const CgroupLayout none = parse_cgroup_layout("22 1 8:1 / / rw - ext4 /dev/sda rw\n", "");
        QCOMPARE(none.mode, std::string("none"));
        QVERIFY(!none.limits_enforced && !none.limits_reason.empty());
    }
    void a_group_with_processes_hands_nothing_on() {
        UnifiedGroupFiles files{"cpu io memory pids\n", "", "1\n17\n", false};
        const std::string obstacle = unified_limits_obstacle(files, "/sys/fs/cgroup");
        QVERIFY2(obstacle.starts_with("/sys/fs/cgroup holds processes of its own"), obstacle.c_str());
        files.subtree_control = "cpu memory\n"; // somebody arranged it already
        QCOMPARE(unified_limits_obstacle(files, "/g"), std::string());
        files = {"cpu memory\n", "", "1\n", true};
        QCOMPARE(unified_limits_obstacle(files, "/g"), std::string());
        files = {"cpu memory\n", "", "", false};
        QCOMPARE(unified_limits_obstacle(files, "/g"), std::string());
        files.controllers = "hugetlb\n";
        QVERIFY(unified_limits_obstacle(files, "/g").find("does not offer") != std::string::npos);
    }
    void limits_become_writes() {
        const auto resources = container_resources({2, 256U << 20U}, 4, 8ULL << 30U);
        QVERIFY(resources);
        QCOMPARE(written(*resources, CgroupVersion::v1),
                 std::string("memory.limit_in_bytes=268435456\nmemory.memsw.limit_in_bytes=268435456?\n"
                             "cpu.cfs_period_us=100000\ncpu.cfs_quota_us=200000\npids.max=4096\n"));
        QCOMPARE(written(*resources, CgroupVersion::v2),
                 std::string("memory.max=268435456\nmemory.swap.max=0?\ncpu.max=200000 100000\npids.max=4096\n"));
        QCOMPARE(written({}, CgroupVersion::v1), std::string());
        CgroupResources shares;
        shares.cpu_shares = 262144;
        shares.memory_limit = -1;
        QCOMPARE(written(shares, CgroupVersion::v2), std::string("memory.max=max\ncpu.weight=10000\n"));
    }
    void impossible_limits_are_refused() {
        for (const ResourceLimits& limits : {ResourceLimits{0, 0}, ResourceLimits{5, 0}, ResourceLimits{1, 1U << 20U},
                                             ResourceLimits{1, 16ULL << 30U}}) {
            const auto resources = container_resources(limits, 4, 8ULL << 30U);
            QVERIFY(!resources);
            QCOMPARE(resources.error().kind, ErrorKind::invalid_argument);
            QVERIFY(resources.error().remedy.starts_with("Choose "));
        }
        QVERIFY(!container_resources({1, 0}, 4, 8ULL << 30U)->memory_limit);
    }
    void fields_are_found() {
        QCOMPARE(cgroup_field("oom 1\noom_kill 7\n", "oom_kill"), std::optional<std::uint64_t>(7));
        QVERIFY(!cgroup_field("oom_kill_disable 0\n", "oom_kill"));
        QVERIFY(!cgroup_field("", "x"));
    }
    void paths_cannot_climb() {
        QVERIFY(!ControlGroup::at({}, "/isolab/../.."));
        QVERIFY(!ControlGroup::at({}, "relative"));
        QVERIFY(!ControlGroup::at({}, "/"));
    }
    void real_group_lives_and_dies() {
        const CgroupLayout layout = find_cgroup_layout();
        if (!layout.limits_enforced)
            QSKIP(layout.limits_reason.c_str());
        auto group = ControlGroup::at(layout, "/isolab/test-" + std::to_string(::getpid()));
        CgroupResources resources;
        resources.memory_limit = 64 << 20;
        QVERIFY(group->create(resources));
        QVERIFY(!group->create(resources)); // exists
        auto child = spawn({{"sleep", "100"}, std::nullopt, {}, false});
        QVERIFY(group->attach(child->pid()));
        QCOMPARE(group->processes(), std::vector<pid_t>{child->pid()});
        QVERIFY(group->usage().memory_bytes && group->usage().cpu);
        group->kill_all();
        QCOMPARE(child->wait()->signal, SIGKILL);
        QVERIFY(group->remove());
        QVERIFY(!group->exists());
    }
    void refused_limit_leaves_no_group() {
        const CgroupLayout layout = find_cgroup_layout();
        if (!layout.limits_enforced)
            QSKIP(layout.limits_reason.c_str());
        auto group = ControlGroup::at(layout, "/isolab/test-refused-" + std::to_string(::getpid()));
        CgroupResources resources;
        resources.cpu_quota = 1; // below the kernel's minimum of one millisecond
        QVERIFY(!group->create(resources));
        QVERIFY(!group->exists());
    }
    void cgroup2_groups_take_processes() {
        if (::geteuid() != 0)
            QSKIP("making control groups needs root");
        CgroupLayout layout;
        layout.mode = "v2";
        layout.version = CgroupVersion::v2;
        layout.unified = QFile::exists("/sys/fs/cgroup/unified") ? "/sys/fs/cgroup/unified" : "/sys/fs/cgroup";
        if (!QFile::exists(QString::fromStdString(layout.unified + "/cgroup.controllers")))
            QSKIP("no cgroup2 is mounted");
        auto group = ControlGroup::at(layout, "/isolab/test-" + std::to_string(::getpid()));
        QVERIFY(group->create({}));
        QVERIFY(group->open_for_clone()->get() >= 0);
        auto child = spawn({{"sleep", "100"}, std::nullopt, {}, false});
        QVERIFY(group->attach(child->pid()));
        QCOMPARE(group->processes(), std::vector<pid_t>{child->pid()});
        QVERIFY(group->usage().cpu);
        group->kill_all();
        QCOMPARE(child->wait()->signal, SIGKILL);
        QVERIFY(group->remove());
    }
};

QTEST_APPLESS_MAIN(CgroupTest)
#include "cgroup_test.moc"
