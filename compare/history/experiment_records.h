// SPDX-License-Identifier: GPL-3.0-or-later
//
// The rows of experiments and suites (docs/history.md), written and read; records.h is about those of comparisons. All
// functions run in a transaction of their caller and throw SQLite::Exception.
#pragma once

#include <string>
#include <vector>

#include "compare/experiment/experiment_result.h"
#include "compare/history/records.h"

namespace isolab {

ResultLine line_of(const ExperimentResult& result);
ResultLine line_of(const SuiteResult& result);

/// Everything about it but its observations and its parts, as JSON.
std::string header_of(const ExperimentResult& result);
std::string header_of(const SuiteResult& result);

/// Appends the observations that are not there yet.
void append_observations(SQLite::Database& database, const ExperimentResult& result);

/// Texts, to be parsed when the database is not needed any more.
struct StoredExperiment {
    std::string header;
    Nanoseconds finished_at{0};
    std::vector<std::string> observations;
    std::vector<StoredComparison> comparisons;
};
struct StoredSuite {
    std::string header;
    Nanoseconds finished_at{0};
    std::vector<StoredExperiment> experiments;
};
/// The id must be whole and exist.
StoredExperiment read_experiment(SQLite::Database& database, const std::string& id);
StoredSuite read_suite(SQLite::Database& database, const std::string& id);

/// corrupt names `subject`.
Result<ExperimentResult> parse_experiment_record(const StoredExperiment& stored, const std::string& subject);
Result<SuiteResult> parse_suite_record(const StoredSuite& stored, const std::string& subject);

} // namespace isolab
