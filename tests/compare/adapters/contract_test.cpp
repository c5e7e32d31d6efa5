// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/adapters/contract.h"
#include "tests/support/test_main.h"

#include <algorithm>

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
};

ISOLAB_TEST(ContractTest)
#include "contract_test.moc"
