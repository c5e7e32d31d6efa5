// SPDX-License-Identifier: GPL-3.0-or-later
//
// Documents and their HTML.
#include "compare/model/contrast.h"
#include "compare/model/world.h"
#include "compare/report/document.h"
#include "compare/report/document_json.h"
#include "compare/report/html_report.h"
#include "engine/base/json.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QtTest>

#include <algorithm>
#include <limits>
#include <memory>
#include <set>

using namespace isolab;

namespace {

ComparisonResult comparison_of(const char* title, const std::string& machine = "vm") {
    ComparisonResult result;
    result.id = "20260101-000000-aaaa";
    result.plan.workload.id = "http";
    result.plan.workload.title = title;
    result.plan.sides = {"container", machine};
    result.plan.seed = 7;
    result.sides = {{.side = "container", .title = "Container"}, {.side = machine, .title = "VM", .marks = {"tcg"}}};
    for (unsigned i = 0; i < 5; ++i)
        for (const std::string& side : result.plan.sides) {
            RunResult run;
            run.side = side;
            run.index = i;
            run.ready = std::chrono::milliseconds((run.side == machine ? 1200 : 7) + i);
            run.disk = DiskUse{300, 200, 150, 50};
            result.runs.push_back(run);
        }
    result.contract = {{"kernel", {{"container", "6.18"}, {"vm", "6.1 <img src=x>"}}, true}};
    summarise_comparison(result);
    return result;
}

SuiteResult suite_of(const char* title) {
    SuiteResult suite;
    suite.id = "20260101-000000-ffff";
    suite.title = Fact::said("suite.textbook");
    ExperimentResult start;
    start.id = "20260101-000000-eeee";
    start.experiment.id = "start";
    start.experiment.title = title;
    start.experiment.claim = "start";
    start.experiment.workloads = {"http"};
    start.experiment.worlds = {"container", "vm", "youki"};
    start.cells = {
        {cells_of(start.experiment).front(), std::make_shared<const ComparisonResult>(comparison_of("web"))}};
    start.absent = {{"youki", Error{ErrorKind::unavailable, "use", "youki", "it is not installed", ""}}};
    suite.experiments.push_back(start);
    return suite;
}

/// As it arrives where it is read.
Json json_again(const Json& json) { return Json::parse(json.dump()); }

std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
        ++count;
    return count;
}

} // namespace

class DocumentTest : public QObject {
    Q_OBJECT

