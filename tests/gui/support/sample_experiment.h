// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compare/experiment/experiment_result.h"

namespace isolab::test {

/// Three experiments: "start", "memory" and "kernel", which no world can be used for.
Suite sample_suite(bool quick);
/// A whole result of one of them, made as it says; "kernel" tells why nothing could be measured.
ExperimentResult sample_experiment_result(const Experiment& experiment);

} // namespace isolab::test
