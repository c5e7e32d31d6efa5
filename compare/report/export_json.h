// SPDX-License-Identifier: GPL-3.0-or-later
//
// Results in one file, to be taken into another history (docs/history.md).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "compare/experiment/experiment_result.h"

namespace isolab {

inline constexpr const char* export_schema = "isolab.export/1";

/// Longer files are not read, bytes.
inline constexpr std::uint64_t largest_export = 1U << 30U;

/// The origin, in a history, of results that came from another machine, which is not told.
inline constexpr const char* unknown_origin = "unknown";

using AnyResult = std::variant<ComparisonResult, ExperimentResult, SuiteResult>;

const std::string& id_of(const AnyResult& result);

/// The whole document of a result, without its hash.
Json any_result_json(const AnyResult& result);

/// What people say of a result.
struct ResultWords {
    std::vector<std::string> tags = {};
    std::string note = {};
    bool operator==(const ResultWords&) const = default;
};

/// A result with all that belongs to it.
struct PortableResult {
    AnyResult result;
    std::string origin = {}; ///< the machine that it was made on; empty: not told
    ResultWords words = {};
    std::map<std::string, ResultWords> part_words = {}; ///< by id of a part; those that have any
};

/// The ids of its comparisons and experiments.
std::vector<std::string> part_ids(const AnyResult& result);

Json export_json(const std::vector<PortableResult>& results);

/// The inverse. corrupt when a document lacks its hash or has another, ids are used twice or are none, or a part does
/// not belong to what it is in; unsupported when the file or a result in it is of a later version.
Result<std::vector<PortableResult>> parse_export(const Json& document, const std::string& subject);

} // namespace isolab
