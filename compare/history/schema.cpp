// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/history/schema.h"

#include <string>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "compare/history/records.h"
#include "compare/report/report.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

/// The header has a table of its own, so that a change of the line, which comes with each run, does not write it again.
constexpr const char* results_table = R"(
CREATE TABLE results(
  id TEXT PRIMARY KEY, started_at INTEGER NOT NULL, finished_at INTEGER NOT NULL, name TEXT NOT NULL,
  runs INTEGER NOT NULL, complete INTEGER NOT NULL, headline TEXT NOT NULL, header_runs INTEGER NOT NULL,
  kind TEXT NOT NULL DEFAULT 'comparison', part_of TEXT, origin TEXT);
CREATE TABLE headers(
  result TEXT PRIMARY KEY REFERENCES results(id) ON DELETE CASCADE, document TEXT NOT NULL);
CREATE TABLE runs(
  result TEXT NOT NULL REFERENCES results(id) ON DELETE CASCADE, number INTEGER NOT NULL,
  side TEXT NOT NULL, idx INTEGER NOT NULL, warmup INTEGER NOT NULL, mode TEXT NOT NULL, ready_ns INTEGER,
  exit_code INTEGER, error TEXT, document TEXT NOT NULL, PRIMARY KEY(result, number));
)";

constexpr const char* version_2_to_3 = R"(
DROP INDEX experiments_by_time;
DROP INDEX experiments_by_workload;
ALTER TABLE experiments RENAME TO results;
ALTER TABLE results RENAME COLUMN workload TO name;
ALTER TABLE results ADD COLUMN kind TEXT NOT NULL DEFAULT 'comparison';
ALTER TABLE results ADD COLUMN part_of TEXT;
ALTER TABLE results ADD COLUMN origin TEXT;
ALTER TABLE headers RENAME COLUMN experiment TO result;
ALTER TABLE runs RENAME COLUMN experiment TO result;
)";

/// What version 3 brought: experiments and suites, whose parts are results themselves, and what people say of results.
constexpr const char* version_3_tables = R"(
CREATE INDEX results_by_time ON results(part_of, started_at);
CREATE INDEX results_by_name ON results(name);
CREATE TABLE observations(
  result TEXT NOT NULL REFERENCES results(id) ON DELETE CASCADE, number INTEGER NOT NULL, document TEXT NOT NULL,
  PRIMARY KEY(result, number));
CREATE TABLE tags(
  result TEXT NOT NULL REFERENCES results(id) ON DELETE CASCADE, tag TEXT NOT NULL, PRIMARY KEY(result, tag));
CREATE INDEX tags_by_tag ON tags(tag);
CREATE TABLE notes(
  result TEXT PRIMARY KEY REFERENCES results(id) ON DELETE CASCADE, note TEXT NOT NULL);
)";

/// Version 1 had one document for a comparison with all its runs.
constexpr const char* set_version_1_aside = R"(
DROP INDEX experiments_by_time;
DROP INDEX experiments_by_workload;
DROP TABLE runs;
ALTER TABLE experiments RENAME TO experiments_1;
)";

/// A document that cannot be read stays as it is: then reading it goes on telling why.
void take_over(SQLite::Database& database, ResultLine line, const std::string& document) {
    const auto json = parse_json(document, line.id);
    const auto result = json ? parse_report(*json, line.id) : Result<ComparisonResult>(fail(json.error()));
    if (!result) {
        insert_result(database, line, document);
        return;
    }
    line.finished_at = result->finished_at;
    const std::string header = header_of(*result);
    insert_result(database, line, header);
    append_runs(database, line.id, result->runs);
    update_header(database, line.id, header, result->runs.size());
}

void upgrade_from_version_1(SQLite::Database& database) {
    database.exec(set_version_1_aside);
    database.exec(results_table);
    database.exec(version_3_tables);
    SQLite::Statement rows(database, "SELECT id, started_at, workload, runs, complete, headline, document "
                                     "FROM experiments_1");
    while (rows.executeStep()) {
        const Nanoseconds started_at(rows.getColumn(1).getInt64());
        take_over(database,
                  {rows.getColumn(0).getString(), started_at, started_at, rows.getColumn(2).getString(),
                   rows.getColumn(3).getUInt(), rows.getColumn(4).getInt() != 0, rows.getColumn(5).getString()},
                  rows.getColumn(6).getString());
    }
    rows.reset();
    database.exec("DROP TABLE experiments_1");
}

} // namespace

Result<int> history_version(SQLite::Database& database, const std::filesystem::path& file) {
    const int version = database.execAndGet("PRAGMA user_version").getInt();
    if (version > newest_history_version)
        return fail(ErrorKind::unsupported, "open the history", file.string(),
                    fmt::format("it has version {}, this program knows up to {}", version, newest_history_version),
                    "Use a newer Isolab, or move the file away");
    return version;
}

void upgrade_history(SQLite::Database& database) {
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    const int version = database.execAndGet("PRAGMA user_version").getInt();
    if (version >= newest_history_version)
        return;
    if (version == 1) {
        upgrade_from_version_1(database);
    } else {
        database.exec(version == 2 ? version_2_to_3 : results_table);
        database.exec(version_3_tables);
    }
    database.exec(fmt::format("PRAGMA user_version = {}", newest_history_version));
    transaction.commit();
}

} // namespace isolab
