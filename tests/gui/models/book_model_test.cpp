// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/book_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "tests/gui/support/fake_source.h"
#include "tests/gui/support/gui_test.h"
#include "tests/gui/support/sample_experiment.h"
#include "tests/support/verify.h"

using namespace isolab;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class BookModelTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void a_result_is_said_on_one_line();
    void a_run_is_said_while_it_goes_on();
    void only_what_differs_is_told();
    void times_are_said_roughly();
    void what_was_not_measured_is_explained();
};

void BookModelTest::a_result_is_said_on_one_line() {
    test::FakeSource source;
    const Suite suite = test::sample_suite(true);
    source.saved_results = {test::sample_experiment_result(suite.experiments[0]),
                            test::sample_experiment_result(suite.experiments[2])};
    SessionHost host(source);
    SuiteController controller(host, source);
    host.open();
    COMPARE_SOON(controller.state(), SuiteController::State::idle);
    const std::vector<BookLine> lines = BookLines::lines(controller);
    QCOMPARE(lines.size(), std::size_t{3});
    QCOMPARE(lines[0].subject, u"Start"_s);
    QCOMPARE(lines[0].claim, u"minutes / seconds"_s);
    QVERIFY2(lines[0].measured.startsWith(u"until ready: Virtual machine"_s), qPrintable(lines[0].measured));
    QCOMPARE(lines[0].state, BookLine::State::measured);
    QVERIFY(lines[0].note.startsWith(u"2026-11-2"_s));
    QCOMPARE(lines[1].state, BookLine::State::empty);
    QVERIFY(BookLines::spoken(lines[1]).contains(u"not measured yet"_s));
    QCOMPARE(lines[2].state, BookLine::State::impossible);
    QVERIFY2(lines[2].measured.contains(u"there is no <b>kernel</b>"_s), qPrintable(lines[2].measured));
}

void BookModelTest::a_run_is_said_while_it_goes_on() {
    test::FakeSource source;
    source.on_experiment = [](const Experiment& experiment, ExperimentObserver& observer, const StopToken& stop) {
        const ExperimentResult result = test::sample_experiment_result(experiment);
        observer.on_part(result, 1, 4, Fact::said("world.vm"));
        for (int i = 0; i < 6; ++i)
            observer.on_run_finished({});
        observer.on_run_started("vm", 2, false);
        stop.wait_for(60s);
        return Result<ExperimentResult>(result);
    };
    SessionHost host(source);
    SuiteController controller(host, source);
    host.open();
    COMPARE_SOON(controller.state(), SuiteController::State::idle);
    QVERIFY(BookLines::activity(controller).isEmpty());
    controller.start();
    COMPARE_SOON(controller.live().index, 2U);
    const std::vector<BookLine> lines = BookLines::lines(controller);
    QCOMPARE(lines[0].state, BookLine::State::measuring);
    QCOMPARE(lines[0].note, u"part 2 of 4"_s);
    QCOMPARE(lines[0].share, (1 + 6.0 / 12) / 4); // of five repetitions and a warm-up in two worlds
    QCOMPARE(lines[1].state, BookLine::State::waiting);
    QCOMPARE(BookLines::activity(controller), u"1 of 3 · Start · Virtual machine · run 3"_s);
    controller.stop();
    COMPARE_SOON(controller.state(), SuiteController::State::idle);
}

void BookModelTest::only_what_differs_is_told() {
    BookModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    std::vector<BookLine> lines{{"start", u"Start"_s, {}, {}, {}, {}},
                                {"memory", u"Memory"_s, {}, {}, {}, {}},
                                {"disk", u"Disk"_s, {}, {}, {}, {}}};
    const QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    const QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
    model.show_lines(lines);
    model.show_lines(lines);
    QCOMPARE(changes.count(), 0);
    lines[1].measured = u"a lot"_s;
    model.show_lines(lines);
    QCOMPARE(changes.count(), 1);
    QCOMPARE(changes[0][0].toModelIndex().row(), 1);
    QCOMPARE(resets.count(), 1);
    QVERIFY(model.index(1).data(Qt::AccessibleTextRole).toString().contains(u"a lot"_s));
    QCOMPARE(model.row_of("disk"), 2);
    QCOMPARE(model.row_of("start "), -1);
    lines.pop_back();
    model.show_lines(lines);
    QCOMPARE(model.rowCount(), 2);
    QVERIFY(model.line(2) == nullptr);
}

void BookModelTest::times_are_said_roughly() {
    QCOMPARE(BookLines::about(2s), u"about 10 s"_s);
    QCOMPARE(BookLines::about(31s), u"about 40 s"_s);
    QCOMPARE(BookLines::about(55s), u"about 1 min"_s);
    QCOMPARE(BookLines::about(7min + 20s), u"about 7 min"_s);
    QCOMPARE(BookLines::about(200min), u"about 3.3 h"_s);
    QCOMPARE(BookLines::time_left(7min), u"about 7 min left"_s);
    QCOMPARE(BookLines::time_left(0s), u"almost done"_s);
    QVERIFY(BookLines::time_left(std::nullopt).isEmpty());
}

void BookModelTest::what_was_not_measured_is_explained() {
    const Document document = BookLines::unmeasured(test::sample_suite(true).experiments[0]);
    std::string all;
    for (const DocumentBlock& block : document.blocks)
        all += block.text + "\n";
    QVERIFY(all.find("minutes / seconds") != std::string::npos);
    QVERIFY(all.find("Container, Virtual machine") != std::string::npos);
}

ISOLAB_GUI_TEST(BookModelTest)
#include "book_model_test.moc"
