// SPDX-License-Identifier: GPL-3.0-or-later
//
// The page of saved results, by keyboard as well as by mouse.
#include "gui/pages/results_page.h"

#include <QComboBox>
#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QStyleFactory>
#include <QTableView>
#include <QTest>

#include "gui/widgets/banner.h"
#include "gui/widgets/document_view.h"
#include "gui/widgets/result_words.h"
#include "tests/gui/support/fake_source.h"
#include "tests/gui/support/gui_test.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace Qt::StringLiterals;

namespace {

struct ResultsPageFixture {
    test::FakeSource source;
    Theme theme;
    SessionHost host{source};
    ResultsController results{host, source};
    std::unique_ptr<ResultsPage> page = std::make_unique<ResultsPage>(theme, results);

    ResultsPageFixture() {
        page->resize(1200, 760);
        page->show();
        QApplication::setActiveWindow(page.get());
        host.open();
        results.list();
    }
    /// What is saved, when nobody reads it.
    std::vector<HistoryEntry>& kept() {
        if (!QTest::qWaitFor([this] { return host.records().idle(); }))
            qFatal("the history is read for ever");
        return source.kept;
    }
    QTableView& table() const { return *page->findChild<QTableView*>(); }
    QLineEdit& filter() const { return field<QLineEdit>(u"Filter"_s); }
    QPlainTextEdit& note() const { return field<QPlainTextEdit>(u"Note"_s); }
    QLineEdit& tags() const { return field<QLineEdit>(u"Tags"_s); }
    template <class Widget> Widget& field(const QString& name) const {
        for (Widget* each : page->findChildren<Widget*>())
            if (each->accessibleName() == name)
                return *each;
        qFatal("there is no field %s", qPrintable(name));
        Q_UNREACHABLE();
    }
    QPushButton& button(const QString& text) const {
        for (QPushButton* each : page->findChildren<QPushButton*>())
            if (each->text() == text)
                return *each;
        qFatal("there is no button %s", qPrintable(text));
        Q_UNREACHABLE();
    }
    QMessageBox* question() const { return page->findChild<QMessageBox*>(); }
    DocumentView& document() const { return *page->findChild<DocumentView*>(); }
    bool says(const QString& part) const {
        for (const QLabel* label : page->findChildren<QLabel*>())
            if (label->isVisible() && label->text().contains(part))
                return true;
        return false;
    }
};

} // namespace

class ResultsPageTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase();
    void empty_loading_and_failed_are_told();
    void everything_can_be_done_by_keyboard();
    void deletion_asks_first();
    void typing_filters_without_a_stall();
    void one_result_shows_its_document_and_its_words();
    void tags_are_parted_by_spaces_and_commas();
    void a_note_that_is_too_long_is_not_saved();
    void a_note_that_nobody_touched_stays_as_it_is();
    void two_comparisons_are_laid_over_each_other();
    void experiments_say_why_there_is_no_picture();
    void hostile_texts_stay_text();
    void a_choice_survives_a_longer_list();
    void a_narrow_page_shows_everything();
};

void ResultsPageTest::initTestCase() { QApplication::setStyle(QStyleFactory::create(u"Fusion"_s)); }

void ResultsPageTest::empty_loading_and_failed_are_told() {
    ResultsPageFixture fixture;
    QVERIFY(fixture.says(u"Reading the saved results"_s));
    VERIFY_SOON(fixture.table().isVisible());
    fixture.kept().clear();
    fixture.results.list();
    VERIFY_SOON(fixture.says(u"Nothing yet"_s));
    fixture.source.on_list = [](const HistoryFilter&) -> Result<void> {
        return fail(ErrorKind::corrupt, "read history", "<b>history</b>", "it is no database");
    };
    fixture.results.list();
    VERIFY_SOON(fixture.says(u"it is no database"_s));
    fixture.source.on_list = nullptr;
    fixture.kept() = test::sample_entries();
    fixture.button(u"Try again"_s).click();
    VERIFY_SOON(fixture.table().isVisible());
    QVERIFY(!fixture.says(u"it is no database"_s));
}

void ResultsPageTest::everything_can_be_done_by_keyboard() {
    ResultsPageFixture fixture;
    const QSignalSpy opened(fixture.page.get(), &ResultsPage::opened);
    VERIFY_SOON(fixture.table().model()->rowCount() == 2 && fixture.host.can_measure());
    QTest::keyClick(fixture.page.get(), Qt::Key_F, Qt::ControlModifier);
    QVERIFY(fixture.filter().hasFocus());
    QTest::keyClicks(&fixture.filter(), u"http"_s);
    VERIFY_SOON(fixture.table().model()->rowCount() == 1);
    QTest::keyClick(&fixture.filter(), Qt::Key_Down);
    QVERIFY(fixture.table().hasFocus());
    QCOMPARE(fixture.table().selectionModel()->selectedRows().size(), 1);
    QTest::keyClick(&fixture.table(), Qt::Key_Return);
    QCOMPARE(opened.count(), 1);
    QCOMPARE(opened.at(0).at(0).value<std::string>(), test::sample_entries()[0].id);
    QTest::keyClick(&fixture.table(), Qt::Key_Delete);
    QVERIFY(fixture.question() != nullptr);
    QTest::keyClick(fixture.question(), Qt::Key_Escape);
    QCOMPARE(fixture.kept().size(), std::size_t{2});
    QTest::keyClick(fixture.page.get(), Qt::Key_F, Qt::ControlModifier);
    QTest::keyClick(&fixture.filter(), Qt::Key_Delete); // the marked text
    VERIFY_SOON(fixture.table().model()->rowCount() == 2);
    QTest::keyClick(&fixture.filter(), Qt::Key_Down);
    QTest::keyClick(&fixture.table(), Qt::Key_A, Qt::ControlModifier);
    VERIFY_SOON(fixture.results.shown().entries.size() == 2);
}

