// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/base/json.h"
#include "engine/runtime/resources_json.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

/// resources-podman: as podman 4.3 writes it for limits of every kind. resources-complete: every field of the
/// specification, in the order in which it is written back.
Json golden(const std::string& name) { return *read_json_file(source_file("tests/golden/runtime/") + name + ".json"); }

Json json(const char* text) { return *parse_json(text, "test"); }

} // namespace

class ResourcesJsonTest : public QObject {
    Q_OBJECT
  private slots:
    void documents_of_podman_are_read() {
        const auto resources = parse_resources(golden("resources-podman"), "config.json");
        QVERIFY(resources);
        QCOMPARE(resources->memory_swap, std::optional<std::int64_t>(134217728));
        QCOMPARE(resources->cpus, std::string("0"));
        QCOMPARE(resources->devices.size(), 2U);
        QVERIFY(resources->devices[0] == DeviceRule{});
        QVERIFY((resources->devices[1] == DeviceRule{true, 'c', 1, 11, device_all_access}));
        QCOMPARE(resources->block_io->read_bytes.front().rate, std::uint64_t{1048576});
        QVERIFY(!resources->cpu_idle && resources->mems.empty() && resources->unified.empty());
    }
    void every_field_is_read_and_written_back() {
        const auto resources = parse_resources(golden("resources-complete"), "config.json");
        VERIFY_OK(resources);
        QCOMPARE(resources_to_json(*resources).dump(), golden("resources-complete").dump());
        QVERIFY(*parse_resources(resources_to_json(*resources), "again") == *resources);
    }
    void nothing_stays_nothing() {
        for (const char* text : {"null", "{}", R"({"memory": {}, "cpu": null, "devices": [], "future": {"x": 1}})"}) {
            const auto resources = parse_resources(json(text), "config.json");
            QVERIFY(resources);
            QVERIFY(resources->empty());
        }
        QCOMPARE(resources_to_json({}).dump(), std::string("{}"));
    }
    void device_numbers_may_be_left_out() {
        const auto resources =
            parse_resources(json(R"({"devices": [{"allow": true, "type": "c", "major": -1, "minor": 3},
                                                 {"allow": true, "major": 10}]})"),
                            "config.json");
        QVERIFY(resources);
        QVERIFY((resources->devices[0] == DeviceRule{true, 'c', {}, 3, device_all_access}));
        QVERIFY((resources->devices[1] == DeviceRule{true, 'a', 10, {}, device_all_access}));
    }
    void wrong_fields_are_named_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("complaint");
        const auto row = [](const char* text, const char* field, const char* complaint) {
            QTest::newRow(qPrintable(QString("%1 %2").arg(field, complaint)))
                << QString(text) << QString(field) << QString(complaint);
        };
        row("[]", "", "must be an object");
        row(R"({"memory": 5})", "memory", "must be an object");
        row(R"({"memory": {"limit": "5m"}})", "memory.limit", "must be a whole number");
        row(R"({"memory": {"limit": 1.5}})", "memory.limit", "must be a whole number");
        row(R"({"memory": {"swap": 9223372036854775808}})", "memory.swap", "must be a whole number");
        row(R"({"memory": {"swappiness": 101}})", "memory.swappiness", "must be from 0 to 100");
        row(R"({"memory": {"disableOOMKiller": 1}})", "memory.disableOOMKiller", "must be true or false");
        row(R"({"cpu": {"shares": -1}})", "cpu.shares", "must be a whole number from 0 to");
        row(R"({"cpu": {"cpus": 0}})", "cpu.cpus", "must be text");
        row(R"({"cpu": {"idle": 2}})", "cpu.idle", "must be 0 or 1");
        row(R"({"pids": {"limit": true}})", "pids.limit", "must be a whole number");
        row(R"({"blockIO": {"weight": 65536}})", "blockIO.weight", "must be a whole number from 0 to 65535");
        row(R"({"blockIO": {"weightDevice": [{"major": 1, "minor": 1}]}})", "blockIO.weightDevice[0]",
            "has neither \"weight\" nor \"leafWeight\"");
        row(R"({"blockIO": {"throttleReadBpsDevice": [{"major": 1, "minor": 1, "rate": 1}, {"major": 1}]}})",
            "blockIO.throttleReadBpsDevice[1].minor", "is missing");
        row(R"({"blockIO": {"throttleReadBpsDevice": {}}})", "blockIO.throttleReadBpsDevice", "must be a list");
        row(R"({"hugepageLimits": [{"pageSize": "2M", "limit": 1}]})", "hugepageLimits[0].pageSize", "must be a size");
        row(R"({"hugepageLimits": [{"pageSize": "../MB", "limit": 1}]})", "hugepageLimits[0].pageSize", "must be a");
        row(R"({"hugepageLimits": [{"pageSize": "2MB"}]})", "hugepageLimits[0].limit", "is missing");
        row(R"({"network": {"priorities": [{"name": "a b", "priority": 1}]}})", "network.priorities[0].name",
            "must be the name of a network interface");
        row(R"({"rdma": {"mlx5": {}}})", "rdma.mlx5", "has neither \"hcaHandles\" nor \"hcaObjects\"");
        row(R"({"unified": {"memory.high": 5}})", "unified.memory.high", "must be text");
        row(R"({"devices": [{"access": "rwm"}]})", "devices[0].allow", "is missing");
        row(R"({"devices": [{"allow": true, "type": "p"}]})", "devices[0].type", "must be \"a\", \"b\" or \"c\"");
        row(R"({"devices": [{"allow": true, "access": "x"}]})", "devices[0].access", "must be made of");
        row(R"({"devices": [{"allow": true, "major": -2}]})", "devices[0].major", "is not the number of a device");
    }
    void wrong_fields_are_named() {
        QFETCH(QString, text);
        QFETCH(QString, field);
        QFETCH(QString, complaint);
        const QString name = field.isEmpty() ? "linux.resources" : "linux.resources." + field;
        const std::string expected = QString("\"%1\" %2").arg(name, complaint).toStdString();
        const auto resources = parse_resources(json(text.toUtf8().constData()), "config.json");
        QVERIFY(!resources);
        QCOMPARE(resources.error().kind, ErrorKind::corrupt);
        QVERIFY2(resources.error().message().find(expected) != std::string::npos, resources.error().message().c_str());
    }
};

ISOLAB_TEST(ResourcesJsonTest)
#include "resources_json_test.moc"
