// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "compare/experiment/experiment_result.h"
#include "compare/report/report.h"

namespace isolab {

/// An experiment for people: each row of the book's that it answers, a line for each world.
std::string experiment_table(const ExperimentResult& result, const TableOptions& options);

/// The first answer of an experiment on one line, as a list shows it.
std::string experiment_headline(const ExperimentResult& result);

/// A suite: the book's table with a line for each experiment, then each experiment.
std::string suite_table(const SuiteResult& result, const TableOptions& options);

} // namespace isolab
