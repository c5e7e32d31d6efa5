// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/pages/book_page.h"

#include <QFileInfo>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QTemporaryDir>
#include <QTest>

#include "gui/models/book_formats.h"
#include "gui/translator.h"
#include "gui/widgets/banner.h"
#include "gui/widgets/book_list.h"
#include "gui/widgets/card.h"
#include "gui/widgets/document_view.h"
#include "tests/gui/support/fake_source.h"
#include "tests/gui/support/gui_test.h"
#include "tests/gui/support/sample_experiment.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using State = SuiteController::State;

namespace {

struct Shown {
    test::FakeSource source;
    Theme theme;
    SessionHost host{source};
    SuiteController suite{host, source};
    BookPage page{theme, suite};

    void open() {
        page.resize(1100, 760);
        page.show();
        host.open();
        COMPARE_SOON(suite.state(), State::idle);
    }
    QPushButton& button(const QString& text) const {
        for (QPushButton* each : page.findChildren<QPushButton*>())
            if (each->text() == text)
                return *each;
        qFatal("there is no button %s", qPrintable(text));
        Q_UNREACHABLE();
    }
    BookList& list() const { return *page.findChild<BookList*>(); }
    bool tells(const QString& part) const {
        for (const QLabel* label : page.findChildren<QLabel*>())
            if (label->isVisible() && label->text().contains(part))
                return true;
        return false;
    }
};

Result<ExperimentResult> until_stopped(const Experiment& experiment, ExperimentObserver& observer,
                                       const StopToken& stop) {
    ExperimentResult result = test::sample_experiment_result(experiment);
    observer.on_part(result, 0, 1, {});
    observer.on_run_started("vm", 0, false);
    stop.wait_for(60s);
    result.complete = false;
    observer.on_experiment(result);
    return result;
}

} // namespace

class BookPageTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void it_is_worked_by_the_keyboard_alone();
    void disabled_controls_say_why();
    void a_stopped_run_shows_what_it_has();
    void an_older_result_of_another_kind_says_so();
    void an_unusable_folder_can_be_tried_again();
    void a_narrow_page_stacks_list_and_document();
    void formats_write_files();
    void it_speaks_chinese();
};

void BookPageTest::it_is_worked_by_the_keyboard_alone() {
    Shown shown;
    const Suite suite = test::sample_suite(true);
    shown.source.saved_results = {test::sample_experiment_result(suite.experiments[0])};
    shown.open();
    BookList& list = shown.list();
    QCOMPARE(list.chosen(), std::string("start"));
    VERIFY_SOON(shown.tells(u"until ready"_s));
    list.setFocus();
    QTest::keyClick(&list, Qt::Key_Down);
    QCOMPARE(list.chosen(), std::string("memory"));
    QVERIFY(shown.tells(u"Not measured yet."_s));
    QTest::keyClick(&list, Qt::Key_End);
    QCOMPARE(list.chosen(), std::string("kernel"));
    QTest::keyClick(&list, Qt::Key_Home);
    QCOMPARE(list.chosen(), std::string("start"));
    QTest::keyClick(&list, Qt::Key_Down);
    QPushButton& measure = shown.button(u"Measure this row"_s);
    QVERIFY(measure.focusPolicy() & Qt::TabFocus);
    measure.setFocus();
    QTest::keyClick(&measure, Qt::Key_Space);
    COMPARE_SOON(shown.suite.state(), State::idle);
    VERIFY_SOON(shown.suite.result("memory") != nullptr);
    QCOMPARE(list.chosen(), std::string("memory")); // a run takes nothing away
    QVERIFY(!shown.tells(u"Not measured yet."_s));
}

void BookPageTest::disabled_controls_say_why() {
    Shown shown;
    for (const QString& text : {u"Measure the book"_s, u"Measure this row"_s, u"Stop"_s, u"Export…"_s}) {
        QVERIFY(!shown.button(text).isEnabled());
        QVERIFY(!shown.button(text).toolTip().isEmpty());
    }
    shown.source.on_experiment = until_stopped;
    shown.open();
    QVERIFY(shown.button(u"Measure the book"_s).isEnabled());
    QCOMPARE(shown.button(u"Export…"_s).toolTip(), u"Nothing was measured yet"_s);
    shown.button(u"Measure the book"_s).click();
    QVERIFY(!shown.button(u"Measure this row"_s).isEnabled());
    QVERIFY(shown.button(u"Measure this row"_s).toolTip().contains(u"being measured"_s));
    QVERIFY(!shown.button(u"Full"_s).isEnabled());
    QVERIFY(shown.button(u"Stop"_s).isEnabled());
    COMPARE_SOON(shown.suite.live().side, std::string("vm"));
    shown.button(u"Stop"_s).click();
    COMPARE_SOON(shown.suite.state(), State::idle);
}

