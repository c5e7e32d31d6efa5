// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compare/model/experiment.h"

namespace isolab::test {

/// A workload of the tests' own: ready when HTTP answers.
Workload sample_workload(const std::string& id = "http");

/// A made-up result with `runs` measured runs of each side, so that pages have something to show. Its figures mean
/// nothing.
ExperimentResult sample_result(unsigned runs = 8);

/// One run of a side as the runner would report it; `scale` stretches all times.
RunResult sample_run(const std::string& side, unsigned index, double scale = 1.0);

} // namespace isolab::test
