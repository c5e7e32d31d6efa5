// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/jobs/results_controller.h"

#include <atomic>

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include "gui/jobs/comparison_controller.h"
#include "tests/gui/support/fake_source.h"
#include "tests/gui/support/gui_test.h"
#include "tests/gui/support/sample_result.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

struct ResultsFixture {
    test::FakeSource source;
    SessionHost host{source};
    ResultsController results{host, source};
    std::optional<ResultsReport> last;

    ResultsFixture() {
        QObject::connect(&results, &ResultsController::reported,
                         [this](const ResultsReport& report) { last = report; });
        host.open();
    }
    /// What is saved, when nobody reads it.
    std::vector<HistoryEntry>& kept() {
        if (!QTest::qWaitFor([this] { return host.records().idle(); }))
            qFatal("the history is read for ever");
        return source.kept;
    }
    bool listed(std::size_t count) { return results.known() && results.entries().size() == count; }
};

HistoryEntry numbered(std::size_t number) {
    return {"id-" + std::to_string(number), "2026-11-24T20:54:41Z", number % 2 == 0 ? "http" : "hello", 1, true, ""};
}

} // namespace

class ResultsControllerTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void the_newest_filter_wins();
    void a_list_asked_for_too_early_waits_for_the_session();
    void without_a_session_its_error_is_told();
    void the_list_grows_page_by_page();
    void a_list_that_cannot_be_read_is_told();
    void the_list_is_read_again_after_a_measurement();
    void one_result_is_shown_as_its_document();
    void several_are_laid_over_each_other();
    void a_result_that_cannot_be_read_is_told();
    void tags_and_notes_are_written_and_listed();
    void what_is_refused_is_reported();
    void results_are_removed();
    void an_export_can_be_imported_data();
    void an_export_can_be_imported();
    void every_format_is_written();
    void a_file_that_is_none_is_reported();
};

void ResultsControllerTest::the_newest_filter_wins() {
    ResultsFixture fixture;
    std::atomic<int> asked = 0;
    fixture.source.on_list = [&](const HistoryFilter&) -> Result<void> {
        ++asked;
        std::this_thread::sleep_for(50ms);
        return {};
    };
    const QSignalSpy changes(&fixture.results, &ResultsController::changed);
    for (const char* text : {"h", "ht", "htt", "http"}) {
        HistoryFilter filter;
        filter.text = text;
        fixture.results.set_filter(filter);
    }
    VERIFY_SOON(fixture.listed(1));
    QCOMPARE(changes.count(), 1); // answers to older wishes are not delivered
    QVERIFY(asked <= 2);
    QCOMPARE(fixture.results.entries().front().workload, std::string("http"));
}

void ResultsControllerTest::a_list_asked_for_too_early_waits_for_the_session() {
    test::FakeSource source;
    std::atomic<bool> opened = false;
    source.on_list = [&](const HistoryFilter&) -> Result<void> {
        if (!opened)
            return fail(ErrorKind::unavailable, "reach", "the data folder", "it is not open");
        return {};
    };
    source.on_open = [&](const StopToken&) -> Result<std::vector<Workload>> {
        std::this_thread::sleep_for(100ms);
        opened = true;
        return std::vector<Workload>{};
    };
    SessionHost host(source);
    ResultsController results(host, source);
    results.list();
    QVERIFY(!results.known());
    host.open();
    VERIFY_SOON(results.known());
    QVERIFY(!results.error());
}

void ResultsControllerTest::without_a_session_its_error_is_told() {
    test::FakeSource source;
    source.on_open = [](const StopToken&) -> Result<std::vector<Workload>> {
        return fail(ErrorKind::permission_denied, "open", "/data", "it belongs to somebody else");
    };
    SessionHost host(source);
    ResultsController results(host, source);
    results.list();
    host.open();
    VERIFY_SOON(results.known());
    QCOMPARE(results.error()->subject, std::string("/data"));
    source.on_open = nullptr;
    host.open_again();
    VERIFY_SOON(!results.error() && !results.entries().empty());
}

