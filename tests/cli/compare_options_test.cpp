// SPDX-License-Identifier: GPL-3.0-or-later
#include "cli/compare_options.h"
#include "tests/support/test_main.h"

#include "cli/exit_code.h"

#include <QtTest>

using namespace isolab;

namespace {

Workload redis() {
    Workload workload;
    workload.id = "redis";
    workload.command = {"redis-server"};
    workload.readiness = *Readiness::parse("tcp:6379");
    workload.verify = Exchange{6379, "PING\r\n", "+PONG"};
    return workload;
}

} // namespace

class CompareOptionsTest : public QObject {
    Q_OBJECT
  private slots:
    void without_options_the_workload_is_taken_as_it_is() {
        const auto plan = make_plan(redis(), {});
        QVERIFY(plan);
        QCOMPARE(plan->workload.readiness.text(), std::string("tcp:6379"));
        QCOMPARE(plan->runs, 5U);
        QCOMPARE(plan->warmup, 1U);
        QVERIFY(plan->workload.verify.has_value());
    }
    void limits_are_replaced() {
        CompareOptions options;
        options.cpus = 2;
        options.memory = "512M";
        const auto plan = make_plan(redis(), options);
        QVERIFY(plan);
        QCOMPARE(plan->workload.limits.cpus, 2U);
        QCOMPARE(plan->workload.limits.memory_bytes, std::uint64_t{512} << 20U);
    }
    void another_command_runs_to_its_end_unless_told_otherwise() {
        CompareOptions options;
        options.command = {"sleep", "1"};
        auto plan = make_plan(redis(), options);
        QVERIFY(plan && plan->workload.readiness.kind == Readiness::Kind::exit);
        QVERIFY(!plan->workload.verify);
        options.ready = "log:up";
        plan = make_plan(redis(), options);
        QVERIFY(plan && plan->workload.readiness.kind == Readiness::Kind::log);
    }
    void lists_do_not_swallow_the_workload() {
        CompareOptions options;
        ProgramParser parser("compare", "");
        declare_compare_options(parser.command(), options);
        QVERIFY(!parser.parse(
            {"--sides", "vm,container", "--ratio", "container/vm", "--env", "A=1", "--env", "B=2", "redis"}));
        QCOMPARE(options.workload, std::string("redis"));
        QCOMPARE(options.sides, (std::vector<std::string>{"vm", "container"}));
        QCOMPARE(options.env, (std::vector<std::string>{"A=1", "B=2"}));
    }
    void race_is_one_run_without_warm_up() {
        CompareOptions options;
        options.race = true;
        const auto plan = make_plan(redis(), options);
        QVERIFY(plan && plan->mode == Mode::race);
        QCOMPARE(plan->runs, 1U);
        QCOMPARE(plan->warmup, 0U);
    }
    void nonsense_is_refused_data() {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("value");
        QTest::newRow("memory") << "memory"
                                << "much";
        QTest::newRow("ready") << "ready"
                               << "soon";
        QTest::newRow("ratio of nothing") << "ratio"
                                          << "/vm";
        QTest::newRow("ratio to nothing") << "ratio"
                                          << "vm/";
        QTest::newRow("no ratio") << "ratio"
                                  << "vm";
    }
    void nonsense_is_refused() {
        QFETCH(QString, field);
        QFETCH(QString, value);
        CompareOptions options;
        if (field == "memory")
            options.memory = value.toStdString();
        else if (field == "ready")
            options.ready = value.toStdString();
        else
            options.ratios = {"vm/container", value.toStdString()};
        const auto plan = make_plan(redis(), options);
        QVERIFY(!plan);
        QVERIFY(plan.error().kind == ErrorKind::invalid_argument);
        QVERIFY2(plan.error().message().find(value.toStdString()) != std::string::npos, plan.error().message().c_str());
    }
    void exit_codes_follow_the_result() {
        ComparisonResult result;
        QVERIFY(exit_code_for(result) == ExitCode::failed);
        result.complete = true;
        QVERIFY(exit_code_for(result) == ExitCode::ok);
        result.notices = {{"tcg", "", ""}};
        QVERIFY(exit_code_for(result) == ExitCode::ok);
        result.notices = {{"not-saved", "", ""}};
        QVERIFY(exit_code_for(result) == ExitCode::failed);
    }
    void exit_codes_follow_the_kind_of_error() {
        QVERIFY(exit_code_for(ErrorKind::invalid_argument) == ExitCode::usage);
        QVERIFY(exit_code_for(ErrorKind::not_found) == ExitCode::usage);
        QVERIFY(exit_code_for(ErrorKind::unavailable) == ExitCode::unavailable);
        QVERIFY(exit_code_for(ErrorKind::cancelled) == ExitCode::interrupted);
        QVERIFY(exit_code_for(ErrorKind::corrupt) == ExitCode::failed);
    }
};

ISOLAB_TEST(CompareOptionsTest)
#include "compare_options_test.moc"
