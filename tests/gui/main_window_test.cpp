// SPDX-License-Identifier: GPL-3.0-or-later
#include <set>

#include <QPushButton>
#include <QScrollArea>
#include <QSettings>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QStyleFactory>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include "compare/model/runner_observer.h"
#include "gui/main_window.h"
#include "gui/pages/compare_controls.h"
#include "gui/pages/compare_page.h"
#include "gui/pages/results_page.h"
#include "gui/pages/side_card.h"
#include "gui/widgets/banner.h"
#include "gui/widgets/big_number.h"
#include "gui/widgets/card.h"
#include "tests/gui/support/fake_source.h"
#include "tests/gui/support/gui_test.h"
#include "tests/gui/support/sample_result.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// Window, controller and fake source, opened.
struct Fixture {
    test::FakeSource source;
    Theme theme;
    SessionHost host{source};
    std::unique_ptr<ComparisonController> controller = std::make_unique<ComparisonController>(host, source);
    SuiteController suite{host, source};
    ResultsController results{host, source};
    std::unique_ptr<MainWindow> window =
        std::make_unique<MainWindow>(theme, WindowControllers{host, *controller, suite, results});

    void open() {
        window->resize(1280, 800);
        window->show();
        host.open();
    }
    QPushButton& button(const QString& text) const { return button(text, window->compare_page()); }
    static QPushButton& button(const QString& text, const QWidget& page) {
        for (QPushButton* each : page.findChildren<QPushButton*>())
            if (each->text() == text)
                return *each;
        qFatal("there is no button %s", qPrintable(text));
        Q_UNREACHABLE();
    }
};

/// How many different colours an image has, up to 200: a blank page has few.
std::size_t colours_of(const QImage& image) {
    std::set<QRgb> found;
    for (int y = 0; y < image.height() && found.size() < 200; y += 3)
        for (int x = 0; x < image.width(); x += 3)
            found.insert(image.pixel(x, y));
    return found.size();
}

} // namespace

class MainWindowTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase();
    void disabled_controls_say_why();
    void measure_and_stop_by_their_buttons();
    void a_finished_comparison_shows_its_medians();
    void each_chosen_world_has_its_card();
    void one_failed_side_is_told_and_the_other_shown();
    void closing_in_mid_run_ends_the_run_first();
    void closing_while_opening_is_clean();
    void both_themes_and_all_sizes_draw_every_page_data();
    void both_themes_and_all_sizes_draw_every_page();
    void an_older_result_opens_in_the_compare_page();
    void an_older_result_of_another_workload_can_be_repeated();
    void an_unknown_workload_is_told_and_nothing_is_lost();
    void nothing_is_opened_while_a_comparison_runs();
    void reduced_motion_says_why_there_is_no_replay();
    void a_narrow_window_shows_everything_data();
    void a_narrow_window_shows_everything();

  private:
    QTemporaryDir settings_;
};

void MainWindowTest::initTestCase() {
    QApplication::setStyle(QStyleFactory::create(u"Fusion"_s));
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, settings_.path());
}

void MainWindowTest::disabled_controls_say_why() {
    Fixture fixture;
    QVERIFY(!fixture.button(u"Measure"_s).isEnabled());
    QVERIFY(!fixture.button(u"Measure"_s).toolTip().isEmpty());
    fixture.open();
    VERIFY_SOON(fixture.button(u"Measure"_s).isEnabled());
    QVERIFY(!fixture.button(u"Stop"_s).isEnabled());
    QCOMPARE(fixture.button(u"Stop"_s).toolTip(), u"Nothing runs"_s);
    QVERIFY(!fixture.button(u"Export report…"_s).isEnabled());
}

void MainWindowTest::measure_and_stop_by_their_buttons() {
    Fixture fixture;
    fixture.source.on_run = test::endless_run();
    fixture.open();
    VERIFY_SOON(fixture.button(u"Measure"_s).isEnabled());
    fixture.button(u"Measure"_s).click();
    QCOMPARE(fixture.controller->stage(), Stage::running);
    QVERIFY(!fixture.button(u"Race"_s).isEnabled());
    COMPARE_SOON(fixture.source.runs.load(), 1);
    fixture.button(u"Stop"_s).click();
    COMPARE_SOON(fixture.controller->stage(), Stage::finished);
    QVERIFY(fixture.button(u"Race"_s).isEnabled());
    QVERIFY(fixture.button(u"Export report…"_s).isEnabled());
}

