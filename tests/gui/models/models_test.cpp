// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include "engine/base/json.h"
#include "gui/models/book.h"
#include "gui/models/check_model.h"
#include "gui/models/contract_model.h"
#include "gui/models/deployment.h"
#include "gui/models/figure.h"
#include "gui/models/metric_model.h"
#include "gui/models/plain_text.h"
#include "gui/models/stack.h"
#include "gui/models/status_text.h"
#include "gui/models/words.h"
#include "tests/gui/support/fake_source.h"
#include "tests/gui/support/gui_test.h"
#include "tests/gui/support/sample_result.h"

using namespace isolab;
using namespace Qt::StringLiterals;

class ModelsTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void figures_have_three_digits_and_a_unit_data();
    void figures_have_three_digits_and_a_unit();
    void every_figure_has_medians_intervals_and_a_ratio();
    void a_ratio_is_always_machine_over_container();
    void many_worlds_have_a_column_each();
    void a_condition_of_many_worlds_names_each_value_once();
    void layers_are_those_of_the_world();
    void foreign_text_is_never_markup();
    void differing_conditions_come_first_and_are_marked();
    void prerequisites_count_required_trouble_only();
    void the_fairness_summary_gives_values();
    void the_book_shows_only_what_was_measured();
    void the_book_doubts_few_runs_and_keeps_their_interval();
    void emulation_is_marked_on_every_name();
    void the_typical_run_is_nearest_to_the_median();
    void a_failed_side_keeps_the_other();
    void failed_and_warm_up_runs_give_no_figures();
    void a_stop_is_no_failure();
    void answers_are_counted();
    void the_stack_fills_by_share_of_memory();
    void the_stack_is_named_by_its_own_result();
    void the_next_phase_of_a_container_is_no_firmware();
    void a_deployment_is_told_in_words();
    void limits_that_are_not_enforced_are_a_warning();
    void leftovers_of_a_killed_session_are_told();
    void the_first_deployment_is_shown();
    void output_keeps_its_end_within_the_limit();
    void output_is_cut_between_characters();
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

void ModelsTest::every_figure_has_medians_intervals_and_a_ratio() {
    MetricModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const ComparisonResult result = test::sample_result();
    model.show_result(result.plan.sides, &result);
    const auto text = [&](int row, int column) {
        return model.data(model.index(row, column), Qt::DisplayRole).toString().replace(u'\u00a0', u' ');
    };
    const auto row_of = [&](const QString& name) {
        for (int row = 0; row < model.rowCount(); ++row)
            if (text(row, MetricModel::name_column) == name)
                return row;
        return -1;
    };
    QCOMPARE(text(3, 3), u"890 ms"_s);
    QCOMPARE(text(3, 1), u"0 ms"_s);
    QCOMPARE(text(0, 1), u"2.10 ms"_s);
    const int memory = row_of(u"memory"_s);
    QCOMPARE(text(memory, 3), u"203 MB"_s);
    QCOMPARE(text(memory, 4), u"193 – 213 MB"_s);
    QCOMPARE(text(memory, 5), u"28.8 ×"_s);
    QCOMPARE(text(memory, 6), u"27.1 – 30.6"_s);
    QVERIFY(row_of(u"disk, unique"_s) > 0 && row_of(u"CPU time until ready"_s) > 0);
    model.show_result(result.plan.sides, nullptr);
    QCOMPARE(text(3, 3), u"–"_s);
}

void ModelsTest::a_ratio_is_always_machine_over_container() {
    ComparisonResult result = test::sample_result();
    std::swap(result.sides[0], result.sides[1]);
    result.ratios = {{"ready", {0.01, 0.008, 0.0125, 0.001, true}, {"container", "vm"}}};
    MetricModel model;
    model.show_result({"vm", "container"}, &result); // however they stand in the plan
    for (int row = 0; row < model.rowCount(); ++row) {
        const bool ready = model.index(row, 0).data().toString() == u"start until ready"_s;
        QCOMPARE(model.index(row, 5).data().toString(), ready ? u"100\u00a0×"_s : QString());
        QCOMPARE(model.index(row, 6).data().toString(), ready ? u"80.0 – 125"_s : QString());
    }
    QCOMPARE(Book::rows(&result)[0].measured, u"100\u00a0×"_s);
}

