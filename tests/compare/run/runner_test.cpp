// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <thread>

#include "compare/history/history.h"
#include "compare/measure/bench_output.h"
#include "compare/model/format.h"
#include "compare/model/line_matcher.h"
#include "compare/model/runner_observer.h"
#include "compare/report/report.h"
#include "compare/run/runner.h"
#include "engine/base/json.h"
#include "tests/support/fake_backend.h"
#include "tests/support/test_main.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;
using namespace std::chrono_literals;

namespace {

FakeScript script(const char* side, std::optional<ExitStatus> exit = ExitStatus{}) {
    FakeScript s;
    s.side = side;
    s.exit = exit;
    return s;
}

ComparisonPlan plan_of(const char* readiness = "exit") {
    ComparisonPlan plan;
    plan.workload.id = plan.workload.image = "hello";
    plan.workload.readiness = *Readiness::parse(readiness);
    plan.workload.duration = 120ms;
    plan.workload.deadline = 60s;
    plan.runs = 3;
    plan.seed = 7;
    return plan;
}

class StopAfter final : public RunnerObserver {
  public:
    StopAfter(StopSource& source, unsigned runs) : source_(source), runs_(runs) {}
    void on_phase(const std::string&, const PhaseSpan& span) override {
        if (span.phase == Phase::exec && ++seen_ == runs_)
            source_.request_stop();
    }

  private:
    StopSource& source_;
    unsigned runs_;
    unsigned seen_ = 0;
};

/// Cannot be written to for a while.
class FlakyHistory final : public ComparisonStore {
  public:
    explicit FlakyHistory(unsigned failures) : failures_(failures) {}
    const std::filesystem::path& file() const noexcept override { return file_; }
    Result<void> begin(ComparisonResult&) override { return write(); }
    Result<void> save_runs(const ComparisonResult&) override { return write(); }
    Result<void> save(const ComparisonResult&) override { return write(); }
    unsigned saves = 0;

  private:
    Result<void> write() {
        ++saves;
        if (saves > failures_)
            return {};
        return fail(ErrorKind::no_space, "save to the history", "h.sqlite", "the disk is full", "Make room");
    }
    const unsigned failures_;
    const std::filesystem::path file_ = "/tmp/h.sqlite";
};

/// Writes down on which side a deployment began and ended.
class DeploymentLog final : public RunnerObserver {
  public:
    void on_deployment_started(const std::string& side) override { lines.push_back(side + " begins"); }
    void on_deployment(const std::string& side, const std::vector<DeploymentStep>&) override {
        lines.push_back(side + " done");
    }
    std::vector<std::string> lines;
};

} // namespace

class RunnerTest : public QObject {
    Q_OBJECT
    RunnerObserver nobody_;

    ComparisonResult run(FakeScript left, FakeScript right, const ComparisonPlan& plan) {
        FakeBackend a(std::move(left));
        FakeBackend b(std::move(right));
        auto result = Runner({&a, &b}, nullptr).run(plan, nobody_, {});
        const bool clean = a.alive() == 0 && b.alive() == 0;
        return result && clean ? std::move(*result) : ComparisonResult{};
    }