void MainWindowTest::each_chosen_world_has_its_card() {
    Fixture fixture;
    fixture.source.on_run = [](const ComparisonPlan& plan, RunnerObserver&, const StopToken&) {
        return Result<ComparisonResult>(test::sample_result_of(plan.sides));
    };
    fixture.open();
    VERIFY_SOON(fixture.controller->can_start());
    const auto titles = [&] {
        QStringList all;
        for (const SideCard* card : fixture.window->findChildren<SideCard*>())
            all << card->accessibleName();
        return all;
    };
    QCOMPARE(titles(), (QStringList{u"Container"_s, u"Virtual machine"_s}));
    for (const char16_t* each : {u"Host", u"runc", u"crun", u"Standard machine"})
        fixture.button(QString::fromUtf16(each)).click();
    const QStringList six{u"Host"_s, u"Container"_s, u"runc"_s, u"crun"_s, u"Virtual machine"_s, u"Standard machine"_s};
    QCOMPARE(titles(), six);
    fixture.button(u"Measure"_s).click();
    COMPARE_SOON(fixture.controller->stage(), Stage::finished);
    QCOMPARE(fixture.controller->plan().sides.size(), std::size_t{6});
    QCOMPARE(titles(), six);
    for (const SideCard* card : fixture.window->findChildren<SideCard*>())
        QVERIFY(!card->findChild<BigNumber*>()->figure().value.isEmpty());
    fixture.button(u"crun"_s).click(); // what is shown stays until the next run
    QCOMPARE(titles(), six);
    fixture.window->resize(1000, 700); // narrow: cards in pairs
    QCOMPARE(titles(), six);
    QVERIFY(colours_of(fixture.window->grab().toImage()) > 100);
}

void MainWindowTest::a_finished_comparison_shows_its_medians() {
    Fixture fixture;
    fixture.open();
    VERIFY_SOON(fixture.controller->can_start());
    fixture.button(u"Race"_s).click();
    QCOMPARE(fixture.controller->plan().mode, Mode::race);
    COMPARE_SOON(fixture.controller->stage(), Stage::finished);
    const auto numbers = fixture.window->findChildren<BigNumber*>();
    QCOMPARE(numbers.size(), 2);
    QCOMPARE(numbers[0]->figure().text(), u"11.6\u00a0ms"_s);
    QCOMPARE(numbers[1]->figure().text(), u"1.35\u00a0s"_s);
}

void MainWindowTest::one_failed_side_is_told_and_the_other_shown() {
    Fixture fixture;
    fixture.source.on_run = [](const ComparisonPlan&, RunnerObserver&, const StopToken&) {
        ComparisonResult result = test::sample_result(3);
        test::remove_runs(result, "vm");
        result.sides[1].metrics.clear();
        result.sides[1].error =
            Error{ErrorKind::timeout, "boot", "the machine", "no sign of life", "Look at its console"};
        return Result<ComparisonResult>(result);
    };
    fixture.open();
    VERIFY_SOON(fixture.controller->can_start());
    fixture.button(u"Measure"_s).click();
    COMPARE_SOON(fixture.controller->stage(), Stage::finished);
    bool told = false;
    for (const Banner* banner : fixture.window->findChildren<Banner*>())
        told = told || banner->text().contains(u"no sign of life"_s);
    QVERIFY(told);
    const auto numbers = fixture.window->findChildren<BigNumber*>();
    QVERIFY(!numbers[0]->figure().value.isEmpty());
    QVERIFY(numbers[1]->figure().value.isEmpty());
}