void ModelsTest::many_worlds_have_a_column_each() {
    const ComparisonResult result = test::sample_result_of({"native", "container", "runc", "vm"});
    MetricModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.show_result(result.plan.sides, &result);
    QCOMPARE(model.columnCount(), 5);
    QCOMPARE(model.headerData(4, Qt::Horizontal, Qt::DisplayRole).toString(), u"Virtual machine\nTCG"_s);
    const auto kernel = model.index(3, 4).data().toString();
    QVERIFY2(kernel.startsWith(u"1.17"_s) || kernel.startsWith(u"1.1"_s), qPrintable(kernel));
    const QModelIndex ready = model.index(7, 2);
    QCOMPARE(model.index(7, 0).data().toString(), u"start until ready"_s);
    QCOMPARE(ready.data().toString(), u"13.2\u00a0ms\n1.10\u00a0×"_s);
    QVERIFY(ready.data(Qt::ToolTipRole).toString().contains(u"times that of Host"_s));
    QVERIFY(!model.index(7, 1).data().toString().contains(u'×')); // the baseline
    model.show_result({"container"}, nullptr);
    QCOMPARE(model.columnCount(), 3);
}

void ModelsTest::a_condition_of_many_worlds_names_each_value_once() {
    const ComparisonResult result = test::sample_result_of({"native", "container", "vm", "vm-standard"});
    ContractModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.show_contract(result.plan.sides, result.contract);
    QCOMPARE(model.columnCount(), 5);
    QVERIFY2(model.differing_summary().startsWith(u"kernel (6.18.5 / 6.1.0)"_s), qPrintable(model.differing_summary()));
}

void ModelsTest::layers_are_those_of_the_world() {
    const ComparisonResult result = test::sample_result_of({"native", "container", "crun", "vm-full"});
    const ComparisonView view = view_of(result.plan.sides, nullptr, &result);
    const auto engine = [&](const std::string& world) {
        return StackWords::make(view.side(world), StackWords::facts_of(result, world))[3].name;
    };
    QCOMPARE(engine("native"), u"no isolation: monitor process"_s);
    QCOMPARE(engine("container"), u"engine: monitor process"_s);
    QCOMPARE(engine("crun"), u"crun: monitor process"_s);
    QCOMPARE(engine("vm-full"), u"QEMU 7.2.22, virtual hardware"_s);
}

void ModelsTest::foreign_text_is_never_markup() {
    QCOMPARE(plain_tip(u"<img src=\"file:///dev/zero\">\nend"_s),
             u"<p>&lt;img src=&quot;file:///dev/zero&quot;&gt;<br/>end</p>"_s);
    QVERIFY(plain_tip({}).isEmpty());
    QCOMPARE(shortened(u"abcdef"_s, 4), u"abc…"_s);
    ContractModel model;
    model.show_contract({"container", "vm"}, {{"command", {{"container", "<b>x</b>"}, {"vm", "<b>x</b>"}}, false}});
    QVERIFY(!model.data(model.index(0, 2), Qt::ToolTipRole).toString().contains(u"<b>"_s));
}

void ModelsTest::differing_conditions_come_first_and_are_marked() {
    ContractModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.show_contract({"container", "vm"}, test::sample_result().contract);
    QVERIFY(model.data(model.index(0, ContractModel::what_column), Qt::DisplayRole).toString().startsWith(u'≠'));
    QVERIFY(model.data(model.index(7, ContractModel::what_column), Qt::DisplayRole).toString().startsWith(u'='));
}

