// SPDX-License-Identifier: GPL-3.0-or-later
//
// The list of saved results, long and filtered.
#include "gui/models/results_model.h"

#include <ctime>

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "tests/gui/support/fake_source.h"
#include "tests/gui/support/gui_test.h"

using namespace isolab;
using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t many = 100000;
constexpr int longest_stall_ms = 50;

std::vector<HistoryEntry> many_entries() {
    std::vector<HistoryEntry> entries;
    entries.reserve(many);
    for (std::size_t i = 0; i < many; ++i)
        entries.push_back({"20261124-" + std::to_string(900000 - i), "2026-11-24T20:54:41Z",
                           i % 5 == 0 ? "http" : "hello", 8, true, "container 11.6 ms, vm 1.35 s (116x)"});
    return entries;
}

} // namespace

class ResultsModelTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void new_rows_are_inserted_without_a_reset();
    void any_change_of_a_page_is_minimal();
    void a_changed_entry_is_told_alone();
    void another_order_resets();
    void a_hundred_thousand_are_filtered_at_once();
    void texts_of_other_machines_are_plain();
};

void ResultsModelTest::new_rows_are_inserted_without_a_reset() {
    ResultsModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const std::vector<HistoryEntry> entries = test::sample_entries();
    model.show_entries({entries[1]});
    const QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    model.show_entries(entries);
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.entry_at(0)->id, entries[0].id);
    QVERIFY(model.entry_at(5) == nullptr);
    QCOMPARE(model.row_of(entries[1].id), 1);
    model.show_entries({entries[0]});
    QCOMPARE(model.rowCount(), 1);
    QCOMPARE(resets.count(), 0);
}

void ResultsModelTest::any_change_of_a_page_is_minimal() {
    ResultsModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    std::vector<HistoryEntry> all = many_entries();
    all.resize(60);
    model.show_entries(all);
    const QSignalSpy resets(&model, &QAbstractItemModel::modelReset);
    for (unsigned step = 2; step < 20; ++step) { // every selection of rows follows every other one
        std::vector<HistoryEntry> some;
        for (std::size_t i = step % 3; i < all.size(); i += step)
            some.push_back(all[i]);
        model.show_entries(some);
        QCOMPARE(model.rowCount(), static_cast<int>(some.size()));
        for (std::size_t i = 0; i < some.size(); ++i)
            QCOMPARE(model.entries()[i].id, some[i].id);
    }
    QCOMPARE(resets.count(), 0);
}

void ResultsModelTest::a_changed_entry_is_told_alone() {
    ResultsModel model;
    std::vector<HistoryEntry> entries = test::sample_entries();
    model.show_entries(entries);
    const QSignalSpy changes(&model, &QAbstractItemModel::dataChanged);
    entries[1].tags = {"smoke"};
    model.show_entries(entries);
    QCOMPARE(changes.count(), 1);
    QCOMPARE(changes.at(0).at(0).toModelIndex().row(), 1);
    QCOMPARE(model.data(model.index(1, ResultsModel::tags), Qt::DisplayRole).toString(), u"smoke"_s);
    model.show_entries(entries);
    QCOMPARE(changes.count(), 1);
}

void ResultsModelTest::another_order_resets() {
    ResultsModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    std::vector<HistoryEntry> entries = test::sample_entries();
    model.show_entries(entries);
    std::ranges::reverse(entries);
    model.show_entries(entries);
    QCOMPARE(model.entry_at(0)->id, entries[0].id);
}

void ResultsModelTest::a_hundred_thousand_are_filtered_at_once() {
    ResultsModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const std::vector<HistoryEntry> all = many_entries();
    std::vector<HistoryEntry> some;
    for (const HistoryEntry& entry : all)
        if (entry.workload == "http" && some.size() < 200)
            some.push_back(entry);
    model.show_entries(all);
    QCOMPARE(model.rowCount(), static_cast<int>(many));
    model.show_entries(some);
    QCOMPARE(model.rowCount(), 200);
    const std::vector<HistoryEntry> first_page(all.begin(), all.begin() + 200);
    ResultsModel untested; // the tester takes time of its own
    untested.show_entries(first_page);
    for (const auto& page : {some, first_page, some}) { // what a letter in the filter does
        const std::clock_t before = std::clock();       // time of this process: others may be busy
        untested.show_entries(page);
        const double took = 1000.0 * static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
        QVERIFY2(took < longest_stall_ms, qPrintable(QString::number(took)));
    }
}

void ResultsModelTest::texts_of_other_machines_are_plain() {
    ResultsModel model;
    HistoryEntry entry = test::sample_entries().front();
    entry.workload = "<img src=x>\nhttp\x1b[31m";
    entry.origin = "lab\u202e<b>";
    entry.tags = {"<i>tag"};
    model.show_entries({entry});
    const auto text = [&](int column, int role) { return model.data(model.index(0, column), role).toString(); };
    QVERIFY(!text(ResultsModel::what, Qt::DisplayRole).contains(u'\n'));
    QVERIFY(!text(ResultsModel::what, Qt::DisplayRole).contains(u'\x1b'));
    QVERIFY(!text(ResultsModel::origin, Qt::DisplayRole).contains(QChar(0x202e)));
    for (int column = 0; column < ResultsModel::column_count; ++column)
        for (const char16_t* markup : {u"<img", u"<b>", u"<i>"})
            QVERIFY(!text(column, Qt::ToolTipRole).contains(QString::fromUtf16(markup)));
    QCOMPARE(text(ResultsModel::tags, Qt::DisplayRole), u"<i>tag"_s);
}

ISOLAB_GUI_TEST(ResultsModelTest)
#include "results_model_test.moc"
