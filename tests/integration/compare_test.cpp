// SPDX-License-Identifier: GPL-3.0-or-later
//
// The main job, end to end: one image in two worlds, through the command line.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include <unistd.h>

#include "compare/model/format.h"
#include "compare/report/report.h"
#include "engine/base/json.h"
#include "tests/support/comma_locale.h"
#include "tests/support/host_state.h"
#include "tests/support/places.h"
#include "tests/support/program.h"
#include "tests/support/test_main.h"
#include "tests/support/text.h"
#include "tests/support/verify.h"

#include <QTemporaryDir>
#include <QtTest>

using namespace isolab;
using namespace isolab::test;

class CompareTest : public QObject {
    Q_OBJECT
    QTemporaryDir scratch_;
    std::unique_ptr<Program> program_;

    ComparisonResult parsed(const std::string& text) {
        const auto document = parse_json(text, "output");
        if (!document)
            return {};
        auto result = parse_report(*document, "output");
        return result ? std::move(*result) : ComparisonResult{};
    }

    ComparisonResult newest_result() {
        std::istringstream list(program_->run({"history", "ls"}).out);
        std::string line;
        std::string id;
        std::getline(list, line); // the titles
        list >> id;
        return parsed(program_->run({"history", "show", id, "--format", "json"}).out);
    }

    static const PhaseSpan& phase(const RunResult& run, Phase wanted) {
        return run.phases.at(static_cast<std::size_t>(wanted));
    }

  private slots:
    void initTestCase() {
        program_ =
            std::make_unique<Program>(programs_folder(), std::filesystem::path(scratch_.path().toStdString()) / "data");
    }

    void both_worlds_report_real_phases_memory_and_disk() {
        const HostState before = HostState::capture(program_->root(), program_->temporary());
        const auto output = program_->run({"compare", "http", "--runs", "2", "--warmup", "0", "--format", "json"});
        QVERIFY2(output.code == 0, output.err.c_str());
        QCOMPARE((*parse_json(output.out, "x"))["schema"].get<std::string>(), std::string(comparison_schema));
        const ComparisonResult result = parsed(output.out);
        QVERIFY(result.complete);
        QCOMPARE(result.runs.size(), std::size_t{4});
        for (const RunResult& run : result.runs) {
            QCOMPARE(run.phases.size(), phase_count);
            QVERIFY(run.ready && run.ready->count() > 0);
            QVERIFY(run.memory_at_ready && !run.memory_at_ready->rows.empty());
            std::uint64_t parts = 0;
            for (const MemoryRow& row : run.memory_at_ready->rows)
                parts += row.in_headline ? row.bytes : 0;
            QCOMPARE(parts, run.memory_at_ready->host_cost);
            QVERIFY(run.disk);
            QCOMPARE(run.disk->shared + run.disk->unique, run.disk->allocated);
            for (const Phase always :
                 {Phase::prepare, Phase::create, Phase::setup, Phase::exec, Phase::ready, Phase::stop})
                QVERIFY2(phase(run, always).measured, phase_id(always).data());
            Nanoseconds sum{0};
            for (const PhaseSpan& span : run.phases)
                if (span.phase != Phase::stop)
                    sum += span.duration;
            QVERIFY(std::abs((sum - *run.ready).count()) < 1'000'000);
            const bool machine = run.side == "vm";
            QCOMPARE(phase(run, Phase::kernel).duration.count() > 0, machine);
            QCOMPARE(phase(run, Phase::firmware).duration.count() > 0, machine);
        }
        const double container = result.find_metric("container", "ready")->summary.median;
        const double vm = result.find_metric("vm", "ready")->summary.median;
        QVERIFY(container < vm);
        QVERIFY(result.find_ratio("ready")->summary.ratio > 1);
        QCOMPARE(
            QString::fromStdString(HostState::capture(program_->root(), program_->temporary()).added_since(before)),
            QString());
    }

