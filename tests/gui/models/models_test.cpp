// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "gui/models/book.h"
#include "gui/models/check_model.h"
#include "gui/models/contract_model.h"
#include "gui/models/figure.h"
#include "gui/models/history_model.h"
#include "gui/models/phase_model.h"
#include "gui/models/stack.h"
#include "tests/gui/support/fake_source.h"
#include "tests/gui/support/sample_result.h"

using namespace isolab;
using namespace Qt::StringLiterals;

class ModelsTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void figures_have_three_digits_and_a_unit_data();
    void figures_have_three_digits_and_a_unit();
    void phases_show_medians_of_both_worlds();
    void history_inserts_new_rows_without_a_reset();
    void differing_conditions_come_first_and_are_marked();
    void prerequisites_count_required_trouble_only();
    void the_book_shows_only_what_was_measured();
    void the_typical_run_is_nearest_to_the_median();
    void a_failed_side_keeps_the_other();
    void stack_levels_fill_the_height_above_a_floor();
    void output_keeps_its_end_within_the_limit();
};

void ModelsTest::figures_have_three_digits_and_a_unit_data() {
    QTest::addColumn<QString>("shown");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const Figure& figure, const QString& expected) {
        QTest::newRow(name) << figure.text().replace(u'\u00a0', u' ') << expected;
    };
    row("ms", duration_figure(11.84e6), u"11.8 ms"_s);
    row("s", duration_figure(1.4249e9), u"1.42 s"_s);
    row("rounds up to the next unit", duration_figure(999.7e6), u"1.00 s"_s);
    row("us", duration_figure(42'300), u"42.3 µs"_s);
    row("long", duration_figure(95e9), u"95.0 s"_s);
    row("min", duration_figure(180e9), u"3.00 min"_s);
    row("zero", duration_figure(0), u"0 ms"_s);
    row("kB", bytes_figure(84'000), u"84.0 kB"_s);
    row("MB", bytes_figure(203.4e6), u"203 MB"_s);
    row("B", bytes_figure(12), u"12.0 B"_s);
    row("ratio", ratio_figure(119.6), u"120 ×"_s);
    row("small ratio", ratio_figure(0.978), u"0.98 ×"_s);
    row("great ratio", ratio_figure(12345), u"12300 ×"_s);
    row("axis", round_duration(1e7), u"10 ms"_s);
}

void ModelsTest::figures_have_three_digits_and_a_unit() {
    QFETCH(const QString, shown);
    QFETCH(const QString, expected);
    QCOMPARE(shown, expected);
}

void ModelsTest::phases_show_medians_of_both_worlds() {
    PhaseModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const ExperimentResult result = test::sample_result();
    model.show_result(&result);
    QCOMPARE(model.rowCount(), static_cast<int>(phase_count) + 1);
    const auto text = [&](int row, int column) {
        return model.data(model.index(row, column), Qt::DisplayRole).toString().replace(u'\u00a0', u' ');
    };
    QCOMPARE(text(3, PhaseModel::vm), u"890 ms"_s);
    QCOMPARE(text(3, PhaseModel::container), u"0 ms"_s);
    QCOMPARE(text(0, PhaseModel::container), u"2.10 ms"_s);
    model.show_result(nullptr);
    QCOMPARE(text(3, PhaseModel::vm), u"–"_s);
}

void ModelsTest::history_inserts_new_rows_without_a_reset() {
    HistoryModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    test::FakeSource source;
    std::vector<HistoryEntry> entries = *source.history();
    model.show_entries({entries[1]});
    const QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    model.show_entries(entries);
    QCOMPARE(resets.count(), 0);
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.id_at(0), entries[0].id);
    QCOMPARE(model.id_at(5), std::string());
    model.show_entries({entries[0]});
    QCOMPARE(model.rowCount(), 1);
}

void ModelsTest::differing_conditions_come_first_and_are_marked() {
    ContractModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.show_contract(test::sample_result().contract);
    QVERIFY(model.data(model.index(0, ContractModel::what), Qt::DisplayRole).toString().startsWith(u'≠'));
    QVERIFY(model.data(model.index(7, ContractModel::what), Qt::DisplayRole).toString().startsWith(u'='));
    QVERIFY(model.differing_titles().contains(u"kernel"_s));
    QVERIFY(!model.equal_titles().contains(u"kernel"_s));
}

void ModelsTest::prerequisites_count_required_trouble_only() {
    CheckModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    test::FakeSource source;
    model.show_prerequisites(source.check());
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.trouble(), 1);
    QVERIFY(model.data(model.index(2, CheckModel::detail), Qt::DisplayRole).toString().contains(u"→ Install"_s));
}

void ModelsTest::the_book_shows_only_what_was_measured() {
    for (const BookRow& row : Book::rows(nullptr))
        QVERIFY(row.measured.isEmpty() && !row.claim.isEmpty());
    ExperimentResult result = test::sample_result();
    result.ratios.erase(result.ratios.begin() + 1);
    const std::vector<BookRow> rows = Book::rows(&result);
    QCOMPARE(rows[0].measured, u"116\u00a0×"_s);
    QCOMPARE(rows[0].interval, u"109 – 124"_s);
    QVERIFY(rows[1].measured.isEmpty());
}

void ModelsTest::the_typical_run_is_nearest_to_the_median() {
    ExperimentResult result = test::sample_result(5);
    RunResult failed = test::sample_run("vm", 9, 1.0);
    failed.error = Error{};
    result.runs.insert(result.runs.begin(), failed);
    const RunResult* run = typical_run(result, World::vm);
    QVERIFY(run != nullptr && !run->error);
    QCOMPARE(run->index, 0U);
    result.runs.clear();
    QVERIFY(typical_run(result, World::vm) == nullptr);
}

void ModelsTest::a_failed_side_keeps_the_other() {
    ExperimentResult result = test::sample_result(3);
    std::erase_if(result.runs, [](const RunResult& run) { return run.side == "vm"; });
    result.sides[1].metrics.clear();
    result.sides[1].error = Error{ErrorKind::timeout, "boot", "vm", "no sign of life", ""};
    const ComparisonView view = view_of(nullptr, &result);
    QCOMPARE(view.side(World::vm).state, SideView::State::failed);
    QVERIFY(!view.side(World::vm).ready);
    QCOMPARE(view.side(World::container).state, SideView::State::finished);
    QCOMPARE(view.side(World::container).ready_samples.size(), std::size_t{3});
}

void ModelsTest::stack_levels_fill_the_height_above_a_floor() {
    const ExperimentResult result = test::sample_result();
    const ComparisonView view = view_of(nullptr, &result);
    const Stack a = StackWords::make(view.side(World::container), {});
    const Stack b = StackWords::make(view.side(World::vm), {});
    QCOMPARE(a.size(), stack_level_count);
    QVERIFY(a[2].absent && !b[2].absent);
    const auto heights = stack_heights(a, b, 300, 25, 4);
    double sum = 4 * 5;
    for (const double height : heights) {
        QVERIFY(height >= 25);
        sum += height;
    }
    QVERIFY(std::abs(sum - 300) < 1e-6);
    QVERIFY(heights[3] > heights[5]);
    QCOMPARE(stack_heights(a, b, 10, 25, 4)[0], 25.0);
}

void ModelsTest::output_keeps_its_end_within_the_limit() {
    std::string text;
    append_bounded(text, "first\nsecond\nthird\n", 14);
    QCOMPARE(text, std::string("second\nthird\n"));
    append_bounded(text, std::string(100, 'x'), 14);
    QCOMPARE(text, std::string(14, 'x'));
}

QTEST_MAIN(ModelsTest)
#include "models_test.moc"
