// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/cgroup/statistics_json.h"
#include "tests/support/comma_locale.h"
#include "tests/support/test_main.h"

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/cgroup/group_overview.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

class StatisticsTest : public QObject {
    Q_OBJECT
  private slots:
    void flat_keys_are_read() {
        const auto values = parse_flat_keys("cache 4096\nbroken\nnegative -1\ntotal_rss 18446744073709551615\n");
        QCOMPARE(values.size(), 2U);
        QCOMPARE(values.at("total_rss"), no_limit);
    }
    void block_io_of_both_versions_is_the_same() {
        const auto v1 = parse_v1_block_io("8:0 Read 4096\n8:0 Write 0\n253:16 Discard 7\nTotal 4103\n");
        const auto v2 = parse_v2_block_io("8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0\nbroken\n"
                                          "253:16 dbytes=7 cost.usage=3\n");
        QCOMPARE(v1.size(), 3U);
        QVERIFY((v1[0] == BlockIoCount{8, 0, "Read", 4096}));
        QVERIFY(v2.bytes.front() == v1[0]);
        QVERIFY(v2.bytes.back() == v1[2]);
        QCOMPARE(v2.operations.size(), 3U);
        QVERIFY((v2.operations[0] == BlockIoCount{8, 0, "Read", 1}));
    }
    void overview_takes_what_any_scheduler_has_counted_data() {
        QTest::addColumn<QString>("bfq");
        QTest::addColumn<QString>("throttle");
        QTest::newRow("bfq") << "8:0 Read 4096\n8:16 Read 1\n8:0 Write 7\nTotal 4104\n"
                             << "8:0 Read 9\nTotal 9\n";
        QTest::newRow("bfq idle") << "Total 0\n"
                                  << "8:0 Read 4097\n8:0 Write 7\nTotal 4104\n";
        QTest::newRow("no bfq") << ""
                                << "8:0 Read 4097\n8:0 Write 7\nTotal 4104\n";
    }
    void overview_takes_what_any_scheduler_has_counted() {
        QFETCH(QString, bfq);
        QFETCH(QString, throttle);
        const QTemporaryDir folder;
        const std::string path = folder.path().toStdString();
        if (!bfq.isEmpty())
            QVERIFY(write_file_atomically(path + "/blkio.bfq.io_service_bytes_recursive", bfq.toStdString(), 0600));
        QVERIFY(
            write_file_atomically(path + "/blkio.throttle.io_service_bytes_recursive", throttle.toStdString(), 0600));
        const GroupOverview overview = read_v1_overview(
            [&](CgroupController controller) { return controller == CgroupController::blkio ? path : std::string(); });
        QCOMPARE(overview.bytes_read, std::uint64_t{4097});
        QCOMPARE(overview.bytes_written, std::uint64_t{7});
        QCOMPARE(overview.memory_limit, no_limit);
    }
    void pressure_is_read() {
        const auto pressure = parse_pressure("some avg10=0.63 avg60=4.48 avg300=2.26 total=9617234851\n"
                                             "full avg10=0.00 avg60=1.00 avg300=0.00 total=5\n");
        QVERIFY(pressure);
        QCOMPARE(pressure->some.average_60, 4.48);
        QCOMPARE(pressure->some.total.count(), 9617234851);
        QCOMPARE(pressure->full.total.count(), 5);
        QVERIFY(!parse_pressure(""));
        const CommaLocale comma;
        comma.enter();
        QCOMPARE(parse_pressure("some avg10=0.63 avg60=4.48 avg300=2.26 total=1\n")->some.average_10, 0.63);
    }
    void lists_of_numbers_are_read() {
        QCOMPARE(parse_number_list("0-2,7\n"), (std::vector<unsigned>{0, 1, 2, 7}));
        QCOMPARE(parse_number_list("\n"), std::vector<unsigned>{});
        QCOMPARE(parse_number_list("x,1,3-"), std::vector<unsigned>{1});
        QVERIFY(parse_number_list("0-99999999999").size() < 100'000);
    }
    void rdma_is_read() {
        const auto devices = parse_rdma("mlx5_0 hca_handle=2 hca_object=max\n");
        QVERIFY((devices.at("mlx5_0") == RdmaCount{2, no_limit}));
    }
    void document_has_the_names_of_its_consumers() {
        CgroupStatistics statistics;
        statistics.cpu.total = Nanoseconds(30);
        statistics.cpu.kernel = Nanoseconds(10);
        statistics.cpu.user = Nanoseconds(20);
        statistics.cpu.total_by_cpu = {Nanoseconds(14), Nanoseconds(16)};
        statistics.cpu.periods = 5;
        statistics.cpus = {0, 1};
        statistics.memory.memory = {1, 2, no_limit, 3};
        statistics.memory.all["anon"] = 4;
        statistics.pids = 6;
        statistics.block_io.bytes = {{8, 0, "Read", 4096}};
        statistics.hugepages["2MB"] = {7, 8, 9};
        statistics.memory.pressure.emplace().some.average_10 = 0.5;
        const Json document = statistics_to_json(statistics);
        QCOMPARE(document.dump(),
                 std::string("{\"cpu\":{\"usage\":{\"total\":30,\"percpu\":[14,16],\"kernel\":10,\"user\":20},"
                             "\"throttling\":{\"periods\":5,\"throttledPeriods\":0,\"throttledTime\":0}},"
                             "\"cpuset\":{\"cpus\":[0,1]},\"memory\":{\"cache\":0,"
                             "\"usage\":{\"limit\":18446744073709551615,\"usage\":1,\"max\":2,\"failcnt\":3},"
                             "\"swap\":{\"limit\":0,\"usage\":0,\"max\":0,\"failcnt\":0},"
                             "\"kernel\":{\"limit\":0,\"usage\":0,\"max\":0,\"failcnt\":0},"
                             "\"kernelTCP\":{\"limit\":0,\"usage\":0,\"max\":0,\"failcnt\":0},"
                             "\"raw\":{\"anon\":4},"
                             "\"psi\":{\"some\":{\"avg10\":0.5,\"avg60\":0.0,\"avg300\":0.0,\"total\":0},"
                             "\"full\":{\"avg10\":0.0,\"avg60\":0.0,\"avg300\":0.0,\"total\":0}}},"
                             "\"pids\":{\"current\":6,\"limit\":0},"
                             "\"blkio\":{\"ioServiceBytesRecursive\":"
                             "[{\"major\":8,\"minor\":0,\"op\":\"Read\",\"value\":4096}]},"
                             "\"hugetlb\":{\"2MB\":{\"usage\":7,\"max\":8,\"failcnt\":9}}}"));
    }
};

ISOLAB_TEST(StatisticsTest)
#include "statistics_test.moc"