  private slots:
    void sides_take_turns_and_are_summarised() {
        const auto result = run(script("container"), script("vm"), plan_of());
        QVERIFY(result.complete);
        QCOMPARE(result.runs.size(), std::size_t{8});
        for (std::size_t i = 0; i < result.runs.size(); i += 2)
            QVERIFY(result.runs[i].side != result.runs[i + 1].side);
        QCOMPARE(result.find_metric("container", "ready")->summary.n, std::size_t{3});
        QVERIFY(result.find_metric("vm", "disk.unique") != nullptr);
        QVERIFY(result.find_metric("vm", "phase.stop") != nullptr);
        QVERIFY(result.find_metric("vm", "phase.kernel") == nullptr);
        QVERIFY(result.environment->at("overhead")["mark_ns"].get<double>() > 0);
        QCOMPARE(result.environment->at("versions")["fake"].get<std::string>(), std::string("1"));
        QVERIFY(!result.environment->at("versions")["isolab"].get<std::string>().empty());
    }
    void a_deployment_is_told_before_it_begins() {
        FakeBackend a(script("container"));
        FakeBackend b(script("vm"));
        DeploymentLog log;
        QVERIFY(Runner({&a, &b}, nullptr).run(plan_of(), log, {}));
        QCOMPARE(log.lines, (std::vector<std::string>{"container begins", "container done", "vm begins", "vm done"}));
    }
    void an_image_is_looked_up_once_for_all_runs() {
        FakeBackend a(script("container"));
        FakeBackend b(script("vm"));
        QVERIFY(Runner({&a, &b}, nullptr).run(plan_of(), nobody_, {}));
        QCOMPARE(a.started(), 4U); // one warms up
        QCOMPARE(a.resolved(), 1U);
        QCOMPARE(b.resolved(), 1U);
    }
    void the_stop_of_a_run_that_was_killed_is_not_counted() {
        auto left = script("container", std::nullopt);
        left.probe_ready = left.killed = true;
        auto right = left;
        right.side = "vm";
        right.killed = false;
        const auto result = run(left, right, plan_of("tcp:80"));
        QVERIFY(result.complete);
        for (const RunResult& one : result.runs) {
            QCOMPARE(std::ranges::count(one.marks, killed_mark), one.side == "container" ? 1 : 0);
            QVERIFY(one.phases.back().measured); // kept
        }
        QVERIFY(result.find_metric("container", "ready") != nullptr);
        for (const char* figure : {"phase.stop", "phase_cpu.stop"}) {
            QVERIFY(result.find_metric("container", figure) == nullptr);
            QVERIFY(result.find_metric("vm", figure) != nullptr);
            QVERIFY(result.find_ratio(figure) == nullptr);
        }
        const auto notice = std::ranges::find(result.notices, "killed-container", &Notice::id);
        QVERIFY(notice != result.notices.end());
        QCOMPARE(english(notice->text),
                 std::string("Container: 3 of 3 runs did not heed their stop signal and were ended by "
                             "force. Their stop times are not counted."));
        QVERIFY(std::ranges::find(result.notices, "killed-vm", &Notice::id) == result.notices.end());
    }
    void a_log_line_split_across_chunks_is_ready() {
        auto left = script("container", std::nullopt);
        left.output = {"begin\nser", "ver rea", "dy to go\n"};
        auto right = left;
        right.side = "vm";
        const auto result = run(left, right, plan_of("log:^server ready"));
        QVERIFY(result.complete);
        for (const RunResult& one : result.runs) {
            QVERIFY2(!one.error, one.error ? one.error->message().c_str() : "");
            QVERIFY(one.memory_at_ready && !one.memory_series.empty());
            QCOMPARE(one.memory_at_ready->rows.back().id, std::string("host_available"));
        }
        QCOMPARE(result.find_side("vm")->memory_definition, std::string("PSS at ready"));
    }
    void one_side_failing_leaves_the_other() {
        auto right = script("vm");
        right.start_error = Error{ErrorKind::unavailable, "start", "qemu", "it is missing", "install it"};
        const auto result = run(script("container"), right, plan_of());
        QVERIFY(!result.complete);
        QVERIFY(result.find_side("vm")->error);
        QCOMPARE(result.find_metric("container", "ready")->summary.n, std::size_t{3});
    }
    void a_deadline_names_the_condition_and_the_last_line() {
        auto left = script("container", std::nullopt);
        left.early_output = {"still waiting\n"};
        auto plan = plan_of("tcp:6379");
        plan.sides = {"container"};
        plan.warmup = 0;
        plan.runs = 1;
        plan.workload.deadline = 200ms;
        const auto result = run(left, script("vm"), plan);
        const RunResult& one = result.runs.at(0);
        QCOMPARE(one.error->kind, ErrorKind::timeout);
        QVERIFY(one.error->message().find("tcp:6379") != std::string::npos);
        QVERIFY(one.error->message().find("still waiting") != std::string::npos);
    }
    void a_quoted_line_is_short_and_cannot_steer_a_terminal() {
        auto left = script("container", ExitStatus{3, 0, false});
        left.output = {"\x1b]0;title\x07" + std::string(5000, 'x') + "\n"};
        auto plan = plan_of();
        plan.sides = {"container"};
        plan.warmup = 0;
        plan.runs = 1;
        const auto result = run(left, script("vm"), plan);
        const std::string message = result.runs.at(0).error->message();
        QVERIFY2(message.find("exit code 3") != std::string::npos, message.c_str());
        QVERIFY(message.size() < 500);
        QVERIFY(message.find('\x1b') == std::string::npos && message.find('\x07') == std::string::npos);
    }
    void patterns_that_a_backtracking_search_never_ends_are_searched_at_once() {
        LineMatcher matcher("(\\w+\\s?)+ready$");
        QVERIFY(!matcher.feed(OutputStream::out, std::string(LineMatcher::window, 'x') + "\n"));
        QVERIFY(matcher.feed(OutputStream::out, std::string(2000, 'x') + " ready\n"));
    }
    void lines_are_searched_like_by_any_other_search_data() {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<bool>("found");
        QTest::newRow("inside") << "is rea" << true;
        QTest::newRow("begin") << "^server" << true;
        QTest::newRow("not the begin") << "^is" << false;
        QTest::newRow("end") << "ready$" << true;
        QTest::newRow("alternatives") << "^never|ready" << true;
        QTest::newRow("word") << "\\bready\\b" << true;
        QTest::newRow("look-ahead") << "server(?= is)" << true;
        QTest::newRow("none") << "up" << false;
    }
    void lines_are_searched_like_by_any_other_search() {
        QFETCH(QString, pattern);
        QFETCH(bool, found);
        QVERIFY(LineMatcher::check(pattern.toStdString()));
        QCOMPARE(LineMatcher(pattern.toStdString()).feed(OutputStream::out, "server is ready\n"), found);
    }
    void an_instance_that_is_lost_ends_the_run_at_once_with_the_cause_data() {
        QTest::addColumn<bool>("ready_first");
        QTest::addColumn<QString>("readiness");
        QTest::newRow("before it is ready") << false << "tcp:6379";
        QTest::newRow("while it is watched") << true << "log:up";
        QTest::newRow("before its exit") << false << "exit";
    }
    void an_instance_that_is_lost_ends_the_run_at_once_with_the_cause() {
        QFETCH(bool, ready_first);
        QFETCH(QString, readiness);
        auto left = script("container");
        left.lost = true;
        left.output = {ready_first ? "up\n" : "begin\n", "end\n"};
        auto plan = plan_of(qPrintable(readiness));
        plan.sides = {"container"};
        plan.warmup = 0;
        plan.runs = 1;
        plan.workload.deadline = plan.workload.duration = 1h; // the test's own time limit is far shorter
        const auto result = run(left, script("vm"), plan);
        const RunResult& one = result.runs.at(0);
        QVERIFY(one.error);
        QVERIFY2(one.error->message().find("its monitor was killed") != std::string::npos,
                 one.error->message().c_str());
        QVERIFY2(one.error->message().find("exit code") == std::string::npos, one.error->message().c_str());
        QVERIFY(!one.exit);
    }
    void an_exit_before_ready_and_a_failing_command_are_errors() {
        auto left = script("container", ExitStatus{3, 0, false});
        auto plan = plan_of("tcp:6379");
        plan.warmup = 0;
        auto result = run(left, script("vm", ExitStatus{3, 0, false}), plan);
        QVERIFY(result.runs.at(0).error->message().find("exit code 3") != std::string::npos);
        plan = plan_of();
        plan.warmup = 0;
        result = run(left, script("vm"), plan);
        QVERIFY(result.find_metric("container", "ready") == nullptr);
        for (const RunResult& one : result.runs)
            QCOMPARE(one.error.has_value(), one.side == "container");
        QVERIFY(result.complete);
    }
    void a_race_is_never_pooled() {
        auto plan = plan_of();
        plan.mode = Mode::race;
        plan.warmup = 0;
        const auto result = run(script("container"), script("vm"), plan);
        QCOMPARE(result.runs.size(), std::size_t{6});
        QVERIFY(result.find_metric("vm", "ready") == nullptr);
        QVERIFY(result.ratios.empty());
    }
    void a_stop_keeps_what_was_measured_and_the_history_has_it() {
        QTemporaryDir folder;
        auto history = History::open(folder.filePath("h.sqlite").toStdString());
        QVERIFY(history);
        FakeBackend a(script("container", std::nullopt));
        FakeScript service = script("container", std::nullopt);
        service.probe_ready = true;
        FakeBackend left(service);
        service.side = "vm";
        FakeBackend right(service);
        auto plan = plan_of("tcp:1");
        plan.warmup = 0;
        StopSource source;
        StopAfter observer(source, 4);
        const auto result = Runner({&left, &right}, history->get()).run(plan, observer, source.token());
        QVERIFY(result);
        QVERIFY(!result->complete);
        QCOMPARE(result->runs.size(), std::size_t{4});
        QCOMPARE(result->runs.back().error->kind, ErrorKind::cancelled);
        QVERIFY(!result->runs.front().error);
        QCOMPARE(left.alive() + right.alive(), 0);
        const auto loaded = (*history)->load(result->id.substr(0, 15));
        VERIFY_OK(loaded);
        QCOMPARE(report_json(*loaded).dump(), report_json(*result).dump());
        QCOMPARE((*history)->list()->size(), std::size_t{1});
    }
    void warnings_of_an_instance_are_told_once() {
        auto left = script("container");
        left.warning = "capabilities left out: CAP_SYS_RESOURCE";
        const auto result = run(left, script("vm"), plan_of("exit"));
        QVERIFY(result.complete);
        const auto told = [](const Notice& notice) {
            return english(notice.text) == "Container: capabilities left out: CAP_SYS_RESOURCE.";
        };
        QCOMPARE(std::ranges::count_if(result.notices, told), 1);
    }
    void memory_of_a_service_is_never_its_peak() {
        auto left = script("container", std::nullopt);
        left.probe_ready = true;
        left.peak = 99'000'000;
        left.memory_error = Error{ErrorKind::timeout, "ask", "guest", "it is silent", ""};
        auto right = left;
        right.side = "vm";
        right.memory_error.reset();
        const auto result = run(left, right, plan_of("tcp:1"));
        QVERIFY(result.complete);
        QVERIFY(result.find_metric("container", "memory") == nullptr);
        QCOMPARE(result.find_metric("vm", "memory")->summary.median, 10e6);
        QCOMPARE(std::ranges::count(result.notices, "memory", &Notice::id), 1);
        QVERIFY(report_table(result, {}).find("it is silent") != std::string::npos);
    }
    void memory_of_what_ends_is_the_largest_that_was_seen() {
        ComparisonResult result;
        result.sides = {{"container", "Container", {}, {}, {}, {}, {}}};
        RunResult one;
        one.side = "container";
        one.peak_memory = 5;
        one.memory_series = {{Nanoseconds{1}, 7, {}}, {Nanoseconds{2}, 6, {}}};
        result.runs.push_back(one);
        summarise_comparison(result);
        QCOMPARE(result.find_metric("container", "memory")->summary.median, 7.0);
        one.peak_memory = 9;
        result.runs = SharedList(std::vector{one});
        summarise_comparison(result);
        QCOMPARE(result.find_metric("container", "memory")->summary.median, 9.0);
    }
    void cpu_to_ready_is_read_before_questions_use_more() {
        auto left = script("container", std::nullopt);
        left.output = {"up\n"};
        auto plan = plan_of("log:up");
        plan.sides = {"container"};
        const auto result = run(left, script("vm"), plan);
        QCOMPARE(*result.runs.at(0).cpu_to_ready, Nanoseconds(1ms));
    }
    void work_per_second_becomes_figures_and_a_ratio() {
        const auto bench = [](const char* rate) {
            return std::string(R"({"schema":"isolab.bench/1","results":[{"kernel":"compute","ops_per_second":)") +
                   rate + "}]}\n";
        };
        auto left = script("container");
        left.output = {bench("500e6")};
        auto right = script("vm");
        right.output = {bench("25e6")};
        const auto result = run(left, right, plan_of());
        const MetricSummary* metric = result.find_metric("container", "work.compute");
        QVERIFY(metric != nullptr);
        QCOMPARE(metric->unit, std::string("1/s"));
        QCOMPARE(metric->summary.median, 500e6);
        QCOMPARE(result.find_ratio("work.compute")->summary.ratio, 0.05);
        const std::string table = report_table(result, {});
        for (const char* word : {"work per second", "500 M/s", "25.0 M/s", "0.0500×"})
            QVERIFY2(table.find(word) != std::string::npos, table.c_str());
        const auto copy = parse_report(report_json(result), "x");
        QVERIFY(copy && copy->runs.front().work == result.runs.front().work);
    }
    void work_is_taken_from_whole_documents_of_the_schema_only_data() {
        QTest::addColumn<QByteArray>("output");
        const QByteArray good = R"({"schema":"isolab.bench/1","results":[{"kernel":"fork","ops_per_second":1}]})";
        QTest::newRow("with other lines") << "begin\n" + good;
        QTest::newRow("twice") << good + good;
        QTest::newRow("another schema") << QByteArray(good).replace("bench/1", "other/1");
        QTest::newRow("a bad name") << QByteArray(good).replace("fork", "\\u001b[2J");
        QTest::newRow("nothing done") << QByteArray(good).replace(":1}", ":0}");
        QTest::newRow("no number") << QByteArray(good).replace(":1}", ":\"1\"}");
        QTest::newRow("results of a wrong type") << QByteArray(R"({"schema":"isolab.bench/1","results":{"a":1}})");
        QTest::newRow("deeply nested") << QByteArray("{\"a\":").repeated(5000);
        QVERIFY(!read_bench_report(good.toStdString()).work.empty());
    }
    void work_is_taken_from_whole_documents_of_the_schema_only() {
        QFETCH(QByteArray, output);
        QVERIFY(read_bench_report(output.toStdString()).work.empty());
    }
    void a_result_that_is_not_saved_says_so() {
        for (const bool recovers : {true, false}) {
            FakeBackend a(script("container"));
            FakeBackend b(script("vm"));
            FlakyHistory history(recovers ? 1 : 1000);
            const auto result = Runner({&a, &b}, &history).run(plan_of(), nobody_, {});
            QVERIFY(result && result->complete && history.saves > 1);
            QCOMPARE(std::ranges::count(result->notices, "not-saved", &Notice::id), recovers ? 0 : 1);
        }
    }
    void output_of_any_bytes_becomes_valid_json() {
        auto left = script("container");
        left.output = {"\xff\xfe caf\xc3"};
        auto plan = plan_of();
        plan.sides = {"container"};
        const auto result = run(left, script("vm"), plan);
        const auto parsed = parse_json(report_json(result).dump(), "x");
        QVERIFY(parsed && parse_report(*parsed, "x"));
        QCOMPARE(report_json(*parse_report(*parsed, "x")).dump(), parsed->dump());
    }
    void contract_has_the_state_of_the_caches_and_notices_of_the_sides() {
        auto left = script("container");
        left.notices = {{"limits", "none", ""}};
        const auto start_of = [](const ComparisonResult& result) {
            for (const ContractEntry& entry : result.contract)
                if (entry.key == "cache")
                    return entry.differs ? std::string("differs") : english(entry.values.at("vm"));
            return std::string();
        };
        auto plan = plan_of();
        auto result = run(left, script("vm"), plan);
        QVERIFY(start_of(result).starts_with("warm"));
        QCOMPARE(std::ranges::count(result.notices, "limits", &Notice::id), 1);
        plan.warmup = 0;
        result = run(left, script("vm"), plan);
        QVERIFY2(start_of(result).find("no warm-up") != std::string::npos, start_of(result).c_str());
    }
    void impossible_plans_are_refused() {
        FakeBackend a(script("container"));
        auto plan = plan_of();
        plan.sides = {"container"};
        plan.workload.limits.cpus = 0;
        auto result = Runner({&a}, nullptr).run(plan, nobody_, {});
        QVERIFY(!result && result.error().message().find("0 CPUs") != std::string::npos);
        plan = plan_of();
        plan.sides = {"moon"};
        result = Runner({&a}, nullptr).run(plan, nobody_, {});
        QVERIFY(!result && result.error().kind == ErrorKind::invalid_argument);
    }
    void tables_name_sides_and_emulation() {
        auto right = script("vm");
        right.marks = {"tcg"};
        const auto result = run(script("container"), right, plan_of());
        const std::string table = report_table(result, {});
        for (const char* word : {"Container", "Virtual machine TCG", "exec", "seed 7", "3 of 3"})
            QVERIFY2(table.find(word) != std::string::npos, table.c_str());
    }
    void ratios_of_emulation_are_marked_and_have_an_interval() {
        auto right = script("vm");
        right.marks = {"tcg"};
        const auto result = run(script("container"), right, plan_of());
        const RatioSummary& ratio = result.find_ratio("ready")->summary;
        const std::string text = format_ratio(ratio.ratio) + " TCG [" + format_ratio_interval(ratio.low, ratio.high);
        const std::string table = report_table(result, {.width = 140}); // enough for any figure
        QVERIFY2(table.find(text) != std::string::npos, table.c_str());
    }
    void races_of_emulation_are_marked() {
        auto right = script("vm");
        right.marks = {"tcg"};
        auto plan = plan_of();
        plan.mode = Mode::race;
        plan.runs = 1;
        plan.warmup = 0;
        const std::string table = report_table(run(script("container"), right, plan), {});
        const auto begin = table.find("vm 1: ready after");
        QVERIFY2(begin != std::string::npos, table.c_str());
        QVERIFY2(table.substr(begin, table.find('\n', begin) - begin).ends_with(" TCG"), table.c_str());
    }
    void runs_that_failed_are_not_said_to_count() {
        auto left = script("container", ExitStatus{3, 0, false});
        left.exits_after_first = ExitStatus{};
        const auto result = run(left, script("vm"), [] {
            auto plan = plan_of();
            plan.warmup = 0;
            return plan;
        }());
        const std::string table = report_table(result, {});
        QVERIFY2(table.find("2 of 3") != std::string::npos, table.c_str());
    }
    void colours_belong_to_worlds_not_to_columns() {
        auto plan = plan_of();
        plan.sides = {"vm"};
        const auto result = run(script("container"), script("vm"), plan);
        const std::string table = report_table(result, {.colour = true});
        QVERIFY(table.find("213;94;0") != std::string::npos);
        QVERIFY(table.find("0;114;178") == std::string::npos);
    }
};

ISOLAB_TEST(RunnerTest)
#include "runner_test.moc"
