// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/cgroup_plan.h"
#include "tests/support/test_main.h"

#include <QtTest>

using namespace isolab;

namespace {

CgroupLayout v1_layout() {
    CgroupLayout layout;
    layout.version = CgroupVersion::v1;
    for (std::size_t i = 0; i < cgroup_controller_ids.size(); ++i)
        layout.v1[static_cast<CgroupController>(i)] = "/cg/" + std::string(cgroup_controller_ids[i]);
    return layout;
}

CgroupLayout v2_layout() {
    CgroupLayout layout;
    layout.version = CgroupVersion::v2;
    layout.unified = "/cg";
    return layout;
}

/// One line for each write: "file=value", "?" when it is optional, "*" when interlocked, "| other" for the alternative.
std::string written(const CgroupResources& resources, const CgroupLayout& layout) {
    const auto plan = plan_cgroup(resources, layout);
    if (!plan)
        return plan.error().message();
    std::string text;
    for (const CgroupWrite& write : plan->writes)
        text += write.file + "=" + write.value + (write.optional ? "?" : "") + (write.interlocked ? "*" : "") +
                (write.other_file.empty() ? "" : " | " + write.other_file + "=" + write.other_value) + "\n";
    for (const std::string& warning : plan->warnings)
        text += "warning: " + warning + "\n";
    return text;
}

CgroupResources complete_resources() {
    CgroupResources all;
    all.memory_limit = 64 << 20;
    all.memory_swap = 96 << 20;
    all.memory_reservation = 32 << 20;
    all.cpu_shares = 1024;
    all.cpu_quota = 50'000;
    all.cpu_period = 200'000;
    all.cpu_burst = 1000;
    all.cpus = "0-1";
    all.mems = "0";
    all.pids_limit = 0;
    all.block_io.emplace();
    all.block_io->weight = 1000;
    all.block_io->device_weights = {{8, 0, 10, std::nullopt}};
    all.block_io->read_bytes = {{8, 16, 0}};
    all.block_io->write_operations = {{8, 16, 300}};
    all.hugepage_limits = {{"2MB", 4 << 20}};
    all.rdma["mlx5_1"] = {3, std::nullopt};
    return all;
}

} // namespace