void ResultsControllerTest::the_list_grows_page_by_page() {
    ResultsFixture fixture;
    auto& kept = fixture.kept();
    kept.clear();
    for (std::size_t i = 0; i < 2 * ResultsController::page + 5; ++i)
        kept.push_back(numbered(i));
    fixture.results.list();
    VERIFY_SOON(fixture.listed(ResultsController::page));
    QVERIFY(fixture.results.has_more());
    fixture.results.show_more();
    VERIFY_SOON(fixture.listed(2 * ResultsController::page));
    fixture.results.show_more();
    VERIFY_SOON(fixture.listed(2 * ResultsController::page + 5));
    QVERIFY(!fixture.results.has_more());
    HistoryFilter filter;
    filter.text = "http";
    fixture.results.set_filter(filter); // from the first page again
    VERIFY_SOON(fixture.listed(ResultsController::page));
}

void ResultsControllerTest::a_list_that_cannot_be_read_is_told() {
    ResultsFixture fixture;
    fixture.source.on_list = [](const HistoryFilter&) -> Result<void> {
        return fail(ErrorKind::corrupt, "read history", "history.sqlite", "it is no database");
    };
    fixture.results.list();
    VERIFY_SOON(fixture.results.error().has_value());
    fixture.source.on_list = nullptr;
    fixture.results.list();
    VERIFY_SOON(!fixture.results.error() && fixture.listed(2));
}

void ResultsControllerTest::the_list_is_read_again_after_a_measurement() {
    ResultsFixture fixture;
    ComparisonController comparison(fixture.host, fixture.source);
    VERIFY_SOON(comparison.can_start());
    fixture.results.list();
    VERIFY_SOON(fixture.listed(2));
    fixture.kept().insert(fixture.kept().begin(), numbered(1));
    ComparisonPlan plan;
    plan.workload = test::sample_workload();
    comparison.start(plan);
    VERIFY_SOON(fixture.listed(3));
}

void ResultsControllerTest::one_result_is_shown_as_its_document() {
    ResultsFixture fixture;
    fixture.results.show({fixture.kept()[0]});
    QVERIFY(fixture.results.loading());
    VERIFY_SOON(fixture.results.shown().entries.size() == 1);
    QVERIFY(!fixture.results.loading());
    QVERIFY(fixture.results.shown().document.blocks.size() > 5);
    QVERIFY(fixture.results.shown().figures.empty());
    fixture.results.show({});
    QVERIFY(fixture.results.shown().document.blocks.empty());
}

void ResultsControllerTest::several_are_laid_over_each_other() {
    ResultsFixture fixture;
    std::atomic<int> loads = 0;
    fixture.source.on_load = [&](const std::string& id) {
        ++loads;
        ComparisonResult result = test::sample_result();
        result.id = id;
        return Result<ComparisonResult>(result);
    };
    for (HistoryEntry& entry : fixture.kept())
        entry.complete = true;
    fixture.results.show(fixture.kept());
    VERIFY_SOON(fixture.results.shown().entries.size() == 2);
    QCOMPARE(fixture.results.shown().figure, std::string("ready"));
    QVERIFY(fixture.results.shown().figures.size() > 3);
    QCOMPARE(fixture.results.shown().document.blocks.front().kind, DocumentBlock::Kind::figure);
    fixture.results.show_figure("memory");
    VERIFY_SOON(fixture.results.shown().figure == "memory");
    QCOMPARE(loads.load(), 2); // what is known is not read again
}

void ResultsControllerTest::a_result_that_cannot_be_read_is_told() {
    ResultsFixture fixture;
    fixture.source.on_load = [](const std::string& id) -> Result<ComparisonResult> {
        return fail(ErrorKind::corrupt, "read result", id, "a field is missing");
    };
    fixture.results.show({fixture.kept()[0]});
    VERIFY_SOON(fixture.results.shown_error().has_value());
    QVERIFY(fixture.results.shown().entries.empty());
}

void ResultsControllerTest::tags_and_notes_are_written_and_listed() {
    ResultsFixture fixture;
    const std::string id = fixture.kept()[0].id;
    fixture.results.change_tags(id, {"smoke", "paper"}, {});
    VERIFY_SOON(fixture.listed(2) && fixture.results.entries()[0].tags.size() == 2);
    fixture.results.change_tags(id, {}, {"smoke"});
    VERIFY_SOON(fixture.results.entries()[0].tags == std::vector<std::string>{"paper"});
    fixture.results.set_note(id, "<b>warm</b>\nroom");
    VERIFY_SOON(fixture.results.entries()[0].note == "<b>warm</b>\nroom");
}

