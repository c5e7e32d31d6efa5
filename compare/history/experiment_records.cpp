// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/history/experiment_records.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <fmt/format.h>

#include "compare/report/book_table.h"
#include "compare/report/experiment_json.h"
#include "compare/report/json_fields.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

struct Header {
    std::string document;
    Nanoseconds finished_at{0};
};

Header read_header(SQLite::Database& database, const std::string& id) {
    SQLite::Statement row(database,
                          "SELECT document, finished_at FROM results JOIN headers ON result = id WHERE id = ?");
    row.bind(1, id);
    row.executeStep();
    return {row.getColumn(0).getString(), Nanoseconds(row.getColumn(1).getInt64())};
}

std::vector<std::string> parts_of(SQLite::Database& database, const std::string& id) {
    SQLite::Statement rows(database, "SELECT id FROM results WHERE part_of = ? ORDER BY started_at, id");
    rows.bind(1, id);
    std::vector<std::string> ids;
    while (rows.executeStep())
        ids.push_back(rows.getColumn(0).getString());
    return ids;
}

std::string text_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

} // namespace

ResultLine line_of(const ExperimentResult& result) {
    ResultLine line;
    line.id = result.id;
    line.started_at = result.started_at;
    line.finished_at = result.finished_at;
    line.name = result.experiment.id;
    line.runs = static_cast<unsigned>(result.observations.size());
    for (const CellResult& cell : result.cells)
        line.runs = cell.comparison ? std::max(line.runs, finished_runs(*cell.comparison)) : line.runs;
    line.complete = result.complete;
    line.kind = "experiment";
    line.part_of = result.part_of;
    if (result.finished_at > Nanoseconds(0)) // a headline takes statistics of everything
        line.headline = experiment_headline(result);
    return line;
}

ResultLine line_of(const SuiteResult& result) {
    ResultLine line;
    line.id = result.id;
    line.started_at = result.started_at;
    line.finished_at = result.finished_at;
    line.name = result.suite;
    line.runs = static_cast<unsigned>(result.experiments.size());
    line.complete = result.complete;
    line.kind = "suite";
    line.headline = fmt::format("{} experiments", result.experiments.size());
    return line;
}

std::string header_of(const ExperimentResult& result) {
    ExperimentResult header = result;
    header.observations.clear();
    for (CellResult& cell : header.cells)
        cell.comparison = nullptr;
    return experiment_result_json(header).dump();
}

std::string header_of(const SuiteResult& result) {
    SuiteResult header = result;
    header.experiments.clear();
    return suite_result_json(header).dump();
}

void append_observations(SQLite::Database& database, const ExperimentResult& result) {
    SQLite::Statement next(database, "SELECT COALESCE(MAX(number) + 1, 0) FROM observations WHERE result = ?");
    next.bind(1, result.id);
    next.executeStep();
    SQLite::Statement insert(database, "INSERT INTO observations VALUES(?, ?, ?)");
    auto number = static_cast<std::size_t>(next.getColumn(0).getInt64());
    for (; number < result.observations.size(); ++number) {
        SQLite::bind(insert, result.id, static_cast<std::int64_t>(number),
                     text_of(observation_json(result.observations[number])));
        insert.exec();
        insert.reset();
        insert.clearBindings();
    }
}

StoredExperiment read_experiment(SQLite::Database& database, const std::string& id) {
    Header header = read_header(database, id);
    StoredExperiment stored{std::move(header.document), header.finished_at, {}, {}};
    SQLite::Statement rows(database, "SELECT document FROM observations WHERE result = ? ORDER BY number");
    rows.bind(1, id);
    while (rows.executeStep())
        stored.observations.push_back(rows.getColumn(0).getString());
    for (const std::string& part : parts_of(database, id))
        stored.comparisons.push_back(read_comparison(database, part));
    return stored;
}

StoredSuite read_suite(SQLite::Database& database, const std::string& id) {
    Header header = read_header(database, id);
    StoredSuite stored{std::move(header.document), header.finished_at, {}};
    for (const std::string& part : parts_of(database, id))
        stored.experiments.push_back(read_experiment(database, part));
    return stored;
}

Result<ExperimentResult> parse_experiment_record(const StoredExperiment& stored, const std::string& subject) {
    ISOLAB_ASSIGN(const Json header, parse_json(stored.header, subject));
    ISOLAB_ASSIGN(ExperimentResult result, parse_experiment_result(header, subject));
    for (const std::string& text : stored.observations) {
        ISOLAB_ASSIGN(const Json document, parse_json(text, subject));
        ISOLAB_ASSIGN(Observation observation,
                      read_guarded(subject, [&] { return read_observation(document, result.cells.size()); }));
        result.observations.push_back(std::move(observation));
    }
    for (const StoredComparison& part : stored.comparisons) {
        ISOLAB_ASSIGN(ComparisonResult comparison, parse_comparison(part, subject));
        const std::size_t cell = comparison.plan.part_of ? comparison.plan.part_of->cell : result.cells.size();
        if (cell < result.cells.size())
            result.cells[cell].comparison = std::make_shared<const ComparisonResult>(std::move(comparison));
    }
    result.finished_at = stored.finished_at;
    return result;
}

Result<SuiteResult> parse_suite_record(const StoredSuite& stored, const std::string& subject) {
    ISOLAB_ASSIGN(const Json header, parse_json(stored.header, subject));
    ISOLAB_ASSIGN(SuiteResult result, parse_suite_result(header, subject));
    for (const StoredExperiment& part : stored.experiments) {
        ISOLAB_ASSIGN(ExperimentResult experiment, parse_experiment_record(part, subject));
        result.experiments.push_back(std::move(experiment));
    }
    result.finished_at = stored.finished_at;
    return result;
}

} // namespace isolab
