// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/history/records.h"

#include <algorithm>

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <fmt/format.h>

#include "compare/model/format.h"
#include "compare/report/json_fields.h"
#include "compare/report/report.h"
#include "compare/report/report_parts.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

constexpr const char* load_key = "load"; ///< of a run's document, beside the fields of the schema

std::string headline_of(const ComparisonResult& result) {
    std::string text;
    for (const SideResult& side : result.sides) {
        const MetricSummary* ready = result.find_metric(side.side, "ready");
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", side.side,
                            ready != nullptr ? format_duration(ready->summary.median) : "-");
    }
    const MetricRatio* ratio = result.sides.size() == 2 ? result.find_ratio("ready") : nullptr; // of more, which?
    return ratio != nullptr ? fmt::format("{} ({})", text, format_ratio(ratio->summary.ratio)) : text;
}

/// A workload may print any bytes; JSON has only UTF-8, so others become U+FFFD.
std::string run_text(const RunResult& run) {
    Json document = run_json(run);
    if (run.load)
        document[load_key] = *run.load;
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::int64_t integer(bool value) { return value ? 1 : 0; }
std::int64_t integer(std::size_t value) { return static_cast<std::int64_t>(value); }

void bind_run(SQLite::Statement& insert, const std::string& id, std::size_t number, const RunResult& run) {
    SQLite::bind(insert, id, integer(number), run.side, run.index, integer(run.warmup), mode_id(run.mode));
    if (run.ready)
        insert.bind(7, static_cast<std::int64_t>(run.ready->count()));
    if (run.exit)
        insert.bind(8, run.exit->code);
    if (run.error)
        insert.bind(9, run.error->message());
    insert.bind(10, run_text(run));
}

Result<RunResult> parse_run(const StoredComparison::Run& stored, const std::string& subject) {
    ISOLAB_ASSIGN(Json document, parse_json(stored.document, subject));
    ISOLAB_ASSIGN(RunResult run, read_guarded(subject, [&] { return read_run(document); }));
    run.side = stored.side;
    if (document.contains(load_key))
        run.load = share(std::move(document[load_key]));
    return run;
}

} // namespace

unsigned finished_runs(const ComparisonResult& result) {
    unsigned most = 0;
    for (const SideResult& side : result.sides)
        most = std::max(most, static_cast<unsigned>(std::ranges::count_if(result.runs, [&](const RunResult& run) {
                            return run.side == side.side && !run.warmup && !run.error;
                        })));
    return most;
}

ResultLine line_of(const ComparisonResult& result) {
    ResultLine line{
        result.id,       result.started_at,  result.finished_at, result.plan.workload.id, finished_runs(result),
        result.complete, headline_of(result)};
    if (result.plan.part_of)
        line.part_of = result.plan.part_of->experiment;
    return line;
}

std::string header_of(const ComparisonResult& result) {
    ComparisonResult header = result;
    header.runs = {};
    return report_json(header).dump();
}

bool insert_result(SQLite::Database& database, const ResultLine& line, const std::string& header) {
    SQLite::Statement insert(database, "INSERT OR IGNORE INTO results VALUES(?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)");
    SQLite::bind(insert, line.id, static_cast<std::int64_t>(line.started_at.count()),
                 static_cast<std::int64_t>(line.finished_at.count()), line.name, line.runs, integer(line.complete),
                 line.headline, line.kind);
    if (!line.part_of.empty())
        insert.bind(9, line.part_of);
    if (!line.origin.empty())
        insert.bind(10, line.origin);
    if (insert.exec() == 0)
        return false;
    SQLite::Statement add(database, "INSERT INTO headers VALUES(?, ?)");
    SQLite::bind(add, line.id, header);
    add.exec();
    return true;
}

bool update_line(SQLite::Database& database, const ResultLine& line) {
    SQLite::Statement update(database, "UPDATE results SET finished_at = ?, runs = ?, complete = ?, headline = ? "
                                       "WHERE id = ?");
    SQLite::bind(update, static_cast<std::int64_t>(line.finished_at.count()), line.runs, integer(line.complete),
                 line.headline, line.id);
    return update.exec() > 0;
}

void update_header(SQLite::Database& database, const std::string& id, const std::string& header, std::size_t runs) {
    SQLite::Statement update(database, "UPDATE headers SET document = ? WHERE result = ?");
    SQLite::bind(update, header, id);
    update.exec();
    SQLite::Statement count(database, "UPDATE results SET header_runs = ? WHERE id = ?");
    SQLite::bind(count, integer(runs), id);
    count.exec();
}

void append_runs(SQLite::Database& database, const std::string& id, const SharedList<RunResult>& runs) {
    SQLite::Statement next(database, "SELECT COALESCE(MAX(number) + 1, 0) FROM runs WHERE result = ?");
    SQLite::bind(next, id);
    next.executeStep();
    SQLite::Statement insert(database, "INSERT INTO runs VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    for (auto number = static_cast<std::size_t>(next.getColumn(0).getInt64()); number < runs.size(); ++number) {
        bind_run(insert, id, number, runs[number]);
        insert.exec();
        insert.reset();
        insert.clearBindings();
    }
}

StoredComparison read_comparison(SQLite::Database& database, const std::string& id) {
    SQLite::Statement row(database, "SELECT document, header_runs, finished_at, complete FROM results "
                                    "JOIN headers ON result = id WHERE id = ?");
    SQLite::bind(row, id);
    row.executeStep();
    StoredComparison stored;
    stored.header = row.getColumn(0).getString();
    stored.header_runs = static_cast<std::size_t>(row.getColumn(1).getInt64());
    stored.finished_at = Nanoseconds(row.getColumn(2).getInt64());
    stored.complete = row.getColumn(3).getInt() != 0;
    SQLite::Statement runs(database, "SELECT side, document FROM runs WHERE result = ? ORDER BY number");
    SQLite::bind(runs, id);
    while (runs.executeStep())
        stored.runs.push_back({runs.getColumn(0).getString(), runs.getColumn(1).getString()});
    return stored;
}

Result<ComparisonResult> parse_comparison(const StoredComparison& stored, const std::string& subject) {
    ISOLAB_ASSIGN(const Json header, parse_json(stored.header, subject));
    ISOLAB_ASSIGN(ComparisonResult result, parse_report(header, subject));
    for (const StoredComparison::Run& one : stored.runs) {
        ISOLAB_ASSIGN(RunResult run, parse_run(one, subject));
        result.runs.push_back(std::move(run));
    }
    if (stored.runs.size() > stored.header_runs) {
        result.finished_at = stored.finished_at;
        result.complete = stored.complete;
        summarise_comparison(result);
    }
    return result;
}

} // namespace isolab