void ModelsTest::the_fairness_summary_gives_values() {
    ContractModel model;
    model.show_contract({"container", "vm"}, test::sample_result().contract);
    QCOMPARE(model.differing_summary(),
             u"kernel (6.18.5 / 6.1.0), processor (native / TCG), storage (overlayfs / ext4), and 2 more"_s);
    QCOMPARE(model.equal_summary(), u"image sha256:4f1c, command httpd -f, CPUs 1, memory limit 256 MiB"_s);
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
    for (const ClaimRow& row : Book::rows(nullptr))
        QVERIFY(row.measured.isEmpty() && !row.claim.isEmpty());
    ComparisonResult result = test::sample_result();
    result.ratios.erase(result.ratios.begin() + 1);
    const std::vector<ClaimRow> rows = Book::rows(&result);
    QCOMPARE(rows[0].measured, u"116\u00a0×"_s);
    QCOMPARE(rows[0].interval, u"109 – 124"_s);
    QVERIFY(rows[1].measured.isEmpty());
}

void ModelsTest::the_book_doubts_few_runs_and_keeps_their_interval() {
    ComparisonResult result = test::sample_result();
    QVERIFY(Book::rows(&result)[0].doubt.isEmpty());
    result.ratios[0].summary.distinguishable = false;
    QCOMPARE(Book::rows(&result)[0].doubt, u"not distinguishable"_s);
    QCOMPARE(Book::rows(&result)[0].interval, u"109 – 124"_s);
    for (SideResult& side : result.sides)
        for (MetricSummary& metric : side.metrics)
            metric.summary.n = 2;
    QCOMPARE(Book::rows(&result)[0].doubt, u"too few runs yet"_s);
    QCOMPARE(Book::rows(&result)[0].interval, u"109 – 124"_s);
    for (SideResult& side : result.sides)
        for (MetricSummary& metric : side.metrics)
            metric.summary.n = 1;
    QVERIFY(Book::rows(&result)[0].interval.isEmpty());
}

void ModelsTest::emulation_is_marked_on_every_name() {
    ComparisonResult result = test::sample_result();
    MetricModel model;
    const auto header = [&](int column) {
        return model.headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
    };
    model.show_result(result.plan.sides, &result);
    QCOMPARE(header(3), u"Virtual machine\nTCG"_s);
    QCOMPARE(header(5), u"ratio\nTCG"_s);
    QCOMPARE(header(1), u"Container"_s);
    QCOMPARE(Book::rows(&result)[0].mark, u"TCG"_s);
    QCOMPARE(Words::marked_world(view_of(result.plan.sides, nullptr, &result).side("vm")), u"Virtual machine · TCG"_s);
    result.sides[1].marks.clear(); // measured with KVM, shown on a host that emulates
    model.show_result(result.plan.sides, &result);
    QCOMPARE(header(3), u"Virtual machine"_s);
    QCOMPARE(Book::rows(&result)[0].mark, QString());
    QCOMPARE(Words::marked_world(view_of(result.plan.sides, nullptr, &result, true).side("vm")), u"Virtual machine"_s);
    const LiveComparison live;
    QCOMPARE(Words::marked_world(view_of({"container", "vm"}, &live, nullptr, true).side("vm")),
             u"Virtual machine · TCG"_s);
    QCOMPARE(Words::marked_world(view_of({"container", "vm"}, &live, nullptr, true).side("container")), u"Container"_s);
}

void ModelsTest::the_typical_run_is_nearest_to_the_median() {
    ComparisonResult result = test::sample_result(5);
    RunResult failed = test::sample_run("vm", 9, 1.0);
    failed.error = Error{};
    test::change_runs(result, [&](std::vector<RunResult>& runs) { runs.insert(runs.begin(), failed); });
    const RunResult* run = typical_run(result, "vm");
    QVERIFY(run != nullptr && !run->error);
    QCOMPARE(run->index, 0U);
    result.runs = {};
    QVERIFY(typical_run(result, "vm") == nullptr);
}

void ModelsTest::a_failed_side_keeps_the_other() {
    ComparisonResult result = test::sample_result(3);
    test::remove_runs(result, "vm");
    result.sides[1].metrics.clear();
    result.sides[1].error = Error{ErrorKind::timeout, "boot", "vm", "no sign of life", ""};
    const ComparisonView view = view_of(result.plan.sides, nullptr, &result);
    QCOMPARE(view.side("vm").state, SideView::State::failed);
    QVERIFY(!view.side("vm").ready);
    QCOMPARE(view.side("container").state, SideView::State::finished);
    QCOMPARE(view.side("container").ready_samples.size(), std::size_t{3});
}

