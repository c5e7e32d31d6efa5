// SPDX-License-Identifier: GPL-3.0-or-later
//
// history-bench FOLDER RUNS [RESULTS]: saves a comparison of RUNS runs on each of two sides into a new history, one by
// one as the runner does. Prints {"cases": {CASE: {NAME: [seconds, ...]}}}: what saving a run takes, beside appending
// the same text to a plain file, and what it takes at the end beside the beginning. Standard error has the sums, and
// how long reading all of it takes. Then it lists a history of RESULTS results (100,000), all and filtered, beside the
// rows alone as SQLite gives them.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>

#include <SQLiteCpp/SQLiteCpp.h>

#include "compare/history/history.h"
#include "compare/report/report_parts.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"

using namespace isolab;

namespace {

constexpr unsigned hundredth = 100; ///< the first and the last part of all runs, one in so many, but at least ten

/// As large as a machine's run of a service: phases, memory rows, a series of ten seconds, some output.
RunResult sample_run(const std::string& side, unsigned index) {
    RunResult run;
    run.side = side;
    run.index = index;
    run.started_at = realtime_now();
    run.ready = std::chrono::microseconds(12'000 + index % 97);
    run.exit = ExitStatus{};
    PhaseTimeline timeline(Nanoseconds{0});
    for (std::size_t i = 0; i < phase_count; ++i)
        timeline.add({static_cast<Phase>(i), std::chrono::milliseconds(i), std::chrono::microseconds(i)});
    run.phases = timeline.spans();
    MemorySample memory{Nanoseconds{1}, 100'000'000, {}};
    for (int row = 0; row < 8; ++row)
        memory.rows.push_back({"row_" + std::to_string(row), "a row", 1'000'000, "where it comes from", true});
    run.memory_at_ready = memory;
    for (int sample = 0; sample < 200; ++sample)
        run.memory_series.push_back({std::chrono::milliseconds(50 * sample), 100'000'000, {}});
    run.output = std::string(4096, 'x');
    run.load = share({{"before", {{"load1", 0.5}}}, {"after", {{"load1", 0.5}}}, {"foreign_cpu", 0.01}});
    return run;
}

ComparisonResult new_comparison() {
    ComparisonResult result;
    result.id = "20261124-205441-1a2b";
    result.started_at = realtime_now();
    result.plan.workload.id = "bench";
    result.sides = {{.side = "container", .title = "Container"}, {.side = "vm", .title = "Virtual machine"}};
    return result;
}

double seconds_since(Nanoseconds begin) { return std::chrono::duration<double>(monotonic_now() - begin).count(); }

Result<Json> measure(const std::filesystem::path& folder, unsigned runs) {
    ISOLAB_ASSIGN(const auto history, History::open(folder / "history.sqlite"));
    std::ofstream plain(folder / "plain.jsonl", std::ios::app);
    ComparisonResult result = new_comparison();
    ISOLAB_TRY(history->begin(result));
    std::vector<double> saved;
    std::vector<double> appended;
    for (unsigned index = 0; index < runs; ++index)
        for (const SideResult& side : result.sides) {
            result.runs.push_back(sample_run(side.side, index));
            Nanoseconds begin = monotonic_now();
            ISOLAB_TRY(history->save_runs(result));
            saved.push_back(seconds_since(begin));
            begin = monotonic_now();
            plain << run_json(result.runs.back()).dump() << std::endl;
            appended.push_back(seconds_since(begin));
        }
    result.complete = true;
    summarise_comparison(result);
    ISOLAB_TRY(history->save(result));
    Nanoseconds begin = monotonic_now();
    ISOLAB_ASSIGN(const ComparisonResult loaded, history->load(result.id));
    const double whole = seconds_since(begin);
    if (loaded.runs.size() != result.runs.size())
        return fail(ErrorKind::corrupt, "read", "the history", "runs are missing");
    double all = 0;
    for (const double one : saved)
        all += one;
    std::fprintf(stderr, "history: %zu runs saved in %.3f s, mean %.3f ms; read in %.3f s\n", saved.size(), all,
                 1000 * all / static_cast<double>(saved.size()), whole);
    const auto part = static_cast<std::ptrdiff_t>(std::max<std::size_t>(10, saved.size() / hundredth));
    return Json{{"cases",
                 {{"history, a run saved", {{"all", saved}, {"plain file", appended}}},
                  {"history, its last runs",
                   {{"last", std::vector<double>(saved.end() - part, saved.end())},
                    {"first", std::vector<double>(saved.begin(), saved.begin() + part)}}}}}};
}

/// A result in 20 is an experiment's with four parts; one in ten has a tag, one in 100 a note, one in three an origin.
constexpr const char* many_results = R"(
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
INSERT INTO results SELECT printf('20261124-%06d-%04x', i, i % 65536), started_at + i * 1000000000, finished_at,
  CASE i % 5 WHEN 0 THEN 'http' WHEN 1 THEN 'redis' ELSE 'hello' END, 10, 1,
  'container 11.8 ms, vm 1.42 s (120x)', 10, CASE WHEN i % 20 = 0 THEN 'experiment' ELSE 'comparison' END,
  CASE WHEN i % 20 BETWEEN 1 AND 4 THEN printf('20261124-%06d-%04x', i - i % 20, (i - i % 20) % 65536) END,
  CASE WHEN i % 3 = 0 THEN 'laboratory-7' END FROM n, results;
INSERT INTO headers SELECT results.id, document FROM results, headers WHERE results.id != headers.result;
INSERT INTO tags SELECT id, 'paper' FROM results WHERE started_at / 1000000000 % 10 = 0;
INSERT INTO notes SELECT id, 'after the new kernel' FROM results WHERE started_at / 1000000000 % 100 = 0;
)";

Result<void> fill_history(const std::filesystem::path& file, unsigned results) {
    ISOLAB_ASSIGN(const auto history, History::open(file));
    ComparisonResult first = new_comparison();
    ISOLAB_TRY(history->begin(first));
    std::string text = many_results;
    text.replace(text.find('?'), 1, std::to_string(results - 1));
    SQLite::Database database(file.string(), SQLite::OPEN_READWRITE);
    database.exec(text);
    return {};
}

/// Every column of every row of the list, and nothing made of it.
double rows_alone(const std::filesystem::path& file) {
    SQLite::Database database(file.string(), SQLite::OPEN_READONLY);
    const Nanoseconds begin = monotonic_now();
    SQLite::Statement rows(database, "SELECT * FROM results WHERE part_of IS NULL ORDER BY started_at DESC");
    std::size_t bytes = 0;
    while (rows.executeStep())
        for (int column = 0; column < rows.getColumnCount(); ++column)
            bytes += static_cast<std::size_t>(rows.getColumn(column).getBytes());
    return bytes > 0 ? seconds_since(begin) : 0;
}

Result<Json> measure_lists(const std::filesystem::path& folder, unsigned results) {
    constexpr int repetitions = 11;
    const std::filesystem::path file = folder / "many.sqlite";
    ISOLAB_TRY(fill_history(file, results));
    ISOLAB_ASSIGN(const auto history, HistoryReader::open(file));
    const std::vector<std::pair<const char*, HistoryFilter>> filters{{"all", {}},
                                                                     {"with parts", {.with_parts = true}},
                                                                     {"newest 100", {.most = 100}},
                                                                     {"kind", {.kind = ResultKind::experiment}},
                                                                     {"name", {.name = "redis"}},
                                                                     {"tag", {.tag = "paper"}},
                                                                     {"text found", {.text = "LABORATORY"}},
                                                                     {"text absent", {.text = "nowhere to be found"}}};
    Json seconds = Json::object();
    for (const auto& [name, filter] : filters) {
        std::vector<double> times;
        std::size_t found = 0;
        for (int i = 0; i < repetitions; ++i) {
            const Nanoseconds begin = monotonic_now();
            ISOLAB_ASSIGN(const std::vector<HistoryEntry> entries, history->list(filter));
            times.push_back(seconds_since(begin));
            found = entries.size();
        }
        std::ranges::nth_element(times, times.begin() + repetitions / 2);
        std::fprintf(stderr, "history: list of %u, %s: %zu in %.1f ms\n", results, name, found,
                     1000 * times[repetitions / 2]);
        seconds[name] = times;
    }
    std::vector<double> alone;
    for (int i = 0; i < repetitions; ++i)
        alone.push_back(rows_alone(file));
    std::fprintf(stderr, "history: its rows alone: %.1f ms\n", 1000 * *std::ranges::min_element(alone));
    seconds["rows alone"] = alone;
    return seconds;
}

} // namespace

int main(int argc, char** argv) {
    const int runs = argc == 3 || argc == 4 ? std::atoi(argv[2]) : 0; // NOLINT(cert-err34-c): 0 is refused
    const int results = argc == 4 ? std::atoi(argv[3]) : 100'000;     // NOLINT(cert-err34-c): 0 is refused
    if (runs < 10 || results < 10) {
        std::fputs("usage: history-bench FOLDER RUNS [RESULTS], at least 10\n", stderr);
        return 2;
    }
    auto result = measure(argv[1], static_cast<unsigned>(runs));
    if (result) {
        auto lists = measure_lists(argv[1], static_cast<unsigned>(results));
        if (lists)
            (*result)["cases"]["history, a list of " + std::to_string(results)] = std::move(*lists);
        else
            result = fail(std::move(lists).error());
    }
    if (!result) {
        std::cerr << "history-bench: " << result.error().message() << '\n';
        return 1;
    }
    std::cout << result->dump() << '\n';
    return 0;
}