void ResultsPageTest::deletion_asks_first() {
    ResultsPageFixture fixture;
    VERIFY_SOON(fixture.table().model()->rowCount() == 2);
    fixture.table().selectRow(1);
    VERIFY_SOON(fixture.results.shown().entries.size() == 1);
    fixture.button(u"Delete…"_s).click();
    QVERIFY(fixture.question() != nullptr);
    QVERIFY(fixture.question()->text().contains(QString::fromStdString(test::sample_entries()[1].id)));
    QCOMPARE(fixture.question()->textFormat(), Qt::PlainText);
    for (QAbstractButton* each : fixture.question()->buttons())
        if (fixture.question()->buttonRole(each) == QMessageBox::DestructiveRole)
            each->click();
    VERIFY_SOON(fixture.table().model()->rowCount() == 1);
    QCOMPARE(fixture.kept().front().id, test::sample_entries()[0].id);
    VERIFY_SOON(fixture.says(u"Nothing is chosen"_s));
}

void ResultsPageTest::typing_filters_without_a_stall() {
    ResultsPageFixture fixture;
    auto& kept = fixture.kept();
    kept.clear();
    for (std::size_t i = 0; i < 100000; ++i)
        kept.push_back({"id-" + std::to_string(i), "2026-11-24T20:54:41Z", i % 7 == 0 ? "http" : "hello", 1, true,
                        "container 9.1 ms"});
    fixture.results.list();
    VERIFY_SOON(fixture.table().model()->rowCount() == static_cast<int>(ResultsController::page));
    QVERIFY(fixture.button(u"Show more"_s).isVisible());
    qint64 longest = 0;
    QElapsedTimer clock;
    for (const QChar letter : u"http"_s) {
        clock.start();
        QTest::keyClick(&fixture.filter(), letter.toLatin1());
        longest = std::max(longest, clock.elapsed());
        for (int turn = 0; turn < 20; ++turn) { // answers arrive in between
            clock.start();
            QCoreApplication::processEvents();
            longest = std::max(longest, clock.elapsed());
            QTest::qSleep(2);
        }
    }
    const auto all_http = [&] {
        const auto& entries = fixture.results.entries();
        return std::ranges::all_of(entries, [](const HistoryEntry& entry) { return entry.workload == "http"; });
    };
    VERIFY_SOON(all_http());
    qInfo("the longest turn of the event loop took %lld ms", longest);
    QVERIFY2(longest < 200, qPrintable(QString::number(longest))); // 50 on a machine that has nothing else to do
}

void ResultsPageTest::one_result_shows_its_document_and_its_words() {
    ResultsPageFixture fixture;
    VERIFY_SOON(fixture.table().model()->rowCount() == 2);
    fixture.table().selectRow(0);
    VERIFY_SOON(fixture.document().isVisible() && !fixture.document().findChildren<QLabel*>().isEmpty());
    fixture.tags().setFocus();
    QTest::keyClicks(&fixture.tags(), u"smoke, paper"_s);
    fixture.note().setFocus();
    QTest::keyClicks(&fixture.note(), u"a <b>warm</b> room"_s);
    fixture.table().setFocus();
    VERIFY_SOON(fixture.results.entries()[0].note == "a <b>warm</b> room");
    QCOMPARE(fixture.results.entries()[0].tags, (std::vector<std::string>{"smoke", "paper"}));
    QVERIFY(!fixture.table().isColumnHidden(ResultsModel::tags));
    QVERIFY(fixture.field<QComboBox>(u"Tag"_s).findText(u"paper"_s) > 0);
    fixture.note().setFocus();
    QTest::keyClicks(&fixture.note(), u"!"_s);
    fixture.table().selectRow(1); // another one: what was written is not lost
    VERIFY_SOON(fixture.results.entries()[0].note.find('!') != std::string::npos);
    VERIFY_SOON(fixture.note().toPlainText().isEmpty());
}

void ResultsPageTest::tags_are_parted_by_spaces_and_commas() {
    QCOMPARE(words_of_line(u" a,b  c，a\tb "_s), (std::vector<std::string>{"a", "b", "c"}));
    QVERIFY(words_of_line(u" , "_s).empty());
}

