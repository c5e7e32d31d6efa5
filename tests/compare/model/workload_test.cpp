// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/model/phase_timeline.h"
#include "compare/model/workload.h"
#include "engine/base/json.h"
#include "tests/support/places.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <set>

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

class WorkloadTest : public QObject {
    Q_OBJECT
  private slots:
    void the_catalogue_is_valid() {
        const auto all = load_workloads(source_file("resources/workloads"));
        VERIFY_OK(all);
        QVERIFY(all->size() >= 5);
        for (const Workload& workload : *all)
            QVERIFY(validate_workload(workload, 1, 1ULL << 30U));
    }
    void lists_show_what_people_compare() {
        const auto all = load_workloads(source_file("resources/workloads"));
        VERIFY_OK(all);
        std::vector<std::string> ids;
        for (const Workload& workload : listed_workloads(*all))
            ids.push_back(workload.id);
        QCOMPARE(ids, (std::vector<std::string>{"compute", "hello", "http", "nginx", "redis"}));
        std::set<std::string> hidden;
        for (const Workload& workload : *all)
            if (workload.hidden)
                hidden.insert(workload.id);
        for (const char* tool : {"performance", "victim", "burn-cpu", "burn-memory", "burn-disk", "burn-forks", "hold",
                                 "probe", "limit-memory", "limit-cpu", "limit-processes"})
            QVERIFY2(hidden.contains(tool), tool);
    }
    void hidden_is_true_or_false() {
        Json document{{"schema", "isolab.workload/1"}, {"id", "a"}, {"image", "b"}};
        QVERIFY(!parse_workload(document, "x.json")->hidden);
        document["hidden"] = true;
        QVERIFY(parse_workload(document, "x.json")->hidden);
        document["hidden"] = "yes";
        const auto parsed = parse_workload(document, "x.json");
        QVERIFY(!parsed && parsed.error().message().find("\"hidden\"") != std::string::npos);
    }
    void unknown_fields_are_errors() {
        const auto parsed =
            parse_workload({{"schema", "isolab.workload/1"}, {"id", "a"}, {"image", "b"}, {"cpu", 1}}, "x.json");
        QVERIFY(!parsed && parsed.error().message().find("\"cpu\"") != std::string::npos);
    }
    void readiness_round_trips() {
        for (const char* text : {"exit", "log:ready.*now", "tcp:6379", "http:80/", "http:8080/a?b"})
            QCOMPARE(Readiness::parse(text)->text(), std::string(text));
        for (const char* text : {"", "tcp:0", "tcp:65536", "log:(", "log:", "http:x/", "udp:1", "log:(a)\\1"})
            QVERIFY(!Readiness::parse(text));
    }
    void spans_follow_each_other() {
        PhaseTimeline timeline(Nanoseconds{100});
        timeline.add({Phase::prepare, Nanoseconds{110}, Nanoseconds{4}});
        timeline.add({Phase::create, Nanoseconds{105}, Nanoseconds{5}});
        timeline.add({Phase::exec, Nanoseconds{130}, std::nullopt});
        timeline.begin_stop(Nanoseconds{200}, Nanoseconds{9});
        timeline.add({Phase::stop, Nanoseconds{220}, Nanoseconds{12}});
        const auto spans = timeline.spans();
        QCOMPARE(spans.size(), phase_count);
        QCOMPARE(spans[1].duration, Nanoseconds{0});
        QVERIFY(!spans[2].measured);
        QCOMPARE(spans[5].start, Nanoseconds{10});
        QCOMPARE(spans[5].duration, Nanoseconds{20});
        QVERIFY(!spans[5].cpu);
        QCOMPARE(spans[7].start, Nanoseconds{100});
        QCOMPARE(*spans[7].cpu, Nanoseconds{3});
    }
};

ISOLAB_TEST(WorkloadTest)
#include "workload_test.moc"
