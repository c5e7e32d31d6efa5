// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/adapters/contract.h"
#include "tests/support/test_main.h"

#include <algorithm>
#include <array>
#include <map>

#include <QtTest>

using namespace isolab;

namespace {

std::string value_of(const std::vector<ContractRow>& rows, const std::string& key) {
    const auto row = std::ranges::find(rows, key, &ContractRow::key);
    return row == rows.end() ? "missing" : english(row->value);
}

ImagePlan plan() { return {{"image:latest", Digest::of("image"), {}, {}, 0}, {}}; }

EngineFacts facts(bool enforced) {
    EngineFacts result;
    result.cgroup_mode = enforced ? "v2" : "none";
    result.limits_enforced = enforced;
    result.limits_reason = enforced ? "" : "no cgroup was delegated to this user";
    return result;
}

} // namespace

class ContractTest : public QObject {
    Q_OBJECT
  private slots:
    void enforced_limits_are_equal_to_those_of_a_machine() {
        const auto rows = container_contract(plan(), {}, facts(true), {});
        QCOMPARE(value_of(rows, "cpus"), value_of(common_contract(plan(), {}), "cpus"));
        QCOMPARE(value_of(rows, "memory"), std::string("256 MiB"));
        QVERIFY(container_notices({}, facts(true)).empty());
    }
    void limits_that_are_not_enforced_are_none() {
        const auto rows = container_contract(plan(), {}, facts(false), {});
        QCOMPARE(value_of(rows, "cpus"), std::string("unlimited (asked: 1)"));
        QCOMPARE(value_of(rows, "memory"), std::string("unlimited (asked: 256 MiB)"));
        const auto notices = container_notices({}, facts(false));
        QCOMPARE(notices.size(), std::size_t{2});
        QCOMPARE(notices.back().id, std::string("shared-memory"));
        QVERIFY(english(notices.back().text).find("are missing") != std::string::npos);
        QCOMPARE(notices.front().id, std::string("limits"));
        QVERIFY(english(notices.front().text).find("no cgroup was delegated") != std::string::npos);
        QVERIFY(!notices.front().remedy.empty());
    }
    void native_shows_what_it_shares_with_the_host() {
        const ContainerSide native{world_of_id("native"), native_ingredients()};
        const HostShape host{4, 8U << 20U, 0, 4096};
        const auto whole = container_contract(plan(), {}, facts(true), host);
        const auto rows = container_contract(plan(), {}, facts(true), host, native);
        const std::map<std::string, std::string> shared{
            {"cpus", "unlimited (asked: 1)"},
            {"memory", "unlimited (asked: 256 MiB)"},
            {"network", "the host's"},
            {"hostname", "the host's"},
            {"ipc", "the host's"},
            {"groups_seen", "the host's"},
            {"limits", "none; cgroup v2 only counts"},
            {"cpus_seen", "4, the host's"},
            {"memory_seen", value_of(rows, "memory_seen")},
            {"kernel_settings", "the host's"},
            {"kernel_files", "all that the host's kernel shows, open to root"},
            {"filter", "none; every call of the host's kernel can be tried"},
            {"first_process", "the host's; the workload heeds signals as there"},
            {"processes_seen", "all of the host"},
            {"privileges", "root with every capability"},
        };
        QCOMPARE(rows.size(), whole.size());
        for (const ContractRow& row : whole) {
            const auto expected = shared.find(row.key);
            QVERIFY2((value_of(rows, row.key) == english(row.value)) == (expected == shared.end()), row.key.c_str());
            if (expected != shared.end())
                QCOMPARE(value_of(rows, row.key), expected->second);
        }
    }
    void each_ingredient_changes_its_own_conditions_alone_data() {
        QTest::addColumn<QStringList>("conditions");
        QTest::addColumn<int>("ingredient");
        int at = 0;
        for (const char* conditions :
             {"first_process processes_seen", "network kernel_settings", "hostname", "ipc kernel_settings",
              "groups_seen", "cpus memory limits cpus_seen memory_seen", "filter", "privileges", "kernel_files"})
            QTest::newRow(conditions) << QString(conditions).split(' ') << at++;
    }
    void each_ingredient_changes_its_own_conditions_alone() {
        QFETCH(QStringList, conditions);
        QFETCH(int, ingredient);
        ContainerSide side;
        const std::array members{&Ingredients::pid,     &Ingredients::network,      &Ingredients::uts,
                                 &Ingredients::ipc,     &Ingredients::cgroup,       &Ingredients::limits,
                                 &Ingredients::seccomp, &Ingredients::capabilities, &Ingredients::kernel_files};
        side.ingredients.*members.at(static_cast<std::size_t>(ingredient)) = false;
        const auto rows = container_contract(plan(), {}, facts(true), {}, side);
        for (const ContractRow& row : container_contract(plan(), {}, facts(true), {}))
            QCOMPARE(value_of(rows, row.key) != english(row.value),
                     conditions.contains(QString::fromStdString(row.key)));
    }
    void a_whole_machine_tells_what_it_boots() {
        HypervisorFacts hypervisor;
        hypervisor.kind = MachineKind::full;
        hypervisor.kernel = "of lean machines";
        hypervisor.memory = 384U << 20U;
        const World world = world_of_id("vm-full");
        auto rows = machine_contract(plan(), {}, hypervisor, {});
        MachineImage image;
        image.name = "imported";
        describe_system(rows, {}, hypervisor, {image, DiskFirmware::uefi});
        QCOMPARE(value_of(rows, "kernel"), std::string("the machine image's"));
        QCOMPARE(value_of(rows, "firmware"), std::string("OVMF"));
        QCOMPARE(value_of(rows, "memory"), std::string("384 MiB, the least for a whole system (asked: 256 MiB)"));
        QVERIFY(value_of(rows, "machine").ends_with(", imported"));
        QCOMPARE(machine_notices(world, {}, hypervisor).size(), std::size_t{1});
        hypervisor.memory = 256U << 20U;
        QVERIFY(machine_notices(world, {}, hypervisor).empty());
        rows = machine_contract(plan(), {}, hypervisor, {});
        image.kernel = "6.1.0-50-cloud-amd64";
        image.distribution = "Debian";
        describe_system(rows, {}, hypervisor, {image, DiskFirmware::bios});
        QCOMPARE(value_of(rows, "kernel"), image.kernel);
        QCOMPARE(value_of(rows, "firmware"), std::string("SeaBIOS"));
        QCOMPARE(value_of(rows, "memory"), std::string("256 MiB"));
        QVERIFY(value_of(rows, "machine").ends_with(", imported (Debian)"));
    }
    void limits_that_were_not_wanted_are_not_missed() {
        const auto notices = container_notices({}, facts(false), {world_of_id("native"), native_ingredients()});
        QCOMPARE(notices.size(), std::size_t{1});
        QCOMPARE(notices.front().id, std::string("shared-memory"));
    }
};

ISOLAB_TEST(ContractTest)
#include "contract_test.moc"
