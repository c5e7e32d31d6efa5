// SPDX-License-Identifier: GPL-3.0-or-later
//
// Comparisons of any number of worlds.
#include <algorithm>
#include <set>

#include "compare/model/runner_observer.h"
#include "compare/report/report.h"
#include "compare/run/runner.h"
#include "engine/base/json.h"
#include "tests/support/fake_backend.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

class WorldsTest : public QObject {
    Q_OBJECT
    RunnerObserver nobody_;

    static FakeScript script_of(const char* world, bool emulated = false) {
        FakeScript script;
        script.side = world;
        script.exit = ExitStatus{};
        script.contract.push_back({"kernel", emulated ? "6.1" : "6.18"});
        if (emulated)
            script.marks = {"tcg"};
        return script;
    }
    static ComparisonPlan plan_of(std::vector<std::string> sides) {
        ComparisonPlan plan;
        plan.workload.id = plan.workload.image = "hello";
        plan.workload.readiness = *Readiness::parse("exit");
        plan.workload.deadline = std::chrono::seconds(60);
        plan.sides = std::move(sides);
        plan.runs = 3;
        plan.seed = 7;
        return plan;
    }
    Result<ComparisonResult> run(const ComparisonPlan& plan) {
        FakeBackend native(script_of("native"));
        FakeBackend container(script_of("container"));
        FakeScript broken = script_of("runc");
        broken.deploy_error = Error{ErrorKind::unavailable, "start", "runc", "it is not installed", "Install runc"};
        FakeBackend runc(broken);
        FakeBackend vm(script_of("vm", true));
        FakeBackend standard(script_of("vm-standard", true));
        return Runner({&native, &container, &runc, &vm, &standard}, nullptr).run(plan, nobody_, {});
    }

  private slots:
    void each_known_world_is_told_apart() {
        std::set<std::string> ids;
        std::set<std::string> colours;
        for (const World& world : known_worlds()) {
            ids.insert(world.id);
            colours.insert(world.colour);
            QVERIFY(english(world.title) != world.id || fact_text("world." + world.id) != nullptr);
            QVERIFY2(fact_text(world.meaning.id) != nullptr, world.id.c_str());
            const bool boots = std::ranges::find(world.phases, Phase::kernel) != world.phases.end();
            QCOMPARE(boots, world.id.starts_with("vm"));
        }
        QCOMPARE(ids.size(), known_worlds().size());
        QCOMPARE(colours.size(), known_worlds().size());
        QCOMPARE(world_of_id("of tomorrow").phases.size(), phase_count);
    }
    void ratios_are_those_over_the_first_and_those_asked_for() {
        ComparisonPlan plan = plan_of({"native", "container", "vm", "vm-standard"});
        plan.ratios = {{"vm-standard", "vm"}, {"vm", "native"}, {"vm", "container"}};
        const auto result = run(plan);
        VERIFY_OK(result);
        QVERIFY(result->complete);
        std::vector<RatioPair> seen;
        for (const MetricRatio& ratio : result->ratios)
            if (ratio.id == "ready")
                seen.push_back(ratio.pair);
        const std::vector<RatioPair> wanted{{"container", "native"},
                                            {"vm", "native"},
                                            {"vm-standard", "native"},
                                            {"vm", "container"},
                                            {"vm-standard", "vm"}};
        QVERIFY(seen == wanted);
        const double of = result->find_metric("vm-standard", "ready")->summary.median;
        const double to = result->find_metric("vm", "ready")->summary.median;
        QCOMPARE(result->find_ratio("ready", {"vm-standard", "vm"})->summary.ratio, of / to);
        QVERIFY(result->find_ratio("ready", {"vm", "vm-standard"}) == nullptr);
    }
    void a_document_is_read_as_it_was_written() {
        ComparisonPlan plan = plan_of({"native", "vm", "container"});
        plan.ratios = {{"vm", "container"}};
        const auto result = run(plan);
        VERIFY_OK(result);
        const Json document = report_json(*result);
        const auto read = parse_report(document, "document");
        VERIFY_OK(read);
        QVERIFY(report_json(*read) == document);
        QVERIFY(read->find_ratio("ready", {"vm", "container"}) != nullptr);
    }
    void the_ratio_of_an_earlier_document_is_the_last_over_the_first() {
        const auto result = run(plan_of({"container", "vm"}));
        VERIFY_OK(result);
        Json document = report_json(*result);
        document["plan"].erase("ratios");
        for (Json& ratio : document["ratios"]) {
            ratio.erase("of");
            ratio.erase("to");
        }
        const auto read = parse_report(document, "document");
        VERIFY_OK(read);
        QVERIFY(read->find_ratio("ready", {"vm", "container"}) != nullptr);
        document["plan"]["sides"] = Json::array();
        QVERIFY(!parse_report(document, "document"));
    }
    void ratios_that_say_nothing_are_refused() {
        for (const auto& pair : {RatioPair{"vm", "crun"}, RatioPair{"crun", "vm"}, RatioPair{"vm", "vm"}}) {
            ComparisonPlan plan = plan_of({"container", "vm"});
            plan.ratios = {pair};
            const auto result = run(plan);
            QVERIFY(!result);
            QCOMPARE(result.error().kind, ErrorKind::invalid_argument);
        }
        const auto unknown = run(plan_of({"container", "xen"}));
        QVERIFY(!unknown && unknown.error().remedy.find("vm-standard") != std::string::npos);
    }
    void a_world_that_fails_keeps_all_others() {
        const auto result = run(plan_of({"container", "runc", "vm"}));
        VERIFY_OK(result);
        QVERIFY(!result->complete);
        QVERIFY(result->find_side("runc")->error.has_value());
        QCOMPARE(result->find_metric("vm", "ready")->summary.n, std::size_t{3});
        QVERIFY(result->find_ratio("ready", {"vm", "container"}) != nullptr);
        QVERIFY(result->find_ratio("ready", {"runc", "container"}) == nullptr);
        const std::string table = report_table(*result, {});
        QVERIFY2(table.find("it is not installed") != std::string::npos, table.c_str());
    }
    void a_table_has_a_row_for_each_of_many_worlds() {
        ComparisonPlan plan = plan_of({"native", "container", "vm", "vm-standard"});
        plan.ratios = {{"vm", "container"}};
        const auto result = run(plan);
        VERIFY_OK(result);
        const std::string table = report_table(*result, {});
        for (const char* text :
             {"\n  Host  ", "\n  Container  ", "\n  Virtual machine TCG  ", "\n  Standard machine TCG  ",
              "\n  Virtual machine / Container  ", "Host, Container: 6.18", "Virtual machine, Standard machine: 6.1\n",
              "! Virtual machine, Standard machine: TCG, software emulation"})
            QVERIFY2(table.find(text) != std::string::npos, (std::string(text) + " in\n" + table).c_str());
        QVERIFY(report_table(*result, {.colour = true}).find("\x1b[38;2;0;158;115m") != std::string::npos);
    }
};

ISOLAB_TEST(WorldsTest)
#include "worlds_test.moc"