void MainWindowTest::closing_in_mid_run_ends_the_run_first() {
    Fixture fixture;
    fixture.source.on_run = test::endless_run();
    fixture.open();
    VERIFY_SOON(fixture.controller->can_start());
    fixture.button(u"Measure"_s).click();
    COMPARE_SOON(fixture.source.runs.load(), 1);
    fixture.window->close();
    QVERIFY(fixture.window->isVisible());
    QVERIFY(fixture.window->windowTitle().contains(u"stopping"_s));
    VERIFY_SOON(!fixture.window->isVisible());
    QCOMPARE(fixture.source.closed.load(), 1);
}

void MainWindowTest::closing_while_opening_is_clean() {
    Fixture fixture;
    fixture.source.on_open = [](const StopToken& stop) -> Result<std::vector<Workload>> {
        stop.wait_for(60s);
        return fail(ErrorKind::cancelled, "open", "", "stopped");
    };
    fixture.open();
    COMPARE_SOON(fixture.source.opened.load(), 1);
    fixture.window->close();
    VERIFY_SOON(!fixture.window->isVisible());
}

void MainWindowTest::both_themes_and_all_sizes_draw_every_page_data() {
    QTest::addColumn<QString>("theme");
    QTest::addColumn<int>("scale");
    for (const char* theme : {"light", "dark", "system"})
        for (const int scale : {100, 150})
            QTest::addRow("%s %d", theme, scale) << QString::fromLatin1(theme) << scale;
}

void MainWindowTest::both_themes_and_all_sizes_draw_every_page() {
    QFETCH(const QString, theme);
    QFETCH(const int, scale);
    Fixture fixture;
    fixture.theme.choose(theme_choice(theme));
    fixture.theme.set_scale(scale);
    fixture.open();
    VERIFY_SOON(fixture.controller->can_start());
    fixture.button(u"Measure"_s).click();
    COMPARE_SOON(fixture.controller->stage(), Stage::finished);
    for (const auto page : {MainWindow::compare, MainWindow::book, MainWindow::history, MainWindow::system}) {
        fixture.window->show_page(page);
        VERIFY_SOON(colours_of(fixture.window->grab().toImage()) > 20);
    }
    QCOMPARE(fixture.theme.colours().dark, theme == "dark"_L1);
    const auto corner = [&] {
        const QImage image = fixture.window->grab().toImage();
        return QColor(image.pixel(image.width() - 3, image.height() - 3)).name();
    };
    COMPARE_SOON(corner(), fixture.theme.colours().page.name());
    fixture.theme.choose(Theme::Choice::system);
    fixture.theme.set_scale(100);
}

void MainWindowTest::an_older_result_opens_in_the_compare_page() {
    Fixture fixture;
    fixture.open();
    VERIFY_SOON(fixture.controller->can_start());
    const QSignalSpy loaded(fixture.controller.get(), &ComparisonController::loaded);
    fixture.controller->load("20261123-101500-77aa");
    COMPARE_SOON(loaded.count(), 1);
    QCOMPARE(fixture.controller->result()->id, std::string("20261123-101500-77aa"));
    QVERIFY(fixture.window->compare_page().can_export());
}

void MainWindowTest::an_older_result_of_another_workload_can_be_repeated() {
    Fixture fixture;
    fixture.source.on_load = [](const std::string&) {
        ComparisonResult result = test::sample_result();
        result.plan.workload = test::sample_workload("busybox");
        result.plan.workload.image = "busybox";
        result.plan.workload.limits.memory_bytes = 32ULL << 20U;
        return Result<ComparisonResult>(result);
    };
    fixture.open();
    VERIFY_SOON(fixture.controller->can_start());
    const QSignalSpy loaded(fixture.controller.get(), &ComparisonController::loaded);
    fixture.controller->load("any");
    COMPARE_SOON(loaded.count(), 1);
    const auto plan = fixture.window->compare_page().controls().plan(Mode::measure);
    QVERIFY(plan);
    QCOMPARE(plan->workload.image, std::string("busybox"));
    QCOMPARE(plan->workload.limits.memory_bytes, std::uint64_t{32ULL << 20U});
}