void ModelsTest::failed_and_warm_up_runs_give_no_figures() {
    ComparisonResult result = test::sample_result(1);
    for (SideResult& side : result.sides)
        side.metrics.clear();
    test::change_runs(result, [](std::vector<RunResult>& runs) {
        for (RunResult& run : runs) {
            run.warmup = run.side == "container";
            if (run.side == "vm")
                run.error = Error{ErrorKind::timeout, "start", "vm", "the deadline passed", ""};
        }
    });
    const ComparisonView view = view_of(result.plan.sides, nullptr, &result);
    for (const SideView& side : view.sides) {
        QVERIFY(!side.ready && !side.memory && !side.disk_unique && !side.cpu_to_ready);
        QVERIFY(side.phases.empty() && side.memory_rows.empty() && side.memory_series.empty());
    }
    QVERIFY(view.side("container").output.text.empty());
    QVERIFY(!view.side("vm").output.text.empty()); // it may tell why
}

void ModelsTest::a_stop_is_no_failure() {
    ComparisonResult result = test::sample_result(2);
    test::change_runs(result, [](std::vector<RunResult>& runs) {
        runs.back().error = Error{ErrorKind::cancelled, "run", "vm", "stopped", ""};
    });
    result.complete = false;
    const ComparisonView view = view_of(result.plan.sides, nullptr, &result);
    const SideView& vm = view.side("vm");
    QVERIFY(!vm.error);
    QCOMPARE(vm.failed_runs, 0U);
    QCOMPARE(vm.state, SideView::State::finished);
    QCOMPARE(vm.ready_samples.size(), std::size_t{1});
}

void ModelsTest::answers_are_counted() {
    ComparisonResult result = test::sample_result(3);
    QCOMPARE(view_of(result.plan.sides, nullptr, &result).side("vm").asked, 0U);
    test::change_runs(result, [](std::vector<RunResult>& runs) {
        for (RunResult& run : runs)
            run.verified = run.index != 1;
    });
    QCOMPARE(view_of(result.plan.sides, nullptr, &result).side("vm").asked, 3U);
    QCOMPARE(view_of(result.plan.sides, nullptr, &result).side("vm").answered, 2U);
}

void ModelsTest::the_stack_fills_by_share_of_memory() {
    const ComparisonResult result = test::sample_result();
    const ComparisonView view = view_of(result.plan.sides, nullptr, &result);
    const Stack container = StackWords::make(view.side("container"), {});
    const Stack vm = StackWords::make(view.side("vm"), {});
    QCOMPARE(vm.size(), stack_level_count);
    QVERIFY(container[2].absent && !vm[2].absent);
    const auto shares = stack_shares(vm);
    double sum = 0;
    for (const double share : shares)
        sum += share;
    QVERIFY(std::abs(sum - 1) < 1e-9);
    QVERIFY(std::abs(shares[2] / shares[1] - 52.0 / 21.0) < 1e-9); // the guest's kernel against its page cache
    QCOMPARE(shares[5], 0.0);
    QVERIFY(stack_shares(container)[4] > 0); // kernel memory charged to it is part of what it costs
    for (const double share : stack_shares({}))
        QCOMPARE(share, 0.0);
}

