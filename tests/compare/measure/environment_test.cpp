// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/measure/environment.h"
#include "compare/measure/guard.h"
#include "tests/support/comma_locale.h"
#include "tests/support/test_main.h"

#include <algorithm>
#include <fstream>

#include <unistd.h>

#include "compare/measure/host_cpu.h"
#include "compare/run/run_order.h"
#include "compare/run/work_share.h"
#include "engine/base/json.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;
namespace fs = std::filesystem;

class EnvironmentTest : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> scratch_;
    fs::path root_;

    void write(const char* path, const char* text) {
        fs::create_directories((root_ / path).parent_path());
        std::ofstream(root_ / path) << text;
    }
    static bool has(const std::vector<Notice>& notices, const char* id) {
        return std::ranges::find(notices, id, &Notice::id) != notices.end();
    }

  private slots:
    void init() {
        scratch_ = std::make_unique<QTemporaryDir>();
        root_ = scratch_->path().toStdString();
    }
    void this_machine_is_described() {
        const Json record = record_environment("/tmp");
        QVERIFY(record["cpu"]["count"].get<long>() >= 1);
        QVERIFY(record["memory"]["total"].get<std::uint64_t>() > 64U << 20U);
        QVERIFY(!record["kernel"].get<std::string>().empty());
        QVERIFY(record["data_file_system"].is_string());
    }
    void facts_are_read_from_the_kernels_files() {
        write("proc/cpuinfo", "processor\t: 0\nmodel name\t: Test CPU\nflags\t\t: fpu vmx hypervisor\n");
        write("proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 400 kB\nSwapTotal: 50 kB\nSwapFree: 20 kB\n");
        write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
        write("sys/kernel/mm/ksm/run", "0\n");
        const Json record = environment_below(root_, root_);
        QVERIFY(record["cpu"]["vmx"] == true);
        QVERIFY(record["cpu"]["svm"] == false);
        QVERIFY(record["cpu"]["hypervisor"] == true);
        QCOMPARE(record["cpu"]["governor"].get<std::string>(), std::string("powersave"));
        QCOMPARE(record["memory"]["total"].get<std::uint64_t>(), std::uint64_t{1024000});
        QVERIFY(has(guard(record, Json::object()), "governor"));
    }
    void nesting_and_versions_are_recorded() {
        write("proc/cpuinfo", "flags\t\t: fpu hypervisor\n");
        write("sys/class/dmi/id/product_name", "Standard PC\n");
        write("sys/module/kvm_amd/parameters/nested", "1\n");
        write("run/.containerenv", "");
        const Json record = environment_below(root_, root_);
        QVERIFY(record["nesting"]["virtual"] == true);
        QCOMPARE(record["nesting"]["machine"].get<std::string>(), std::string("Standard PC"));
        QCOMPARE(record["nesting"]["container"].get<std::string>(), std::string("podman"));
        QCOMPARE(record["nesting"]["kvm_nested"].get<std::string>(), std::string("1"));
        QVERIFY(!record["versions"]["isolab"].get<std::string>().empty());
    }
    void unknown_facts_are_null() {
        const Json record = environment_below(root_, root_);
        QVERIFY(record["cpu"]["governor"].is_null());
        QVERIFY(record["memory"]["ksm"].is_null());
    }
    void trouble_is_noticed_data() {
        QTest::addColumn<QByteArray>("load");
        QTest::addColumn<QByteArray>("notice");
        QTest::newRow("busy") << QByteArray(R"({"load1": 9.5})") << QByteArray("busy-host");
        QTest::newRow("pressure") << QByteArray(R"({"pressure_io": 55})") << QByteArray("pressure");
        QTest::newRow("disk") << QByteArray(R"({"disk_free": 1000})") << QByteArray("low-disk");
    }
    void trouble_is_noticed() {
        QFETCH(QByteArray, load);
        QFETCH(QByteArray, notice);
        const Json calm = {{"cpu", {{"count", 2}}}};
        QVERIFY(guard(calm, Json::object()).empty());
        QVERIFY(has(guard(calm, Json::parse(load.toStdString())), notice.constData()));
    }
    void pressure_and_load_are_numbers_in_every_locale() {
        const CommaLocale comma;
        comma.enter();
        pressure_and_load_are_numbers();
    }
    void pressure_and_load_are_numbers() {
        write("proc/loadavg", "1.50 0.70 0.50 1/100 1000\n");
        write("proc/pressure/cpu", "some avg10=12.34 avg60=1.00 avg300=0.50 total=1\n");
        const Json load = load_below(root_, root_);
        QCOMPARE(load["load1"].get<double>(), 1.5);
        QCOMPARE(load["pressure_cpu"].get<double>(), 12.34);
        QVERIFY(load["disk_free"].get<std::uint64_t>() > 0);
    }
    void busy_time_of_the_host_is_read() {
        write("proc/stat", "cpu  100 10 50 9999 888 5 6 7 3 0\ncpu0 1 2 3 4 5 6 7 8 9 0\n");
        QCOMPARE(*read_cpu(root_ / "proc").busy, Nanoseconds(std::chrono::seconds(178)) / ::sysconf(_SC_CLK_TCK));
        QVERIFY(!read_cpu(root_ / "nowhere").busy);
    }
    void only_foreign_work_disturbs_data() {
        QTest::addColumn<int>("busy_ms");
        QTest::addColumn<int>("self_ms");
        QTest::addColumn<int>("children_ms");
        QTest::addColumn<int>("instance_ms");
        QTest::addColumn<double>("share");
        QTest::newRow("idle") << 0 << 0 << 0 << 0 << 0.0;
        QTest::newRow("ticks") << 20 << 0 << 0 << 0 << 0.0;
        QTest::newRow("our own") << 1500 << 200 << 1300 << 1300 << 0.0;
        QTest::newRow("not our child") << 1500 << 200 << 0 << 1300 << 0.0;
        QTest::newRow("foreign") << 1520 << 200 << 300 << 300 << 0.5;
        QTest::newRow("other than it says") << 0 << 500 << 0 << 0 << 0.0;
    }
    void only_foreign_work_disturbs() {
        QFETCH(int, busy_ms);
        QFETCH(int, self_ms);
        QFETCH(int, children_ms);
        QFETCH(int, instance_ms);
        QFETCH(double, share);
        using std::chrono::milliseconds;
        const CpuReading before{milliseconds(500), milliseconds(70), milliseconds(30), milliseconds(20)};
        const CpuReading after{before.at + milliseconds(1000), *before.busy + milliseconds(busy_ms),
                               before.self + milliseconds(self_ms), before.children + milliseconds(children_ms)};
        QCOMPARE(foreign_cpu_share(before, after, milliseconds(instance_ms), 2).value(), share);
        QVERIFY(!foreign_cpu_share({}, after, std::nullopt, 2));
    }
    void growing_work_keeps_to_its_share() {
        WorkShare share;
        QVERIFY(share.is_due(Nanoseconds{5}));
        share.done(Nanoseconds{100}, Nanoseconds{103});
        QVERIFY(!share.is_due(Nanoseconds{132}));
        QVERIFY(share.is_due(Nanoseconds{133}));
    }
    void runs_alternate_and_neither_side_always_begins() {
        const auto order = order_of_runs(RunOrder::random, 2, 64, 7);
        QCOMPARE(order.size(), std::size_t{64});
        std::size_t first = 0;
        for (const auto& round : order) {
            QCOMPARE(round.size(), std::size_t{2});
            QVERIFY(round[0] != round[1]);
            first += round[0];
        }
        QVERIFY(first > 16 && first < 48);
        QVERIFY(order == order_of_runs(RunOrder::random, 2, 64, 7));
        QVERIFY(order != order_of_runs(RunOrder::random, 2, 64, 8));
    }
};

ISOLAB_TEST(EnvironmentTest)
#include "environment_test.moc"
