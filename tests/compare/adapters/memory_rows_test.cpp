// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/adapters/memory_rows.h"
#include "tests/support/test_main.h"

#include <QtTest>

using namespace isolab;

namespace {

constexpr std::uint64_t mib = 1U << 20U;

std::uint64_t headline(const MemorySample& sample) {
    std::uint64_t sum = 0;
    for (const MemoryRow& row : sample.rows)
        sum += row.in_headline ? row.bytes : 0;
    return sum;
}

std::optional<std::uint64_t> bytes_of(const MemorySample& sample, const std::string& id) {
    for (const MemoryRow& row : sample.rows)
        if (row.id == id)
            return row.bytes;
    return std::nullopt;
}

} // namespace

class MemoryRowsTest : public QObject {
    Q_OBJECT
  private slots:
    void container_headline_is_processes_monitor_and_charged_kernel() {
        const ProcessMemory workload{9 * mib, 7 * mib, 5 * mib, 2 * mib, 0, 5 * mib, 0};
        const ProcessMemory monitor{2 * mib, 1 * mib, 1 * mib, 0, 0, 1 * mib, 0};
        ContainerUsage usage;
        usage.cgroup_kernel_bytes = 3 * mib;
        usage.cgroup_cache_bytes = 40 * mib;
        const MemorySample sample = container_memory(workload, monitor, usage);
        QCOMPARE(sample.host_cost, 11 * mib);
        QCOMPARE(headline(sample), sample.host_cost);
        QCOMPARE(*bytes_of(sample, "charged_cache"), 40 * mib); // beside, never inside
    }
    void shared_memory_that_nobody_maps_is_paid_for() {
        ProcessMemory workload;
        workload.pss = 9 * mib;
        workload.pss_anon = 2 * mib;
        workload.pss_file = 4 * mib;
        workload.pss_shmem = 3 * mib;
        ContainerUsage usage;
        usage.cgroup_shmem_bytes = 48 * mib;
        const MemorySample sample = container_memory(workload, {}, usage);
        QCOMPARE(sample.host_cost, 54 * mib); // what is mapped is not counted twice
        QCOMPARE(headline(sample), sample.host_cost);
        QCOMPARE(*bytes_of(sample, "shared_memory"), 48 * mib);
        QCOMPARE(*bytes_of(sample, "shared_files"), 4 * mib);
        usage.cgroup_shmem_bytes = 1 * mib; // of somebody else, who maps it too
        QCOMPARE(container_memory(workload, {}, usage).host_cost, 9 * mib);
        const MemorySample without = container_memory(workload, {}, {});
        QCOMPARE(without.host_cost, 9 * mib);
        QVERIFY(without.rows.at(1).formula.find("is missing") != std::string::npos);
    }
    void shared_memory_of_a_guest_is_no_page_cache() {
        ProcessMemory vmm;
        vmm.pss = 200 * mib;
        MachineUsage usage;
        usage.guest_ram_resident = 90 * mib;
        usage.guest = GuestMemory{256 * mib, 190 * mib, 200 * mib, 60 * mib, 1 * mib, 6 * mib, 0, 0, 0, 48 * mib};
        const MemorySample sample = machine_memory(vmm, usage);
        QCOMPARE(headline(sample), 200 * mib);
        QCOMPARE(*bytes_of(sample, "shared_memory"), 48 * mib);
        QCOMPARE(*bytes_of(sample, "page_cache"), 13 * mib);
    }
    void container_without_cgroup_has_no_invented_rows() {
        const MemorySample sample = container_memory({mib, mib, mib, 0, 0, mib, 0}, {}, {});
        QCOMPARE(headline(sample), sample.host_cost);
        QVERIFY(!bytes_of(sample, "kernel") && !bytes_of(sample, "charged_cache") && !bytes_of(sample, "cgroup"));
    }
    void machine_rows_split_the_memory_of_qemu() {
        ProcessMemory vmm;
        vmm.pss = 200 * mib;
        MachineUsage usage;
        usage.guest_ram_resident = 90 * mib;
        usage.code_cache = 42 * mib;
        usage.guest = GuestMemory{256 * mib, 190 * mib, 200 * mib, 20 * mib, 1 * mib, 6 * mib, 0, 0, 0};
        const MemorySample sample = machine_memory(vmm, usage);
        QCOMPARE(sample.host_cost, 200 * mib);
        QCOMPARE(headline(sample), sample.host_cost);
        QCOMPARE(*bytes_of(sample, "workload_anonymous"), 6 * mib);
        QCOMPARE(*bytes_of(sample, "page_cache"), 21 * mib);
        QCOMPARE(*bytes_of(sample, "guest_kernel"), 63 * mib);
        QCOMPARE(*bytes_of(sample, "code_cache"), 42 * mib);
        QCOMPARE(*bytes_of(sample, "monitor"), 68 * mib);
        QCOMPARE(*bytes_of(sample, "guest_used"), 56 * mib);
    }
    void guest_cannot_claim_more_than_the_host_holds() {
        ProcessMemory vmm;
        vmm.pss = 50 * mib;
        MachineUsage usage;
        usage.guest_ram_resident = 30 * mib;
        usage.code_cache = 100 * mib;
        usage.guest = GuestMemory{256 * mib, 0, 0, 100 * mib, 0, 20 * mib, 0, 0, 0};
        const MemorySample sample = machine_memory(vmm, usage);
        QCOMPARE(headline(sample), 50 * mib);
        QCOMPARE(*bytes_of(sample, "page_cache"), 10 * mib);
        QCOMPARE(*bytes_of(sample, "guest_kernel"), 0 * mib);
        QCOMPARE(*bytes_of(sample, "monitor"), 0 * mib);
    }
    void silent_guest_leaves_its_ram_in_one_row() {
        ProcessMemory vmm;
        vmm.pss = 100 * mib;
        MachineUsage usage;
        usage.guest_ram_resident = 60 * mib;
        const MemorySample sample = machine_memory(vmm, usage);
        QCOMPARE(headline(sample), 100 * mib);
        QCOMPARE(*bytes_of(sample, "guest_kernel"), 60 * mib);
        QVERIFY(!bytes_of(sample, "workload_anonymous"));
    }
};

ISOLAB_TEST(MemoryRowsTest)
#include "memory_rows_test.moc"