void ResultsControllerTest::what_is_refused_is_reported() {
    ResultsFixture fixture;
    fixture.results.change_tags(fixture.kept()[0].id, {std::string(65, 'x')}, {});
    VERIFY_SOON(fixture.last.has_value());
    QCOMPARE(fixture.last->action, ResultsReport::Action::tags);
    QVERIFY(fixture.last->error.has_value());
}

void ResultsControllerTest::results_are_removed() {
    ResultsFixture fixture;
    fixture.results.remove({fixture.kept()[0].id, fixture.kept()[1].id});
    VERIFY_SOON(fixture.last && fixture.listed(0));
    QCOMPARE(fixture.last->count, std::size_t{2});
}

void ResultsControllerTest::an_export_can_be_imported_data() {
    QTest::addColumn<bool>("is_private");
    QTest::newRow("with origin") << false;
    QTest::newRow("private") << true;
}

void ResultsControllerTest::an_export_can_be_imported() {
    QFETCH(const bool, is_private);
    const QTemporaryDir folder;
    const std::string file = folder.filePath(u"a b.json"_s).toStdString();
    ResultsFixture fixture;
    fixture.source.on_load = [](const std::string& name) {
        ComparisonResult result = test::sample_result();
        result.id = name;
        result.plan.workload.readiness.port = 8080;
        return Result<ComparisonResult>(result);
    };
    const std::string id = fixture.kept()[0].id;
    fixture.results.export_results({id}, ResultFormat::exchange, file, is_private);
    VERIFY_SOON(fixture.last.has_value());
    QVERIFY2(!fixture.last->error, fixture.last->error ? fixture.last->error->message().c_str() : "");
    const auto read = read_results(file);
    QVERIFY2(read, read ? "" : read.error().message().c_str());
    QCOMPARE(id_of(read->front().result), id);
    QCOMPARE(read->front().origin, std::string(is_private ? "" : "here"));
    fixture.kept().clear();
    for (const std::size_t taken : {1U, 0U}) {
        fixture.last.reset();
        fixture.results.import_file(file);
        VERIFY_SOON(fixture.last.has_value());
        QVERIFY(!fixture.last->error);
        QCOMPARE(fixture.last->count, taken);
        QCOMPARE(fixture.last->there_already, 1 - taken);
    }
    VERIFY_SOON(fixture.listed(1));
}

void ResultsControllerTest::every_format_is_written() {
    const QTemporaryDir folder;
    ResultsFixture fixture;
    const std::vector<std::string> ids{fixture.kept()[0].id, fixture.kept()[1].id};
    const std::initializer_list<std::pair<ResultFormat, QByteArray>> begins{
        {ResultFormat::html, "<!DOCTYPE html>"}, {ResultFormat::pdf, "%PDF-"}, {ResultFormat::csv, "result,"}};
    for (const auto& [format, begin] : begins) {
        const QString file = folder.filePath(u"out"_s);
        fixture.last.reset();
        fixture.results.export_results(ids, format, file.toStdString(), false);
        VERIFY_SOON(fixture.last.has_value());
        QVERIFY2(!fixture.last->error, fixture.last->error ? fixture.last->error->message().c_str() : "");
        QFile written(file);
        QVERIFY(written.open(QIODevice::ReadOnly));
        const QByteArray start = written.read(64);
        QVERIFY2(start.startsWith(begin), start.constData());
    }
    fixture.last.reset();
    fixture.results.export_results(ids, ResultFormat::csv, "/nowhere/at/all.csv", false);
    VERIFY_SOON(fixture.last.has_value());
    QVERIFY(fixture.last->error.has_value());
}

void ResultsControllerTest::a_file_that_is_none_is_reported() {
    const QTemporaryDir folder;
    QFile file(folder.filePath(u"no.json"_s));
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("{\"schema\": 1}") > 0);
    file.close();
    ResultsFixture fixture;
    for (const QString& name : {file.fileName(), folder.filePath(u"missing"_s)}) {
        fixture.last.reset();
        fixture.results.import_file(name.toStdString());
        VERIFY_SOON(fixture.last.has_value());
        QVERIFY(fixture.last->error.has_value());
    }
}

ISOLAB_GUI_TEST(ResultsControllerTest)
#include "results_controller_test.moc"
