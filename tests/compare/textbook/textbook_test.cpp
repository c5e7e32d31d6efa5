// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/textbook/finding.h"
#include "compare/textbook/row.h"

#include <algorithm>
#include <set>

#include "engine/base/json.h"
#include "tests/support/test_main.h"

#include <QtTest>

using namespace isolab;

namespace {

MetricSummary metric_of(const char* id, const char* unit, double median, std::size_t n) {
    MetricSummary metric{id, unit, {}};
    metric.summary.median = median;
    metric.summary.n = n;
    return metric;
}

SideResult side_of(const char* id, double ready, double disk, std::size_t n) {
    SideResult side;
    side.side = id;
    side.metrics = {metric_of("ready", "ns", ready, n), metric_of("disk.unique", "bytes", disk, n)};
    return side;
}

ComparisonResult result_of(std::size_t n = 10) {
    ComparisonResult result;
    result.plan.sides = {"container", "vm"};
    result.sides = {side_of("container", 10e6, 2e9, n), side_of("vm", 1.2e9, 5e9, n)};
    result.sides[1].marks = {"tcg"};
    result.ratios = {{"ready", {120, 110, 130, 0.001, true}, {"vm", "container"}},
                     {"disk.unique", {2.5, 2, 3, 0.4, false}, {"vm", "container"}}};
    result.contract = {{"kernel", {{"container", "6.18"}, {"vm", "6.1"}}, true}};
    return result;
}

Finding finding_of(const ComparisonResult& result, const std::string& claim) {
    for (Finding& finding : textbook_findings(result))
        if (finding.claim->id == claim)
            return finding;
    return {};
}

std::string details_of(const Finding& finding) {
    std::string text;
    for (const Fact& detail : finding.details)
        text += english(detail) + "\n";
    return text;
}

} // namespace

