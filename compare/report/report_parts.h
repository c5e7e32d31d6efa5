// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "compare/model/comparison.h"
#include "engine/base/error.h"
#include "engine/base/json_fwd.h"

namespace isolab {

/// The plan and one run as JSON (docs/comparison-schema.md) and back. The readers throw nlohmann::json::exception; call
/// them inside read_guarded().
Json pair_json(const RatioPair& pair);
RatioPair read_pair(const Json& json);
Json stopping_json(const StoppingLimits& limits);
StoppingLimits read_stopping(const Json& json);
Json plan_json(const ComparisonPlan& plan);
Json run_json(const RunResult& run);
ComparisonPlan read_plan(const Json& json);
RunResult read_run(const Json& json);
/// A fact as words, {"number", "unit"} or {"id", "values"}; a statement that this program does not know is read as
/// `words`, what the document says of it in English.
Json fact_json(const Fact& fact);
Fact read_fact(const Json& json, const std::string& words);
Json notice_json(const Notice& notice);
Notice read_notice(const Json& json);
Json error_json(const std::optional<Error>& error);
std::optional<Error> read_error(const Json& json);
const char* mode_id(Mode mode) noexcept;

} // namespace isolab