  private slots:
    void a_suite_is_the_books_table_and_all_behind_it() {
        const std::string html = html_report(suite_document(suite_of("Start"), english_speech()));
        QVERIFY(html.find("minutes / seconds") != std::string::npos);
        QVERIFY(html.find("Virtual machine 1") != std::string::npos); // its ratio
        QVERIFY(html.find("（从开机到运行项目）几分钟") != std::string::npos);
        QVERIFY(html.find("youki: not measured here, because it is not installed") != std::string::npos);
        QCOMPARE(count_of(html, "<svg"), std::size_t{1});
        QCOMPARE(count_of(html, "<circle"), std::size_t{10}); // each run
        QVERIFY(html.find("1.20 s TCG") != std::string::npos);
    }
    void it_needs_no_other_file_and_runs_nothing() {
        const std::string html = html_report(comparison_document(comparison_of("web"), english_speech()));
        for (const char* part : {"<script", "<link", "href=\"http", "@import", "url("})
            QVERIFY2(html.find(part) == std::string::npos, part);
        QVERIFY(html.find("prefers-color-scheme: dark") != std::string::npos);
        QVERIFY(html.find("@media print") != std::string::npos);
    }
    void what_comes_from_images_is_escaped() {
        const char* hostile = "<script>alert(1)</script>\" onload=\"x";
        const std::string html = html_report(comparison_document(comparison_of(hostile), english_speech())) +
                                 html_report(suite_document(suite_of(hostile), english_speech()));
        QVERIFY(html.find("<script") == std::string::npos);
        QVERIFY(html.find("<img") == std::string::npos);
        QVERIFY(html.find("\" onload=\"") == std::string::npos);
        QVERIFY(html.find("&lt;script&gt;") != std::string::npos);
    }
    void it_speaks_the_language_it_is_given() {
        const Speech speech{"zh", [](const Fact& fact) { return "«" + english(fact) + "»"; }};
        const std::string html = html_report(suite_document(suite_of("Start"), speech));
        QVERIFY(html.find("<html lang=\"zh\">") != std::string::npos);
        QVERIFY(html.find("«measured here»") != std::string::npos);
    }
    void every_statement_is_known_in_chinese() {
        std::set<std::string_view> known;
        for (const Translation& one : chinese_texts())
            if (one.context == "Facts")
                known.insert(one.source);
        for (const std::string& id : fact_ids())
            QVERIFY2(known.contains(fact_text(id)), fact_text(id));
    }
    void a_chinese_document_keeps_names_and_figures() {
        const std::string html = html_report(suite_document(suite_of("Web server"), chinese_speech()));
        QVERIFY(html.find("<html lang=\"zh\">") != std::string::npos);
        QVERIFY(html.find("<h2 id=\"20260101-000000-eeee\">网页服务器</h2>") != std::string::npos); // of the catalogue
        QVERIFY(html.find("本机实测") != std::string::npos && html.find("measured here") == std::string::npos);
        QVERIFY(html.find("1.20 s TCG") != std::string::npos);
        QVERIFY(html.find("youki：本机未测，原因：未安装。") != std::string::npos);
        const Speech speech = chinese_speech();
        QCOMPARE(speech.say(Fact::said("row.ratio", {"%2", "2×"})), std::string("%2 2×（ – ）")); // not filled again
        QCOMPARE(speech.say(Fact("a text that nobody translated")), std::string("a text that nobody translated"));
        QVERIFY(!speech_in("fr") && speech_in("fr").error().kind == ErrorKind::invalid_argument);
    }
    void a_document_comes_back_from_json_as_it_was() {
        Document document = suite_document(suite_of("Start \"quoted\""), chinese_speech());
        const Json json = document_json(document);
        const auto again = parse_document(json_again(json), "a document");
        VERIFY_OK(again);
        QCOMPARE(document_json(*again).dump(), json.dump());
        QCOMPARE(html_report(*again), html_report(document));
        document.title = "\xff";
        document.blocks[0].figure.shapes = {{.x = std::numeric_limits<double>::quiet_NaN()}};
        document.blocks[0].kind = DocumentBlock::Kind::figure;
        VERIFY_OK(parse_document(json_again(document_json(document)), "a document"));
    }
    void what_is_no_document_is_refused() {
        const Json json = document_json(comparison_document(comparison_of("web"), english_speech()));
        for (const char* key : {"schema", "title", "language", "blocks"}) {
            Json poor = json;
            poor.erase(key);
            const auto read = parse_document(poor, "standard input");
            QVERIFY2(!read && read.error().kind == ErrorKind::corrupt, key);
        }
        Json strange = json;
        strange["schema"] = "isolab.document/2";
        QVERIFY(!parse_document(strange, "standard input"));
        strange = json;
        strange["blocks"][0]["kind"] = "film";
        QVERIFY(parse_document(strange, "standard input").error().message().find("kind") != std::string::npos);
        QVERIFY(!parse_document(Json::array(), "standard input"));
    }
    void worlds_keep_their_colours() {
        const std::string html = html_report(comparison_document(comparison_of("web"), english_speech()));
        QVERIFY(html.find("--world-container: #0072B2") != std::string::npos);
        QVERIFY(html.find("--world-vm: #F0884A") != std::string::npos); // on dark paper
    }
    void names_of_worlds_can_be_read_on_both_papers() {
        for (const World& world : known_worlds())
            for (const auto& [colour, paper] :
                 {std::pair(world.colour, "#FFFFFF"), std::pair(world.dark_colour, "#14171B")})
                QVERIFY2(contrast(readable_on(colour, paper), paper) >= 4.5, world.id.c_str());
        QVERIFY(contrast("#F0E442", "#FFFFFF") < 1.5);
        QVERIFY(std::abs(contrast("#FFFFFF", "#000000") - 21) < 0.01);
        QVERIFY(std::abs(contrast("#777777", "#FFFFFF") - 4.48) < 0.01);
        QCOMPARE(readable_on("#0072B2", "#FFFFFF"), std::string("#0072B2")); // it is dark enough
        const std::string html = html_report(comparison_document(comparison_of("web", "vm-full"), english_speech()));
        QVERIFY(html.find("color: var(--text-vm-full)") != std::string::npos);
        QVERIFY(html.find("--text-vm-full: " + readable_on("#F0E442", "#FFFFFF")) != std::string::npos);
        QVERIFY(html.find("--text-vm-full: #F0E442") != std::string::npos); // bright on dark paper
        QVERIFY(html.find("color: var(--world-") == std::string::npos);
    }
};

ISOLAB_TEST(DocumentTest)
#include "document_test.moc"
