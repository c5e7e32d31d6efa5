// SPDX-License-Identifier: GPL-3.0-or-later
//
// Results as CSV and as Markdown, with whatever images and users may have put into them.
#include "compare/report/report_csv.h"
#include "compare/report/report_markdown.h"
#include "tests/support/comma_locale.h"
#include "tests/support/test_main.h"

#include <QtTest>

using namespace isolab;
using namespace isolab::test;

namespace {

constexpr const char* evil = "=cmd|' /C calc'!A0,\"x\"\n<script>alert(1)</script>";

ComparisonResult sample() {
    ComparisonResult result;
    result.id = "20261130-094500-1a2b";
    result.started_at = std::chrono::seconds(1796031900); // 2026-11-30 09:45:00 UTC
    result.plan.workload.id = evil;
    result.plan.workload.title = "a|b [link](http://x) `code`";
    result.plan.runs = 2;
    result.plan.seed = 7;
    for (const char* id : {"container", "vm"}) {
        SideResult side;
        side.side = id;
        side.title = id;
        side.metrics = {{"ready", "ns", {}}, {"work.=evil", "1/s", {}}};
        side.metrics[0].summary.n = 2;
        side.metrics[0].summary.median = id == std::string("vm") ? 1.5e9 : 12.5e6;
        result.sides.push_back(std::move(side));
    }
    result.sides[1].marks = {"tcg"};
    result.ratios = {{"ready", {120, 110.5, 130, 0.25, false}, {"vm", "container"}}};
    result.contract = {{"kernel", {{"container", "6.18"}, {"vm", "6.1|x"}}, true}};
    result.notices = {{"tcg", Fact::said("notice.tcg", {Fact::said("world.vm")}), Fact::said("remedy.kvm")}};
    RunResult run;
    run.side = "container";
    run.phases = {{Phase::create, Nanoseconds(0), Nanoseconds(1'500'000), Nanoseconds(7), true},
                  {Phase::firmware, Nanoseconds(0), Nanoseconds(0), std::nullopt, false}};
    run.ready = Nanoseconds(12'500'000);
    run.disk = DiskUse{4, 3, 2, 1};
    run.work = {{"=evil", 0.5}};
    run.marks = {"busy-host", "killed"};
    RunResult failed;
    failed.side = "vm";
    failed.index = 1;
    failed.error = Error{ErrorKind::timeout, "start", "vm", "it said \"no\"", ""};
    result.runs = SharedList<RunResult>({run, failed});
    return result;
}

} // namespace

class ExportTest : public QObject {
    Q_OBJECT
  private slots:
    void cells_are_quoted_and_no_formulas_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("cell");
        QTest::newRow("plain") << "hello"
                               << "hello";
        QTest::newRow("comma") << "a,b"
                               << "\"a,b\"";
        QTest::newRow("quote") << "a\"b"
                               << "\"a\"\"b\"";
        QTest::newRow("line") << "a\nb"
                              << "\"a\nb\"";
        QTest::newRow("formula") << "=1+1"
                                 << "'=1+1";
        QTest::newRow("formula by sign") << "-1+1"
                                         << "'-1+1";
        QTest::newRow("formula by at") << "@SUM(A1)"
                                       << "'@SUM(A1)";
        QTest::newRow("formula and comma") << "=A1,B1"
                                           << "\"'=A1,B1\"";
        QTest::newRow("empty") << ""
                               << "";
    }
    void cells_are_quoted_and_no_formulas() {
        QFETCH(QString, text);
        QFETCH(QString, cell);
        QCOMPARE(QString::fromStdString(csv_cell(text.toStdString())), cell);
    }
    void every_figure_of_every_run_has_a_row() {
        const CommaLocale comma;
        comma.enter();
        const std::string workload = csv_cell(evil);
        const std::string head = "20261130-094500-1a2b,2026-11-30T09:45:00Z," + workload;
        const std::string run = head + ",container,1,0,measure,busy-host killed,,";
        QCOMPARE(report_csv({sample()}),
                 "result,started,workload,world,run,warmup,mode,marks,error,figure,unit,value\n" + run +
                     "phase.create,ns,1500000\n" + run + "phase_cpu.create,ns,7\n" + run + "ready,ns,12500000\n" + run +
                     "disk.logical,bytes,4\n" + run + "disk.allocated,bytes,3\n" + run + "disk.shared,bytes,2\n" + run +
                     "disk.unique,bytes,1\n" + run + "work.=evil,1/s,0.5\n" + head +
                     ",vm,2,0,measure,,\"cannot start vm: it said \"\"no\"\"\",,,\n");
    }
    void a_summary_has_ratios_to_the_baseline() {
        const CommaLocale comma;
        comma.enter();
        const std::string text = summary_csv({sample()});
        QVERIFY2(text.find(",vm,tcg,ready,ns,2,1500000000,0,0,0,0,0,0,,0,container,120,110.5,130,0.25,0\n") !=
                     std::string::npos,
                 text.c_str());
        QVERIFY2(text.find(",container,,ready,ns,2,12500000,0,0,0,0,0,0,,0,,,,,,\n") != std::string::npos,
                 text.c_str());
    }
    void markdown_says_all_and_is_no_markup() {
        const std::string text = report_markdown(sample());
        for (const char* part : {"## a\\|b \\[link\\](http://x) \\`code\\`\n",
                                 "2 runs per side, 1 warm-up, seed 7, 2026-11-30T09:45:00Z, incomplete",
                                 "| ready | 12.5 ms [0 – 0 ns] | 1.50 s [0 – 0 ns] | 120× [110 – 130] \\~ |",
                                 "| Start | minutes / seconds | 120× \\[110 – 130\\], too few runs yet |",
                                 "| kernel | 6.18 | 6.1\\|x |", "- Virtual machine: TCG, software emulation", "vm TCG"})
            QVERIFY2(text.find(part) != std::string::npos, (std::string(part) + " in\n" + text).c_str());
        QVERIFY(markdown_text(evil).find('\n') == std::string::npos);
        QVERIFY2(markdown_text(evil).find("\\<script\\>") != std::string::npos, markdown_text(evil).c_str());
    }
    void nothing_measured_is_no_trouble() {
        QVERIFY(!report_markdown({}).empty());
        QVERIFY(report_csv({}).ends_with("value\n"));
        QVERIFY(summary_csv({ComparisonResult{}}).ends_with("distinguishable\n"));
    }
};

ISOLAB_TEST(ExportTest)
#include "export_test.moc"
