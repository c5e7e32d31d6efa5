// SPDX-License-Identifier: GPL-3.0-or-later
//
// Results of experiments and suites as JSON (docs/experiment.md), and back.
#pragma once

#include <string>

#include "compare/experiment/experiment_result.h"

namespace isolab {

inline constexpr const char* experiment_result_schema = "isolab.experiment-result/1";
inline constexpr const char* suite_result_schema = "isolab.suite-result/1";

Json experiment_result_json(const ExperimentResult& result);
/// The inverse; corrupt when the document is not of experiment_result_schema or lacks a field. Statistics are not in
/// it: they are made of the raw figures again.
Result<ExperimentResult> parse_experiment_result(const Json& document, const std::string& subject);

Json suite_result_json(const SuiteResult& result);
Result<SuiteResult> parse_suite_result(const Json& document, const std::string& subject);

/// One observation, for the history. The reader throws nlohmann::json::exception, see read_guarded().
Json observation_json(const Observation& observation);
Observation read_observation(const Json& json, std::size_t cells);

} // namespace isolab
