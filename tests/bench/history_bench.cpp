// SPDX-License-Identifier: GPL-3.0-or-later
//
// history-bench FOLDER RUNS: saves a comparison of RUNS runs on each of two sides into a new history, one by one as the
// runner does. Prints {"cases": {CASE: {NAME: [seconds, ...]}}}: what saving a run takes, beside appending the same
// text to a plain file, and what it takes at the end beside the beginning. Standard error has the sums, and how long
// reading all of it takes.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>

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

} // namespace

int main(int argc, char** argv) {
    const int runs = argc == 3 ? std::atoi(argv[2]) : 0; // NOLINT(cert-err34-c): 0 is refused
    if (runs < 10) {
        std::fputs("usage: history-bench FOLDER RUNS, at least 10\n", stderr);
        return 2;
    }
    const auto result = measure(argv[1], static_cast<unsigned>(runs));
    if (!result) {
        std::cerr << "history-bench: " << result.error().message() << '\n';
        return 1;
    }
    std::cout << result->dump() << '\n';
    return 0;
}