class TextbookTest : public QObject {
    Q_OBJECT
  private slots:
    void each_claim_has_its_sentences() {
        std::set<std::string> ids;
        for (const Claim& claim : textbook_claims()) {
            ids.insert(claim.id);
            QVERIFY(fact_text(claim.subject.id) != nullptr && fact_text(claim.words.id) != nullptr);
            QVERIFY(!claim.machine_sentence.empty() && !claim.container_sentence.empty());
            for (const auto& range : {claim.machine, claim.container})
                QVERIFY(!range || range->low < range->high);
        }
        QCOMPARE(ids.size(), textbook_claims().size());
    }
    void a_claim_that_is_none_is_told() {
        QVERIFY(check_claim("", "a.json"));
        QVERIFY(check_claim("interference", "a.json"));
        const auto wrong = check_claim("strat", "a.json");
        QVERIFY(!wrong);
        const std::string told = wrong.error().message();
        QVERIFY2(told.find("a.json: $.claim is \"strat\"") != std::string::npos &&
                     told.find("start, ") != std::string::npos,
                 told.c_str());
    }
    void a_ratio_stands_beside_the_words() {
        const Finding start = finding_of(result_of(), "start");
        QCOMPARE(english(start.measured), std::string("120×"));
        QVERIFY(start.ratio && start.ratio->low == 110 && start.emulated && start.doubt.empty());
        QCOMPARE(details_of(start),
                 std::string("Virtual machine 1.20 s, Container 10.0 ms (medians of 10 and 10 runs).\n"
                             "The difference is distinguishable (permutation test, p = 0.001).\n"
                             "Virtual machine: 1.20 s, less than the book says.\n"
                             "Container: 10.0 ms, less than the book says.\n"));
    }
    void figures_are_held_against_the_sizes_of_the_book() {
        const std::string text = details_of(finding_of(result_of(), "disk"));
        QVERIFY2(text.find("Virtual machine: 5.00 GB, as the book says.") != std::string::npos, text.c_str());
        QVERIFY2(text.find("Container: 2.00 GB, more than the book says.") != std::string::npos, text.c_str());
    }
    void doubt_is_said() {
        QCOMPARE(english(finding_of(result_of(), "disk").doubt), std::string("not distinguishable"));
        QCOMPARE(english(finding_of(result_of(3), "start").doubt), std::string("too few runs yet"));
    }
    void what_was_not_measured_stays_empty() {
        const ComparisonResult result = result_of();
        for (const char* claim : {"memory", "cpu", "deployment"})
            QVERIFY2(finding_of(result, claim).measured.empty(), claim);
        ComparisonResult alone = result;
        alone.plan.sides = {"vm"};
        for (const Finding& finding : textbook_findings(alone))
            QVERIFY(finding.measured.empty());
    }
    void the_order_of_the_sides_does_not_matter() {
        ComparisonResult result = result_of();
        std::ranges::reverse(result.plan.sides);
        std::ranges::reverse(result.sides);
        result.ratios = {{"ready", {1 / 120.0, 1 / 130.0, 1 / 110.0, 0.001, true}, {"container", "vm"}}};
        const Finding start = finding_of(result, "start");
        QCOMPARE(english(start.measured), std::string("120×"));
        QCOMPARE(english(Fact::quantity(start.ratio->high, "ratio")), std::string("130×"));
        result.ratios[0].summary = {0, 0, 0, 1, false};
        QVERIFY(finding_of(result, "start").measured.empty());
    }
    void of_many_worlds_the_container_and_the_first_machine_count() {
        ComparisonPlan plan;
        plan.sides = {"native", "crun", "vm-standard", "vm", "container"};
        QVERIFY(machine_over_container(plan) == (RatioPair{"vm-standard", "container"}));
        plan.sides = {"vm", "native"};
        QVERIFY(machine_over_container(plan) == (RatioPair{"vm", "native"}));
        plan.sides = {"native", "container"};
        QVERIFY(!machine_over_container(plan));
    }
    void a_first_deployment_is_what_was_not_there_already() {
        ComparisonResult result = result_of();
        result.sides[0].deployment = {{"unpack-layers", "unpack layers", Nanoseconds(50'000), true}};
        result.sides[1].deployment = {{"open-hypervisor", "open", std::chrono::seconds(9), false},
                                      {"unpack-layers", "unpack layers", Nanoseconds(50'000), true},
                                      {"build-disk", "build base disk", std::chrono::milliseconds(30), false}};
        QCOMPARE(english(finding_of(result, "deployment").measured), std::string("30.0 ms / there already"));
        result.sides[1].deployment.back().cached = true;
        QVERIFY(finding_of(result, "deployment").measured.empty());
        QVERIFY(details_of(finding_of(result, "deployment")).find("done once") != std::string::npos);
    }
    void kernels_are_compared() {
        ComparisonResult result = result_of();
        QCOMPARE(english(finding_of(result, "kernel").measured), std::string("own"));
        result.contract[0].values["vm"] = "6.18";
        QCOMPARE(english(finding_of(result, "kernel").measured), std::string("same release"));
    }
    void programs_of_other_processors_are_told_world_by_world() {
        ExperimentResult result;
        result.experiment.id = result.experiment.claim = "kernel";
        result.experiment.method = Method::probe;
        result.cells.resize(1);
        const auto add = [&](const char* world, const char* release, const Json& programs) {
            Observation observation;
            observation.world = world;
            observation.evidence = share({{"report", {{"uname", {{"release", release}}}, {"programs", programs}}}});
            result.observations.push_back(std::move(observation));
        };
        const Json runs{{"works", true}};
        const Json fails{{"works", false}, {"error", "Exec format error"}};
        add("container", "6.18", {{"x86_64", runs}, {"aarch64", fails}});
        add("vm", "6.1", {{"x86_64", runs}, {"aarch64", "<script>"}});
        const BookRow row = book_rows(result).front();
        QCOMPARE(english(row.measured), std::string("Container 6.18, Virtual machine 6.1"));
        QCOMPARE(row.evidence.size(), std::size_t{2});
        QCOMPARE(english(row.evidence[0]),
                 std::string("Programs for x86_64: Container runs them, Virtual machine runs them."));
        QCOMPARE(english(row.evidence[1]), std::string("Programs for aarch64: Container does not (Exec format error), "
                                                       "Virtual machine does not ()."));
    }
};

ISOLAB_TEST(TextbookTest)
#include "textbook_test.moc"
