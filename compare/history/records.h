// SPDX-License-Identifier: GPL-3.0-or-later
//
// The rows of a comparison (docs/history.md), written and read. All functions run in a transaction of their caller and
// throw SQLite::Exception.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compare/model/comparison.h"

namespace SQLite {
class Database;
}

namespace isolab {

/// What serves the list and changes with each run: a row of the table `results`.
struct ResultLine {
    std::string id;
    Nanoseconds started_at{0}, finished_at{0};
    std::string name; ///< of the workload, the experiment or the suite
    unsigned runs = 0;
    bool complete = false;
    std::string headline;
    const char* kind = "comparison";
    std::string part_of = {}; ///< empty: of none
    std::string origin = {};  ///< empty: this machine
};
ResultLine line_of(const ComparisonResult& result);
/// Measured runs of the side that has most of them, without those that failed.
unsigned finished_runs(const ComparisonResult& result);

/// Everything about a comparison but its runs, as JSON.
std::string header_of(const ComparisonResult& result);

/// Puts a new result in, without its runs; false when the id is taken, and then nothing is changed.
bool insert_result(SQLite::Database& database, const ResultLine& line, const std::string& header);

/// False when there is no result of that id.
bool update_line(SQLite::Database& database, const ResultLine& line);

/// `runs`: how many runs the header's summaries know.
void update_header(SQLite::Database& database, const std::string& id, const std::string& header, std::size_t runs);

/// Appends the runs that are not there yet.
void append_runs(SQLite::Database& database, const std::string& id, const SharedList<RunResult>& runs);

/// A comparison as texts, to be parsed when the database is not needed any more.
struct StoredComparison {
    struct Run {
        std::string side, document;
    };
    std::string header;
    std::size_t header_runs = 0;
    Nanoseconds finished_at{0};
    bool complete = false;
    std::vector<Run> runs;
};
/// The id must be whole and exist.
StoredComparison read_comparison(SQLite::Database& database, const std::string& id);

/// Parses it; with runs that the header's summaries do not know, these are made anew. corrupt names `subject`.
Result<ComparisonResult> parse_comparison(const StoredComparison& stored, const std::string& subject);

} // namespace isolab