void MainWindowTest::an_unknown_workload_is_told_and_nothing_is_lost() {
    Fixture fixture;
    fixture.window->show();
    fixture.host.open("htpp");
    VERIFY_SOON(fixture.controller->can_start());
    QVERIFY(fixture.button(u"Measure"_s).isEnabled());
    bool told = false;
    for (const Banner* banner : fixture.window->findChildren<Banner*>())
        told = told || (banner->isVisible() && banner->text().contains(u"htpp"_s));
    QVERIFY(told);
}

void MainWindowTest::nothing_is_opened_while_a_comparison_runs() {
    Fixture fixture;
    fixture.source.on_run = test::endless_run();
    fixture.open();
    VERIFY_SOON(fixture.controller->can_start());
    fixture.window->show_page(MainWindow::history);
    auto* page = fixture.window->findChild<ResultsPage*>();
    auto* table = page->findChild<QTableView*>();
    COMPARE_SOON(table->model()->rowCount(), 2);
    table->selectRow(0);
    QPushButton& open = Fixture::button(u"Open"_s, *page);
    VERIFY_SOON(open.isVisible() && open.isEnabled());
    fixture.window->compare_page().start(Mode::measure);
    QVERIFY(!open.isEnabled() && !open.toolTip().isEmpty());
    QVERIFY(table->isEnabled());
    fixture.controller->stop();
    VERIFY_SOON(open.isEnabled());
    const QSignalSpy opened(page, &ResultsPage::opened);
    open.click();
    QCOMPARE(opened.count(), 1);
}

void MainWindowTest::reduced_motion_says_why_there_is_no_replay() {
    qputenv("ISOLAB_REDUCED_MOTION", "1");
    Fixture fixture;
    fixture.open();
    VERIFY_SOON(fixture.controller->can_start());
    fixture.button(u"Measure"_s).click();
    COMPARE_SOON(fixture.controller->stage(), Stage::finished);
    bool found = false;
    for (const QPushButton* each : fixture.window->findChildren<QPushButton*>())
        if (each->accessibleName() == u"Replay"_s)
            found = !each->isEnabled() && each->toolTip().contains(u"motion"_s);
    qunsetenv("ISOLAB_REDUCED_MOTION");
    QVERIFY(found);
}

void MainWindowTest::a_narrow_window_shows_everything_data() {
    QTest::addColumn<int>("width");
    QTest::addColumn<int>("scale");
    QTest::newRow("the narrowest") << 960 << 100;
    QTest::newRow("1280, large") << 1280 << 125;
    QTest::newRow("1440, projector") << 1440 << 150;
    QTest::newRow("1280") << 1280 << 100;
}

/// Nothing of the compare page may lie beyond its right edge, where no scroll bar would reach it.
void MainWindowTest::a_narrow_window_shows_everything() {
    QFETCH(const int, width);
    QFETCH(const int, scale);
    Fixture fixture;
    fixture.theme.set_scale(scale);
    fixture.open();
    fixture.window->resize(width, 800);
    VERIFY_SOON(fixture.controller->can_start());
    fixture.button(u"Measure"_s).click();
    COMPARE_SOON(fixture.controller->stage(), Stage::finished);
    ComparePage& page = fixture.window->compare_page();
    auto* scroll = page.findChild<QScrollArea*>();
    QTest::qWait(50); // what is shown now is laid out, more than once perhaps
    VERIFY_SOON(scroll->widget()->width() <= scroll->viewport()->width());
    for (const Card* card : page.findChildren<Card*>())
        QVERIFY(card->mapTo(&page, QPoint(card->width(), 0)).x() <= page.width());
    const CompareControls& controls = page.controls();
    QVERIFY(controls.mapTo(&page, QPoint(controls.width(), 0)).x() <= page.width());
    for (int other = 960; other <= 1440; other += 32) { // no width sends the layout in circles
        fixture.window->resize(other, 600 + other % 300);
        QCoreApplication::processEvents();
        QVERIFY(scroll->widget()->width() <= scroll->viewport()->width() || other < width);
    }
    fixture.theme.set_scale(100);
}

ISOLAB_GUI_TEST(MainWindowTest)
#include "main_window_test.moc"