    void every_usable_world_takes_part() {
        const HostState before = HostState::capture(program_->root(), program_->temporary());
        const auto listed = program_->run({"worlds", "--format", "json"});
        QVERIFY2(listed.code == 0, listed.err.c_str());
        std::vector<std::string> usable;
        const Json document = *parse_json(listed.out, "worlds");
        for (const Json& world : document["worlds"]) {
            QVERIFY(world["usable"].get<bool>() != !world["cause"].get<std::string>().empty());
            if (world["usable"].get<bool>())
                usable.push_back(world["id"].get<std::string>());
        }
        std::string sides;
        for (const std::string& id : usable)
            sides += (sides.empty() ? "" : ",") + id;
        for (const char* always : {"native", "container", "vm", "vm-standard"})
            QVERIFY2(std::ranges::find(usable, always) != usable.end(), listed.out.c_str());
        const auto output =
            program_->run({"compare", "hello", "--sides", sides, "--runs", "1", "--warmup", "0", "--format", "json"});
        QVERIFY2(output.code == 0, output.err.c_str());
        const ComparisonResult result = parsed(output.out);
        QCOMPARE(result.runs.size(), usable.size());
        for (const RunResult& run : result.runs) {
            QCOMPARE(QString::fromStdString(run.output), QString("Hello from Isolab\n"));
            QVERIFY2(run.ready && run.disk && run.cpu_total, run.side.c_str());
            QCOMPARE(phase(run, Phase::kernel).duration.count() > 0, run.side.starts_with("vm"));
        }
        QVERIFY(result.find_ratio("ready", {"vm", "container"}) != nullptr);
        QCOMPARE(
            QString::fromStdString(HostState::capture(program_->root(), program_->temporary()).added_since(before)),
            QString());
    }

    void same_process_in_both_worlds() {
        const auto output =
            program_->run({"compare", "isolab/default", "--runs", "1", "--warmup", "0", "--format", "json", "--env",
                           "GREETING=two words", "--user", "1000:1000", "--workdir", "/tmp", "--", "sh", "-c",
                           "echo $GREETING; id -u; id -g; pwd; nproc; hostname"});
        if (::geteuid() != 0 && output.err.find("/etc/subuid") != std::string::npos)
            QSKIP("this user has no range in /etc/subuid, so that a container has the user id 0 only");
        QVERIFY2(output.code == 0, output.err.c_str());
        const ComparisonResult result = parsed(output.out);
        QCOMPARE(result.runs.size(), std::size_t{2});
        for (const RunResult& run : result.runs)
            QVERIFY2(run.output.starts_with("two words\n1000\n1000\n/tmp\n"), (run.side + ": " + run.output).c_str());
    }

    void a_service_at_the_other_loopback_address_is_found() {
        const auto output =
            program_->run({"compare", "isolab/default", "--runs", "1", "--warmup", "0", "--format", "json", "--ready",
                           "http:8080/", "--", "httpd", "-f", "-p", "[::1]:8080", "-h", "/www"});
        QVERIFY2(output.code == 0, output.err.c_str());
        const ComparisonResult result = parsed(output.out);
        QCOMPARE(result.runs.size(), std::size_t{2});
        for (const RunResult& run : result.runs)
            QVERIFY(run.ready);
    }

    /// Its readiness is a prompt, which ends no line.
    void memory_that_no_process_maps_is_paid_for_in_both_worlds() {
        const auto output = program_->run(
            {"compare", "isolab/default", "--runs", "1", "--warmup", "0", "--format", "json", "--ready", "log:^ready> ",
             "--", "sh", "-c",
             "dd if=/dev/zero of=/dev/shm/file bs=1M count=48 2>/dev/null; printf 'ready> '; exec sleep 1000"});
        QVERIFY2(output.code == 0, output.err.c_str());
        const ComparisonResult result = parsed(output.out);
        QCOMPARE(result.runs.size(), std::size_t{2});
        constexpr std::uint64_t written = std::uint64_t{48} << 20;
        for (const RunResult& run : result.runs) {
            QVERIFY(run.memory_at_ready);
            const auto& rows = run.memory_at_ready->rows;
            const auto row = std::ranges::find(rows, "shared_memory", &MemoryRow::id);
            QVERIFY(row != rows.end() && row->in_headline);
            if (row->formula.find("is missing") != std::string::npos)
                QSKIP("no control group counts the memory of containers here");
            QVERIFY2(row->bytes >= written && row->bytes < written + (std::uint64_t{8} << 20),
                     (run.side + ": " + std::to_string(row->bytes)).c_str());
            QVERIFY(run.memory_at_ready->host_cost > written);
        }
    }

