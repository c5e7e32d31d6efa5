// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "compare/model/comparison.h"

namespace isolab::test {

/// A workload of the tests' own: ready when HTTP answers.
Workload sample_workload(const std::string& id = "http");

/// A made-up result with `runs` measured runs of each side, so that pages have something to show. Its figures mean
/// nothing.
ComparisonResult sample_result(unsigned runs = 8);

/// The same of these worlds, which behave as the container or, when they boot a kernel, as the machine.
ComparisonResult sample_result_of(const std::vector<std::string>& worlds, unsigned runs = 8);

/// One run of a side as the runner would report it; `scale` stretches all times.
RunResult sample_run(const std::string& side, unsigned index, double scale = 1.0);

/// Lets `change` edit the runs of a result.
template <class Change> void change_runs(ComparisonResult& result, Change change) {
    std::vector<RunResult> runs = result.runs.to_vector();
    change(runs);
    result.runs = SharedList<RunResult>(std::move(runs));
}

/// Leaves a side out that was to be measured.
void remove_runs(ComparisonResult& result, const std::string& side);

} // namespace isolab::test
