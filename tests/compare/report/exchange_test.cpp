// SPDX-License-Identifier: GPL-3.0-or-later
//
// Results in files: their hash, what is left out of them, and what a history takes in.
#include "compare/history/history.h"
#include "compare/report/document_check.h"
#include "compare/report/experiment_json.h"
#include "compare/report/export_json.h"
#include "compare/report/privacy.h"
#include "compare/report/report.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

ComparisonResult measured_comparison(const std::string& id) {
    ComparisonResult result;
    result.id = id;
    result.started_at = std::chrono::seconds(1'700'000'000);
    result.finished_at = std::chrono::seconds(1'700'000'060);
    result.plan.workload.id = result.plan.workload.image = "hello";
    result.plan.sides = {"container", "vm"};
    result.plan.seed = 7;
    result.sides = {{.side = "container", .title = "Container"}, {.side = "vm", .title = "Virtual machine"}};
    for (unsigned index = 0; index < 3; ++index)
        for (const char* side : {"container", "vm"}) {
            RunResult run;
            run.side = side;
            run.index = index;
            run.ready = std::chrono::milliseconds(12 + index);
            run.work = {{"compute", 1e6 / (index + 3.0)}};
            run.output = "caf\xc3\xa9 \x01 \xff";
            run.load = share({{"before", {{"load1", 0.1}}}, {"after", {{"load1", 0.30000000000000004}}}});
            result.runs.push_back(run);
        }
    result.environment = share({{"kernel", "6.1.0"}, {"versions", {{"isolab", "0.1.0"}}}});
    result.complete = true;
    summarise_comparison(result);
    return result;
}

ExperimentResult measured_experiment(const std::string& id) {
    ExperimentResult result;
    result.id = id;
    result.started_at = std::chrono::seconds(1'700'000'100);
    result.finished_at = std::chrono::seconds(1'700'000'200);
    result.experiment.id = "trial";
    result.experiment.title = "Trial";
    result.experiment.workloads = {"hello"};
    result.experiment.worlds = {"container", "vm"};
    result.experiment.factors.cold = {false, true};
    for (Cell& cell : cells_of(result.experiment))
        result.cells.push_back({cell, nullptr});
    ComparisonResult part = measured_comparison(id + "-part");
    part.plan.part_of = PartOf{id, 1};
    result.cells[1].comparison = std::make_shared<const ComparisonResult>(part);
    Observation observation;
    observation.world = "vm";
    observation.figures = {{"start", 1e6}};
    observation.evidence = share({{"seen", {1, 2.5, nullptr}}});
    result.observations.push_back(observation);
    result.complete = true;
    return result;
}

SuiteResult measured_suite(const std::string& id) {
    SuiteResult suite;
    suite.id = id;
    suite.suite = "textbook";
    suite.title = Fact::said("suite.textbook");
    suite.started_at = std::chrono::seconds(1'700'000'000);
    suite.finished_at = std::chrono::seconds(1'700'000'300);
    ExperimentResult part = measured_experiment(id + "-exp");
    part.part_of = id;
    suite.experiments.push_back(part);
    suite.complete = true;
    return suite;
}

/// One of each kind.
std::vector<PortableResult> all_kinds() {
    return {{measured_comparison("20260101-000000-aaaa"), "far-away", {{"paper"}, "a note"}, {}},
            {measured_experiment("20260101-000001-bbbb"),
             "far-away",
             {},
             {{"20260101-000001-bbbb-part", {{"odd"}, "look at this"}}}},
            {measured_suite("20260101-000002-cccc"), "", {}, {}}};
}

Json written_and_read(const Json& document) {
    return Json::parse(document.dump(1, ' ', false, Json::error_handler_t::replace));
}

HostIdentity somebody() {
    HostIdentity host;
    host.names = {"Laptop-17.example.org"};
    host.users = {"erika"};
    host.numbers = {"52:54:00:ab:cd:ef", "3d1219c7c4c5404aaa1f6d2a48adfda4", "SN-99XY81"};
    host.homes = {"/srv/people/erika"};
    host.data_folder = "/srv/people/erika/isolab data";
    return host;
}

} // namespace

class ExchangeTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;

    std::unique_ptr<History> open(const char* name) const {
        return std::move(History::open(scratch_.path().toStdString() + "/" + name).value());
    }
    static std::size_t count(const HistoryReader& history) {
        HistoryFilter all;
        all.with_parts = true;
        return history.list(all)->size();
    }

  private slots:
    void the_hash_follows_its_rule() {
        // printf '{"a":[1,2.5,null],"b":{"x":"é","y":true}}' | sha256sum
        const char* expected = "daaf89ae12c0b21f375cd8271d26a14e4446818cc62374b73be7cff0017cea1a";
        const Json one = Json::parse(R"({"b": {"y": true, "x": "é"}, "a": [1, 2.5, null]})");
        QCOMPARE(QString::fromStdString(content_sha256(one)), QString(expected));
        const Json document = sealed(one);
        QCOMPARE(document["sha256"].get<std::string>(), content_sha256(one));
        QCOMPARE(content_sha256(document), content_sha256(one));
        QCOMPARE(sealed(document).dump(), document.dump());
    }

    void a_sealed_document_is_read_and_a_changed_one_is_not() {
        const ComparisonResult result = measured_comparison("20260101-000000-aaaa");
        Json document = written_and_read(sealed(report_json(result)));
        const auto read = parse_report(document, "r");
        VERIFY_OK(read);
        QCOMPARE(report_json(*read).dump(), report_json(result).dump());
        document["complete"] = false;
        const auto changed = parse_report(document, "r");
        QVERIFY(!changed && changed.error().kind == ErrorKind::corrupt);
        QVERIFY(changed.error().message().find("changed after it was written") != std::string::npos);
        document.erase("sha256");
        VERIFY_OK(parse_report(document, "r"));
        document["schema"] = "isolab.comparison/2";
        QVERIFY(parse_report(document, "r").error().kind == ErrorKind::unsupported);
        document["schema"] = "something/2";
        QVERIFY(parse_report(document, "r").error().kind == ErrorKind::corrupt);
    }

    void results_of_all_kinds_come_over_and_go_on_unchanged() {
        const Json first = written_and_read(export_json(all_kinds()));
        const auto read = parse_export(first, "file");
        VERIFY_OK(read);
        const auto history = open("all.sqlite");
        const auto outcomes = history->import_results(*read);
        VERIFY_OK(outcomes);
        QVERIFY(std::ranges::all_of(*outcomes, &ImportOutcome::taken));
        QCOMPARE(count(*history), std::size_t{6});
        HistoryFilter all;
        all.with_parts = true;
        const auto entries = history->list(all);
        VERIFY_OK(entries);
        for (const HistoryEntry& entry : *entries)
            QCOMPARE(entry.origin, std::string(entry.id.find("cccc") == std::string::npos ? "far-away" : "unknown"));
        std::vector<PortableResult> again;
        for (const char* id : {"20260101-000000", "20260101-000001-bbbb", "20260101-000002-cccc"})
            again.push_back(std::move(portable_result(*history, id, "this-host").value()));
        QCOMPARE(again[2].origin, std::string("unknown"));
        again[2].origin.clear();
        QCOMPARE(written_and_read(export_json(again)).dump(), first.dump());
        const auto twice = history->import_results(*read);
        VERIFY_OK(twice);
        QVERIFY(std::ranges::none_of(*twice, &ImportOutcome::taken));
        QVERIFY(!portable_result(*history, "20260101-000001-bbbb-part", "this-host"));
    }

    void what_was_made_here_names_this_host() {
        const auto history = open("here.sqlite");
        ComparisonResult result = measured_comparison("20260101-000000-aaaa");
        VERIFY_OK(history->begin(result));
        QCOMPARE(portable_result(*history, result.id, "this-host")->origin, std::string("this-host"));
    }

    void another_content_stops_all_of_it() {
        const auto history = open("clash.sqlite");
        ComparisonResult other = measured_comparison("20260101-000001-bbbb-part");
        VERIFY_OK(history->begin(other));
        const auto taken = history->import_results(all_kinds());
        QVERIFY(!taken && taken.error().kind == ErrorKind::already_exists);
        QCOMPARE(count(*history), std::size_t{1});
        std::vector<PortableResult> changed = all_kinds();
        changed.resize(1);
        VERIFY_OK(history->import_results(changed));
        std::get<ComparisonResult>(changed[0].result).plan.runs = 99;
        QVERIFY(history->import_results(changed).error().kind == ErrorKind::already_exists);
        changed[0] = {measured_comparison("20260101-000009-dddd"), "", {{"two words"}, ""}, {}};
        QVERIFY(history->import_results(changed).error().kind == ErrorKind::invalid_argument);
        QCOMPARE(count(*history), std::size_t{2});
    }

    void a_damaged_file_is_refused_as_a_whole_data() {
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("cause");
        const char* changed = "changed after it was written";
        QTest::newRow("figure") << "/results/0/document/sides/0/metrics/0/median"
                                << "1.0" << changed;
        QTest::newRow("inner figure") << "/results/2/document/experiments/0/observations/0/figures/start"
                                      << "1.0" << changed;
        QTest::newRow("no hash") << "/results/1/document/sha256"
                                 << "null"
                                 << "";
        QTest::newRow("wrong hash") << "/results/1/document/sha256"
                                    << "\"00\"" << changed;
        QTest::newRow("id") << "/results/0/id"
                            << "\"20260101-000000-ffff\""
                            << "another result";
        QTest::newRow("schema") << "/schema"
                                << "\"isolab.export/2\""
                                << "knows up to";
        QTest::newRow("no list") << "/results"
                                 << "7"
                                 << "no list";
        QTest::newRow("tags") << "/results/0/tags"
                              << "7"
                              << "";
        QTest::newRow("document") << "/results/0/document"
                                  << "[]"
                                  << "";
        QTest::newRow("result") << "/results/0"
                                << "\"x\""
                                << "";
    }
    void a_damaged_file_is_refused_as_a_whole() {
        QFETCH(QString, pointer);
        QFETCH(QString, value);
        QFETCH(QString, cause);
        Json document = written_and_read(export_json(all_kinds()));
        VERIFY_OK(parse_export(document, "file"));
        document[Json::json_pointer(pointer.toStdString())] = Json::parse(value.toStdString());
        const auto read = parse_export(document, "file");
        QVERIFY(!read);
        QVERIFY2(read.error().message().find(cause.toStdString()) != std::string::npos, read.error().message().c_str());
    }

    void parts_and_ids_must_belong_together() {
        std::vector<PortableResult> results{
            {*measured_experiment("20260101-000001-bbbb").cells[1].comparison, "", {}, {}}};
        QVERIFY(!parse_export(export_json(results), "file"));
        results = {{measured_comparison("20260101-a"), "", {}, {}}, {measured_comparison("20260101-a"), "", {}, {}}};
        QVERIFY(!parse_export(export_json(results), "file"));
        results = {{measured_comparison("\x1b[31m"), "", {}, {}}};
        const auto read = parse_export(export_json(results), "file");
        QVERIFY(!read && read.error().message().find('\x1b') == std::string::npos);
    }

    void nothing_that_identifies_survives() {
        ComparisonResult result = measured_comparison("20260101-000000-aaaa");
        result.plan.workload.env = {"HOME=/root", "X=/home/erika/.config:/root/x", "Y=/roots /srv/people/erika"};
        result.plan.workload.command = {"ssh", "ERIKA@laptop-17", "laptop-17.example.org:80"};
        result.environment = share({{"uri", "qemu:///embed?root=/srv/people/erika/isolab data/libvirt/0"},
                                    {"deep", {{"list", {"sn-99xy81", "mac 52:54:00:AB:CD:EF.", "0a:1b:2c:3d:4e:5f"}}}},
                                    {"boot", "828292ec-213a-42a8-b5df-eda2b757650b"},
                                    {"machine", "id=3d1219c7c4c5404aaa1f6d2a48adfda4"},
                                    {"digest", std::string(64, 'a')}});
        RunResult run = result.runs[0];
        run.output = "user erika on Laptop-17; erikas work";
        run.error = Error{ErrorKind::system, "open", "/srv/people/erika/isolab data/images/x", "it is gone", ""};
        result.runs.push_back(run);
        PortableResult portable{result, "Laptop-17", {{"erika", "paper"}, "made by Erika at far-away"}, {}};
        const auto hidden = without_identity(portable, somebody());
        VERIFY_OK(hidden);
        const std::string text = QString::fromStdString(export_json({*hidden}).dump()).toLower().toStdString();
        for (const char* secret : {"laptop", "example.org", "/erika", "erika@", "\"erika\"", "by erika", "user erika",
                                   "/srv/people", "/root/", "=/root\"", "/home", "isolab data", "sn-99xy81", "52:54:00",
                                   "0a:1b:2c", "828292ec", "3d1219c7"})
            QVERIFY2(text.find(secret) == std::string::npos, secret);
        for (const char* kept :
             {"/roots", "erikas work", "<host>", "<user>", "<home>/x", "<data>/images/x", "<mac>", "<id>", "\"paper\""})
            QVERIFY2(text.find(kept) != std::string::npos, kept);
        QVERIFY(text.find(std::string(64, 'a')) != std::string::npos);
        VERIFY_OK(parse_export(written_and_read(export_json({*hidden})), "file"));
    }

    void an_origin_is_hidden_as_a_host_is() {
        PortableResult portable = all_kinds()[1];
        portable.words.note = "measured on far-away";
        const auto hidden = without_identity(portable, somebody());
        VERIFY_OK(hidden);
        QVERIFY(export_json({*hidden}).dump().find("far-away") == std::string::npos);
        QVERIFY(hidden->words.note == "measured on <host>");
    }

    void a_host_that_is_called_like_a_world_breaks_nothing() {
        HostIdentity host = somebody();
        host.names = {"vm"};
        host.users = {"container"};
        const ComparisonResult result = measured_comparison("20260101-000000-aaaa");
        const auto hidden = without_identity(result, host);
        VERIFY_OK(hidden);
        QCOMPARE(report_json(*hidden).dump(), report_json(result).dump());
        ComparisonResult waiting = result;
        waiting.plan.workload.readiness = Readiness::parse("log:started").value();
        host.names = {"log"};
        const auto lost = without_identity(waiting, host);
        QVERIFY(!lost && lost.error().kind == ErrorKind::unsupported);
    }
};

ISOLAB_TEST(ExchangeTest)
#include "exchange_test.moc"