void ResultsPageTest::a_note_that_is_too_long_is_not_saved() {
    ResultsPageFixture fixture;
    VERIFY_SOON(fixture.table().model()->rowCount() == 2);
    fixture.table().selectRow(0);
    VERIFY_SOON(fixture.note().isVisible());
    fixture.note().setFocus();
    fixture.note().insertPlainText(QString(65 * 1024, u'x'));
    QVERIFY(fixture.says(u"64 KiB"_s));
    fixture.table().setFocus();
    QTest::qWait(50);
    QVERIFY(fixture.kept()[0].note.empty());
}

void ResultsPageTest::a_note_that_nobody_touched_stays_as_it_is() {
    ResultsPageFixture fixture;
    const std::string odd = "one\r\ntwo\u00a0three\u2029four";
    fixture.kept()[0].note = odd;
    fixture.results.list();
    VERIFY_SOON(fixture.results.entries().size() == 2 && !fixture.results.entries()[0].note.empty());
    fixture.table().selectRow(0);
    VERIFY_SOON(fixture.note().isVisible() && !fixture.note().toPlainText().isEmpty());
    fixture.note().setFocus();
    fixture.table().setFocus();
    QTest::qWait(50);
    QCOMPARE(fixture.kept()[0].note, odd);
}

void ResultsPageTest::two_comparisons_are_laid_over_each_other() {
    ResultsPageFixture fixture;
    VERIFY_SOON(fixture.table().model()->rowCount() == 2);
    fixture.table().selectAll();
    auto& figure = fixture.field<QComboBox>(u"Figure"_s);
    VERIFY_SOON(figure.isVisible() && figure.count() > 3);
    QCOMPARE(figure.currentText(), u"until ready"_s);
    QVERIFY(fixture.says(u"2 results"_s));
    const int memory = figure.findData(u"memory"_s);
    figure.setCurrentIndex(memory);
    Q_EMIT figure.activated(memory);
    VERIFY_SOON(fixture.results.shown().figure == "memory");
    QCOMPARE(figure.currentIndex(), memory);
}

void ResultsPageTest::experiments_say_why_there_is_no_picture() {
    ResultsPageFixture fixture;
    fixture.kept()[0].kind = ResultKind::experiment;
    fixture.results.list();
    VERIFY_SOON(fixture.results.known() && fixture.results.entries()[0].kind == ResultKind::experiment);
    fixture.table().selectAll();
    VERIFY_SOON(fixture.says(u"Only comparisons"_s));
    QVERIFY(!fixture.field<QComboBox>(u"Figure"_s).isVisible());
    fixture.field<QComboBox>(u"Kind"_s).setCurrentIndex(1);
    VERIFY_SOON(fixture.results.filter().kind == ResultKind::comparison);
}

void ResultsPageTest::hostile_texts_stay_text() {
    ResultsPageFixture fixture;
    HistoryEntry& entry = fixture.kept()[0];
    entry.workload = "<img src='/etc/passwd'>\n<b>x</b>";
    entry.origin = "<a href='file:///'>lab</a>";
    entry.tags = {"<i>tag</i>"};
    entry.note = "<script>x</script>";
    fixture.results.list();
    VERIFY_SOON(fixture.results.entries().size() == 2 && !fixture.results.entries()[0].origin.empty());
    fixture.table().selectRow(0);
    VERIFY_SOON(fixture.says(u"<a href"_s));
    for (const QLabel* label : fixture.page->findChildren<QLabel*>())
        if (label->isVisible() && label->text().contains(u'<'))
            QCOMPARE(label->textFormat(), Qt::PlainText);
    QCOMPARE(fixture.note().toPlainText(), u"<script>x</script>"_s);
}

void ResultsPageTest::a_choice_survives_a_longer_list() {
    ResultsPageFixture fixture;
    VERIFY_SOON(fixture.table().model()->rowCount() == 2);
    fixture.table().selectRow(1);
    const std::string chosen = test::sample_entries()[1].id;
    fixture.kept().insert(fixture.kept().begin(), {"20261125-1", "2026-11-25T00:00:00Z", "http", 1, true, ""});
    fixture.results.list();
    VERIFY_SOON(fixture.table().model()->rowCount() == 3);
    QCOMPARE(fixture.table().selectionModel()->selectedRows().front().row(), 2);
    VERIFY_SOON(fixture.results.shown().entries.size() == 1 && fixture.results.shown().entries[0].id == chosen);
}

void ResultsPageTest::a_narrow_page_shows_everything() {
    ResultsPageFixture fixture;
    VERIFY_SOON(fixture.table().model()->rowCount() == 2);
    fixture.table().selectRow(0);
    VERIFY_SOON(fixture.document().isVisible());
    for (const int width : {880, 960, 1060, 1200, 1600}) {
        fixture.page->resize(width, 720);
        QTest::qWait(20);
        QVERIFY(fixture.page->width() <= width);
        QVERIFY(fixture.table().height() > 60);
        for (const QPushButton* each : fixture.page->findChildren<QPushButton*>())
            if (each->isVisible())
                QVERIFY2(each->mapTo(fixture.page.get(), QPoint(each->width(), 0)).x() <= width,
                         qPrintable(each->text()));
    }
}

ISOLAB_GUI_TEST(ResultsPageTest)
#include "results_page_test.moc"