void BookPageTest::a_stopped_run_shows_what_it_has() {
    Shown shown;
    shown.source.on_experiment = until_stopped;
    shown.open();
    shown.button(u"Measure the book"_s).click();
    COMPARE_SOON(shown.suite.live().side, std::string("vm"));
    QVERIFY(shown.tells(u"1 of 3"_s));
    shown.button(u"Stop"_s).click();
    QVERIFY(shown.tells(u"stopping"_s));
    COMPARE_SOON(shown.suite.state(), State::idle);
    QVERIFY(shown.tells(u"stopped: what was measured is kept"_s));
    QVERIFY(shown.tells(u"Stopped half-way"_s));
    VERIFY_SOON(shown.tells(u"until ready"_s));
    QVERIFY(shown.button(u"Export…"_s).isEnabled());
}

void BookPageTest::an_older_result_of_another_kind_says_so() {
    Shown shown;
    shown.source.saved_results = {test::sample_experiment_result(test::sample_suite(false).experiments[0])};
    shown.open();
    QVERIFY(shown.tells(u"Measured otherwise than by the quick plan"_s));
    shown.button(u"Full"_s).click();
    COMPARE_SOON(shown.suite.state(), State::idle);
    QVERIFY(!shown.tells(u"Measured otherwise"_s));
}

void BookPageTest::an_unusable_folder_can_be_tried_again() {
    Shown shown;
    shown.source.on_open = [](const StopToken&) -> Result<std::vector<Workload>> {
        return fail(ErrorKind::permission_denied, "open", "/var/lib/isolab", "it is another's");
    };
    shown.page.show();
    shown.host.open();
    COMPARE_SOON(shown.suite.state(), State::unusable);
    QVERIFY(shown.tells(u"it is another's"_s));
    shown.source.on_open = nullptr;
    shown.button(u"Try again"_s).click();
    COMPARE_SOON(shown.suite.state(), State::idle);
    QVERIFY(!shown.tells(u"it is another's"_s));
}

void BookPageTest::a_narrow_page_stacks_list_and_document() {
    Shown shown;
    shown.source.saved_results = {test::sample_experiment_result(test::sample_suite(true).experiments[0])};
    shown.open();
    const QWidget& list = shown.list();
    const QWidget& document = *shown.page.findChild<QScrollArea*>(u"document"_s);
    const auto left = [&](const QWidget& widget) { return widget.mapTo(&shown.page, QPoint(0, 0)); };
    QVERIFY(left(list).x() + list.width() < left(document).x());
    VERIFY_SOON(shown.page.minimumWidth() <= 640); // of what it showed while it opened
    shown.page.resize(640, 760);
    VERIFY_SOON(left(list).y() + list.height() < left(document).y());
    for (const Card* card : shown.page.findChildren<Card*>())
        VERIFY_SOON(card->mapTo(&shown.page, QPoint(card->width(), 0)).x() <= 640);
}

void BookPageTest::formats_write_files() {
    Shown shown;
    shown.source.saved_results = {test::sample_experiment_result(test::sample_suite(true).experiments[0])};
    shown.open();
    const QTemporaryDir folder;
    for (const BookFormat& format : book_formats()) {
        const QString file = folder.filePath(u"book."_s + QString::fromLatin1(format.suffix));
        shown.suite.export_results(file.toStdString(), format.write);
        VERIFY_SOON(shown.tells(u"Exported to %1"_s.arg(file)));
        QVERIFY(QFileInfo(file).size() > 1000);
    }
    const QString nowhere = folder.filePath(u"missing/book.json"_s);
    shown.suite.export_results(nowhere.toStdString(), book_formats().back().write);
    VERIFY_SOON(shown.tells(u"missing"_s));
}

void BookPageTest::it_speaks_chinese() {
    QVERIFY(install_language(u"zh_CN"_s));
    Shown shown;
    shown.source.saved_results = {test::sample_experiment_result(test::sample_suite(true).experiments[0])};
    shown.open();
    const QSet<QString> same{u"n"_s, u"isolab/default:latest sha256:4f1c"_s, u"qboot"_s, u"7.2.22"_s};
    for (const QLabel* label : shown.page.findChildren<QLabel*>()) {
        const QString text = label->text();
        const bool chinese = std::any_of(text.begin(), text.end(), [](QChar c) { return c.unicode() >= 0x3000; });
        const bool words = std::count_if(text.begin(), text.end(), [](QChar c) { return c.isLower(); }) > 14;
        QVERIFY2(chinese || !words || same.contains(text) || text.contains(u"QEMU"_s), qPrintable(text));
    }
    for (const QPushButton* button : shown.page.findChildren<QPushButton*>())
        QVERIFY2(button->text().isEmpty() || button->text().at(0).unicode() >= 0x3000, qPrintable(button->text()));
}

ISOLAB_GUI_TEST(BookPageTest)
#include "book_page_test.moc"