    void exit_code_of_the_workload_is_kept_and_makes_the_run_fail() {
        const auto output = program_->run({"compare", "isolab/default", "--runs", "1", "--warmup", "0", "--format",
                                           "json", "--", "sh", "-c", "exit 7"});
        QCOMPARE(output.code, 1);
        const ComparisonResult result = parsed(output.out);
        QCOMPARE(result.runs.size(), std::size_t{2});
        for (const RunResult& run : result.runs) {
            QVERIFY(run.exit);
            QCOMPARE(run.exit->code, 7);
        }
    }

    void numbers_are_the_same_in_every_locale() {
        const CommaLocale comma;
        std::vector<std::string> line{"env", "QT_QPA_PLATFORM=offscreen"};
        std::ranges::copy(comma.variables(), std::back_inserter(line));
        const std::vector<std::string> program = program_->command_line({}, "isolab-gui");
        line.insert(line.end(), program.begin() + 1, program.end());
        const std::string pictures = scratch_.filePath("comma").toStdString();
        line.insert(line.end(), {"--workload", "hello", "--runs", "1", "--screenshot", pictures});
        VERIFY_CODE(run_command(line).value(), 0);
        const ComparisonResult result = newest_result();
        const auto median = [&](const char* side) { return result.find_metric(side, "ready")->summary.median; };
        const std::string headline = "container " + format_duration(median("container")) + ", vm " +
                                     format_duration(median("vm")) + " (" +
                                     format_ratio(result.find_ratio("ready")->summary.ratio) + ")";
        const std::string listed = program_->run({"history", "ls"}).out;
        QVERIFY2(contains(listed, headline), (headline + " is not in:\n" + listed).c_str());
    }
    void race_is_labelled_and_not_pooled() {
        const auto output = program_->run({"compare", "hello", "--race", "--format", "json"});
        QVERIFY2(output.code == 0, output.err.c_str());
        const ComparisonResult result = parsed(output.out);
        QCOMPARE(result.runs.size(), std::size_t{2});
        for (const RunResult& run : result.runs)
            QVERIFY(run.mode == Mode::race);
        QVERIFY(result.find_metric("container", "ready") == nullptr);
    }

    void results_are_kept_in_the_history() {
        const auto list = program_->run({"history", "ls"});
        QCOMPARE(list.code, 0);
        QVERIFY(list.out.find("http") != std::string::npos);
        const std::string id = list.out.substr(list.out.rfind('\n', list.out.size() - 2) + 1, 15);
        const auto shown = program_->run({"history", "show", id, "--format", "json"});
        QVERIFY2(shown.code == 0, shown.err.c_str());
        QCOMPARE(parsed(shown.out).runs.size(), std::size_t{4});
    }

    void table_for_people_names_both_sides_and_the_emulation() {
        const auto output = program_->run({"compare", "hello", "--runs", "1", "--warmup", "0"});
        QVERIFY2(output.code == 0, output.err.c_str());
        for (const char* word : {"ontainer", "irtual machine", "kernel"})
            QVERIFY2(output.out.find(word) != std::string::npos, word);
        const ComparisonResult result = newest_result();
        const SideResult* machine = result.find_side("vm");
        QVERIFY(machine != nullptr);
        const bool emulated = std::ranges::find(machine->marks, "tcg") != machine->marks.end();
        QCOMPARE(output.out.find("TCG") != std::string::npos, emulated);
    }
};

ISOLAB_TEST(CompareTest)
#include "compare_test.moc"
