// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/control_group.h"
#include "tests/support/test_main.h"

#include "engine/cgroup/cgroup_files.h"

#include <QtTest>

using namespace isolab;

namespace {

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
        QCOMPARE(hybrid.beside, std::string("/sys/fs/cgroup/unified"));
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
    void every_hierarchy_is_named_once() {
        const CgroupLayout layout = parse_cgroup_layout(
            "1 0 0:1 / /cg/net_cls,net_prio rw - cgroup cgroup rw,net_cls,net_prio\n"
            "2 0 0:2 / /cg/my\\040systemd rw - cgroup cgroup rw,xattr,name=systemd\n"
            "3 0 0:3 / /cg/rdma rw - cgroup cgroup rw,rdma\n4 0 0:4 / /cg/misc rw - cgroup none rw,misc\n",
            "");
        QCOMPARE(layout.v1.size(), 4U);
        QCOMPARE(layout.v1.at(CgroupController::net_prio), std::string("/cg/net_cls,net_prio"));
        QCOMPARE(layout.v1.at(CgroupController::misc), std::string("/cg/misc"));
        QCOMPARE(layout.named.at("systemd"), std::string("/cg/my systemd"));
        QVERIFY(!layout.limits_enforced);
    }
};

ISOLAB_TEST(CgroupTest)
#include "cgroup_test.moc"