class PlanTest : public QObject {
    Q_OBJECT
  private slots:
    void limits_of_a_run_become_writes() {
        const auto resources = container_resources({2, 256U << 20U}, 4, 8ULL << 30U);
        QVERIFY(resources);
        QCOMPARE(written(*resources, v1_layout()),
                 std::string("memory.limit_in_bytes=268435456*\nmemory.memsw.limit_in_bytes=268435456?*\n"
                             "cpu.cfs_period_us=100000*\ncpu.cfs_quota_us=200000*\npids.max=4096\n"));
        QCOMPARE(written(*resources, v2_layout()),
                 std::string("memory.max=268435456\nmemory.swap.max=0?\ncpu.max=200000 100000*\npids.max=4096\n"));
        QCOMPARE(written({}, v1_layout()), std::string());
        QCOMPARE(written({}, v2_layout()), std::string());
    }
    void all_limits_become_v1_writes() {
        CgroupResources all = complete_resources();
        all.memory_swappiness = 10;
        all.disable_oom_killer = true;
        all.cpu_realtime_period = 1000;
        all.cpu_realtime_runtime = 100;
        all.network_class = 1;
        all.network_priorities = {{"eth0", 5}};
        QCOMPARE(written(all, v1_layout()),
                 std::string("memory.limit_in_bytes=67108864*\nmemory.memsw.limit_in_bytes=100663296?*\n"
                             "memory.soft_limit_in_bytes=33554432\nmemory.swappiness=10\nmemory.oom_control=1\n"
                             "cpu.shares=1024\ncpu.cfs_period_us=200000*\ncpu.cfs_quota_us=50000*\n"
                             "cpu.cfs_burst_us=1000*\ncpu.rt_period_us=1000*\ncpu.rt_runtime_us=100*\n"
                             "cpuset.cpus=0-1\ncpuset.mems=0\npids.max=0\n"
                             "blkio.bfq.weight=1000 | blkio.weight=1000\n"
                             "blkio.bfq.weight_device=8:0 10 | blkio.weight_device=8:0 10\n"
                             "blkio.throttle.read_bps_device=8:16 0\nblkio.throttle.write_iops_device=8:16 300\n"
                             "hugetlb.2MB.rsvd.limit_in_bytes=4194304?\nhugetlb.2MB.limit_in_bytes=4194304\n"
                             "net_cls.classid=1\nnet_prio.ifpriomap=eth0 5\nrdma.max=mlx5_1 hca_handle=3\n"));
    }
    void all_limits_become_v2_writes() {
        CgroupResources all = complete_resources();
        all.unified = {{"io.max", "8:0 rbps=1\n8:16 wbps=2"}, {"memory.high", "max"}};
        QCOMPARE(written(all, v2_layout()),
                 std::string("memory.max=67108864\nmemory.swap.max=33554432?\nmemory.low=33554432\ncpu.weight=100\n"
                             "cpu.max=50000 200000*\ncpu.max.burst=1000*\ncpuset.cpus=0-1\ncpuset.mems=0\npids.max=0\n"
                             "io.bfq.weight=default 1000 | io.weight=default 10000\n"
                             "io.bfq.weight=8:0 10 | io.weight=8:0 1\nio.max=8:16 rbps=max\nio.max=8:16 wiops=300\n"
                             "hugetlb.2MB.rsvd.max=4194304?\nhugetlb.2MB.max=4194304\nrdma.max=mlx5_1 hca_handle=3\n"
                             "io.max=8:0 rbps=1\nio.max=8:16 wbps=2\nmemory.high=max\n"));
    }
    void zero_is_unset_and_minus_one_unlimited() {
        CgroupResources zeros;
        zeros.memory_limit = zeros.memory_swap = zeros.memory_reservation = zeros.memory_kernel = 0;
        zeros.cpu_shares = zeros.cpu_period = 0;
        zeros.cpu_quota = 0;
        zeros.block_io.emplace();
        zeros.block_io->weight = 0;
        QCOMPARE(written(zeros, v1_layout()), std::string());
        QCOMPARE(written(zeros, v2_layout()), std::string());
        CgroupResources unlimited;
        unlimited.memory_limit = -1;
        unlimited.pids_limit = -1;
        unlimited.cpu_quota = -1;
        QCOMPARE(written(unlimited, v1_layout()),
                 std::string("memory.limit_in_bytes=-1*\nmemory.memsw.limit_in_bytes=-1?*\ncpu.cfs_quota_us=-1*\n"
                             "pids.max=max\n"));
        QCOMPARE(written(unlimited, v2_layout()),
                 std::string("memory.max=max\nmemory.swap.max=max?\ncpu.max=max*\npids.max=max\n"));
    }
    void idle_groups_have_no_weight() {
        CgroupResources resources;
        resources.cpu_shares = 2;
        resources.cpu_idle = 1;
        QCOMPARE(written(resources, v2_layout()), std::string("cpu.idle=1\n"));
        resources.cpu_idle = 0;
        QCOMPARE(written(resources, v2_layout()), std::string("cpu.idle=0\ncpu.weight=1\n"));
        QCOMPARE(written(resources, v1_layout()), std::string("cpu.idle=0\ncpu.shares=2\n"));
    }
    void shares_become_weights() {
        QCOMPARE(cpu_weight_of_shares(0), std::uint64_t{0});
        QCOMPARE(cpu_weight_of_shares(1), std::uint64_t{1});
        QCOMPARE(cpu_weight_of_shares(2), std::uint64_t{1});
        QCOMPARE(cpu_weight_of_shares(1024), std::uint64_t{100});
        QCOMPARE(cpu_weight_of_shares(262'144), std::uint64_t{10'000});
        QCOMPARE(cpu_weight_of_shares(~std::uint64_t{0}), std::uint64_t{10'000});
        for (std::uint64_t shares = 2; shares < 5000; ++shares)
            QVERIFY(cpu_weight_of_shares(shares) <= cpu_weight_of_shares(shares + 1));
    }
    void swap_of_v2_is_counted_apart() {
        CgroupResources resources;
        resources.memory_swap = 1 << 20;
        QVERIFY(written(resources, v2_layout()).find("Set memory.limit too") != std::string::npos);
        resources.memory_limit = 2 << 20;
        const auto plan = plan_cgroup(resources, v2_layout());
        QVERIFY(!plan);
        QCOMPARE(plan.error().kind, ErrorKind::invalid_argument);
        resources.memory_swap = -1;
        QCOMPARE(written(resources, v2_layout()), std::string("memory.max=2097152\nmemory.swap.max=max?\n"));
    }
    void what_v2_lacks_is_refused_by_name() {
        const auto field_of = [](auto change) {
            CgroupResources resources;
            change(resources);
            const auto plan = plan_cgroup(resources, v2_layout());
            return plan ? std::string("accepted") : plan.error().subject;
        };
        QCOMPARE(field_of([](auto& r) { r.memory_swappiness = 0; }), std::string("linux.resources.memory.swappiness"));
        QCOMPARE(field_of([](auto& r) { r.disable_oom_killer = true; }),
                 std::string("linux.resources.memory.disableOOMKiller"));
        QCOMPARE(field_of([](auto& r) { r.cpu_realtime_runtime = 5; }),
                 std::string("linux.resources.cpu.realtimeRuntime"));
        QCOMPARE(field_of([](auto& r) { r.network_class = 5; }), std::string("linux.resources.network"));
        QCOMPARE(field_of([](auto& r) { r.disable_oom_killer = false; }), std::string("accepted"));
        CgroupResources kernel;
        kernel.memory_kernel = 1 << 20;
        QVERIFY(written(kernel, v2_layout()).starts_with("warning: kernel memory is not limited by itself"));
        QVERIFY(written(kernel, v1_layout()).find("warning: memory.kmem.limit_in_bytes") != std::string::npos);
    }
    void unified_keys_are_file_names_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<bool>("good");
        for (const char* key : {"memory.high", "hugetlb.1GB.max", "cgroup.max.depth", "dmem.max", "io.bfq.weight"})
            QTest::newRow(key) << QString(key) << true;
        for (const char* key : {"", "memory", "../memory.max", "a/b.c", ".memory.max", "memory..max", "memory.",
                                "a b.c", "cgroup.procs", "cgroup.threads"})
            QTest::newRow(qPrintable(QString("refused: %1").arg(key))) << QString(key) << false;
    }
    void unified_keys_are_file_names() {
        QFETCH(QString, key);
        QFETCH(bool, good);
        CgroupResources resources;
        resources.unified[key.toStdString()] = "1";
        QCOMPARE(plan_cgroup(resources, v2_layout()).has_value(), good);
        QVERIFY(!plan_cgroup(resources, v1_layout())); // all controllers are with v1 there
    }
    void hybrid_machines_set_in_cgroup2_what_v1_lacks() {
        CgroupLayout hybrid = v1_layout();
        hybrid.v1.erase(CgroupController::hugetlb);
        hybrid.beside = "/cg/unified";
        CgroupResources resources;
        resources.hugepage_limits = {{"2MB", 0}};
        QCOMPARE(written(resources, hybrid), std::string("hugetlb.2MB.rsvd.max=0?\nhugetlb.2MB.max=0\n"));
        resources.unified["hugetlb.2MB.max"] = "max";
        QVERIFY(plan_cgroup(resources, hybrid));
        resources.unified["memory.high"] = "max";
        const auto refused = plan_cgroup(resources, hybrid);
        QVERIFY(!refused);
        QCOMPARE(refused.error().kind, ErrorKind::unsupported);
    }
};

ISOLAB_TEST(PlanTest)
#include "plan_test.moc"