void ModelsTest::the_stack_is_named_by_its_own_result() {
    ComparisonResult result = test::sample_result();
    result.environment =
        share({{"cpu", {{"count", 2}}}, {"memory", {{"total", 24'000'000'000ULL}}}, {"versions", {{"qemu", "8.2.0"}}}});
    const StackFacts facts = StackWords::facts_of(result, "vm");
    QCOMPARE(facts.guest_kernel, u"6.1.0-56-cloud-amd64"_s);
    QCOMPARE(facts.qemu, u"8.2.0"_s);
    QCOMPARE(facts.hardware, u"2 CPUs · 24\u00a0GB"_s);
    const Stack stack = StackWords::make(view_of(result.plan.sides, nullptr, &result).side("vm"), facts);
    QCOMPARE(stack[2].name, u"guest kernel 6.1.0"_s);
    QVERIFY(stack[2].detail.contains(u"6.1.0-56-cloud-amd64"_s));
    QVERIFY(stack[1].detail.contains(u"sha256:4f1c"_s));
    QVERIFY(StackWords::facts_of(ComparisonResult{}, "vm").hardware.isEmpty());
}

void ModelsTest::the_next_phase_of_a_container_is_no_firmware() {
    const std::vector<PhaseSpan> spans = test::sample_run("vm", 0).phases;
    QCOMPARE(next_phase("vm", {}), Phase::prepare);
    QCOMPARE(next_phase("vm", {spans[0], spans[1]}), Phase::firmware);
    QCOMPARE(next_phase("container", {spans[0], spans[1]}), Phase::setup);
    QCOMPARE(next_phase("container", {spans[0], spans[1], spans[2]}), Phase::setup);
    QCOMPARE(next_phase("vm", spans), Phase::stop);
}

void ModelsTest::a_deployment_is_told_in_words() {
    ComparisonPlan plan;
    LiveComparison live;
    live.active = "vm";
    live.sides["vm"].state = LiveSide::State::deploying;
    QCOMPARE(Words::run_progress(plan, live), u"deploying: Virtual machine"_s);
    live.deployment = Progress{"make-disk", "sha256:4f1c", 1, 4, true};
    QCOMPARE(Words::run_progress(plan, live), u"deploying: building the machine's disk, 25 %"_s);
    QCOMPARE(Words::task("something new"), u"preparing the image"_s);
}

void ModelsTest::limits_that_are_not_enforced_are_a_warning() {
    test::FakeSource source;
    source.kvm = true;
    QVERIFY(StatusText::warnings(*source.status({})).empty());
    source.limits_enforced = false;
    const auto warnings = StatusText::warnings(*source.status({}));
    QCOMPARE(warnings.size(), std::size_t{1});
    QCOMPARE(warnings[0].reason, u"no controller can be used"_s);
}

void ModelsTest::leftovers_of_a_killed_session_are_told() {
    SessionStatus status;
    const auto without = StatusText::facts(status).size();
    status.leftovers_error = Error{ErrorKind::permission_denied, "remove", "containers/1", "it is not yours", ""};
    const auto facts = StatusText::facts(status);
    QCOMPARE(facts.size(), without + 1);
    QVERIFY(facts.back().reason.contains(u"containers/1"_s));
}

void ModelsTest::the_first_deployment_is_shown() {
    ComparisonResult result = test::sample_result();
    result.sides[0].deployment.clear();
    result.sides[1].deployment = {{"unpack-layers", "unpack layers", std::chrono::milliseconds(3), true},
                                  {"build-disk", "build base disk", std::chrono::milliseconds(1500), false}};
    const auto rows = Deployment::rows(&result);
    QCOMPARE(rows.size(), std::size_t{2});
    QCOMPARE(rows[0].name, u"Virtual machine · unpack layers (was there)"_s);
    QCOMPARE(rows[1].figure.text(), u"1.50\u00a0s"_s);
    QVERIFY(Deployment::rows(nullptr).empty());
}

void ModelsTest::output_keeps_its_end_within_the_limit() {
    std::string text;
    append_bounded(text, "first\nsecond\nthird\n", 14);
    QCOMPARE(text, std::string("second\nthird\n"));
    append_bounded(text, std::string(100, 'x'), 14);
    QCOMPARE(text, std::string(14, 'x'));
}

void ModelsTest::output_is_cut_between_characters() {
    std::string text;
    append_bounded(text, "\u4e2d\u6587\u4e2d\u6587", 7); // three bytes each
    QCOMPARE(text, std::string("\u4e2d\u6587"));
}

ISOLAB_GUI_TEST(ModelsTest)
#include "models_test.moc"
