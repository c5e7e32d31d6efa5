// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>

#include <cerrno>

#include "tests/support/test_main.h"
#include "virt/guest/boot_phases.h"
#include "virt/guest/console_text.h"
#include "virt/guest/guest_records.h"
#include "virt/machine/vmm_memory.h"

using namespace isolab;
using namespace std::chrono_literals;

/// What arrives from the guest, as bytes and as points in time.
class GuestRecordsTest : public QObject {
    Q_OBJECT
  private slots:
    void the_console_is_quoted_by_its_last_lines() {
        QCOMPARE(last_lines("1\n2\n3\n4\n5\n\n", 4), std::string("2|3|4|5"));
        QCOMPARE(last_lines("1\r\n2\r\n\r\n3\r\n", 2), std::string("2|3"));
        QCOMPARE(last_lines("one", 4), std::string("one"));
        QCOMPARE(last_lines(" \n\n", 4), std::string());
        QCOMPARE(last_lines("", 4), std::string());
    }
    void reads_in_any_pieces();
    void refuses_a_broken_stream();
    void tells_what_the_guest_could_not_do();
    void computes_early_marks();
    void keeps_early_marks_in_order();
    void believes_no_impossible_time();
    void interpolates_cpu_time();
    void splits_memory();
};

void GuestRecordsTest::reads_in_any_pieces() {
    const std::string stream = encode_signal(15) + encode_record(guest::RecordKind::ask_memory, {}) +
                               encode_exchange(7, 80, "send", "expect", 1000);
    for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
        RecordReader reader;
        std::vector<GuestRecord> records;
        for (std::size_t at = 0; at < stream.size(); at += piece) {
            reader.append(stream.data() + at, std::min(piece, stream.size() - at));
            for (;;) {
                const auto record = reader.next();
                QVERIFY(record);
                if (!*record)
                    break;
                records.push_back(**record);
            }
        }
        QCOMPARE(records.size(), 3U);
        QCOMPARE(records[0].as<guest::Signal>()->number, 15);
        QVERIFY(records[1].payload.empty() && !records[1].as<guest::Signal>());
        QCOMPARE(records[2].as<guest::Exchange>()->id, 7U);
        QCOMPARE(std::string(records[2].rest<guest::Exchange>()), std::string("sendexpect"));
    }
}

void GuestRecordsTest::refuses_a_broken_stream() {
    RecordReader reader;
    reader.append("\xff\xff\xff\xff\x01\x00\x00\x00", 8);
    const auto record = reader.next();
    QVERIFY(!record);
    QCOMPARE(record.error().kind, ErrorKind::corrupt);
}

void GuestRecordsTest::tells_what_the_guest_could_not_do() {
    const Error missing = describe_failure({guest::Step::command, ENOENT}, "redis");
    QCOMPARE(missing.kind, ErrorKind::not_found);
    QVERIFY(missing.message().starts_with("cannot execute redis: there is no such program"));
    const Error denied = describe_failure({guest::Step::command, EACCES}, "/etc/passwd");
    QCOMPARE(denied.kind, ErrorKind::permission_denied);
    QCOMPARE(describe_failure({guest::Step{99}, 1}, "").kind, ErrorKind::corrupt);
}

void GuestRecordsTest::computes_early_marks() {
    guest::Hello hello;
    hello.init = {800'000'000, 950'000'000}; // init ran at 0.80 s of the guest's clock and spoke at 0.95 s
    CpuTrail trail;
    trail.add(10s, 100ms);
    trail.add(12s, 1100ms);
    const auto marks = early_marks(hello, 11'050ms, 10s, trail);
    QCOMPARE(marks.size(), 2U);
    QCOMPARE(marks[0].phase, Phase::firmware);
    QCOMPARE(marks[0].at, Nanoseconds(10'100ms));
    QCOMPARE(*marks[0].cpu, Nanoseconds(150ms));
    QCOMPARE(marks[1].phase, Phase::kernel);
    QCOMPARE(marks[1].at, Nanoseconds(10'900ms));
    QCOMPARE(*marks[1].cpu, Nanoseconds(550ms));
}

void GuestRecordsTest::keeps_early_marks_in_order() {
    guest::Hello hello;
    hello.init = {5'000'000'000, 5'100'000'000}; // a guest clock that runs ahead of the host's
    const auto marks = early_marks(hello, 11s, 10s, {});
    QCOMPARE(marks[0].at, Nanoseconds(10s));
    QCOMPARE(marks[1].at, Nanoseconds(10'900ms));
    hello.init = {5, 1}; // nonsense: sent before it happened
    QCOMPARE(early_marks(hello, 11s, 10s, {})[1].at, Nanoseconds(11s));
}

void GuestRecordsTest::believes_no_impossible_time() {
    constexpr std::uint64_t most = ~std::uint64_t{0};
    QCOMPARE(host_time({1'000'000'000, 1'500'000'000}, 11s, 10s), Nanoseconds(10'500ms));
    QCOMPARE(host_time({0, most}, 11s, 10s), Nanoseconds(10s));
    QCOMPARE(host_time({most / 2, most}, 11s, 10s), Nanoseconds(10s));
    QCOMPARE(host_time({most, 0}, 11s, 10s), Nanoseconds(11s));
    QCOMPARE(host_time({0, most}, 10s, 11s), Nanoseconds(10s));
    guest::Hello hello;
    hello.init = {most - 1, most};
    const auto marks = early_marks(hello, 11s, 10s, {});
    QCOMPARE(marks[0].at, Nanoseconds(10s));
    QCOMPARE(marks[1].at, Nanoseconds(11s - 1ns));
}

void GuestRecordsTest::interpolates_cpu_time() {
    CpuTrail trail;
    QVERIFY(!trail.at(1s));
    trail.add(1s, 0ms);
    trail.add(2s, 500ms);
    trail.add(4s, 500ms);
    QVERIFY(!trail.at(999ms) && !trail.at(4001ms));
    QCOMPARE(*trail.at(1s), Nanoseconds(0));
    QCOMPARE(*trail.at(1500ms), Nanoseconds(250ms));
    QCOMPARE(*trail.at(3s), Nanoseconds(500ms));
    QCOMPARE(*trail.at(4s), Nanoseconds(500ms));
}

void GuestRecordsTest::splits_memory() {
    const char* smaps =
        "55e0c0000000-55e0c0400000 r-xp 00000000 fe:00 1234 /usr/bin/qemu\nSize: 4096 kB\nRss: 3000 kB\n"
        "7f0000000000-7f0010000000 rw-p 00000000 00:00 0 \nSize: 262144 kB\nRss: 81920 kB\nPss: 1 kB\n"
        "7f0020000000-7f0060000000 rwxp 00000000 00:00 0 \nSize: 1048576 kB\nRss: 43008 kB\n"
        "7ffd00000000-7ffd00002000 r-xp 00000000 00:00 0                          [vdso]\nRss: 4 kB\n";
    const VmmMemory memory = split_vmm_memory(smaps, 256U << 20U);
    QCOMPARE(*memory.guest_ram, std::uint64_t{81920} * 1024);
    QCOMPARE(memory.code_cache, std::uint64_t{43008} * 1024);
    QVERIFY(!split_vmm_memory(smaps, 128U << 20U).guest_ram);
    QVERIFY(!split_vmm_memory("", 1).guest_ram);
}

ISOLAB_TEST(GuestRecordsTest)
#include "guest_records_test.moc"
