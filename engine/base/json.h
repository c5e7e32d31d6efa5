// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/json_fwd.h"

namespace isolab {

/// Makes a document one that can be held by several.
SharedJson share(Json document);

/// Parses text; an Error of kind corrupt names `subject` (a file, a digest), line and column. So is a document with
/// more than 1000 fields in one object or nested deeper than 64.
Result<Json> parse_json(std::string_view text, const std::string& subject);

/// Reads and parses a file of at most `limit` bytes.
Result<Json> read_json_file(const std::filesystem::path& path, std::uint64_t limit = 16U << 20U);

/// Field access that reports what is wrong with which field of which document instead of throwing.
/// Missing optional fields give an empty optional or an empty vector; a wrong type is always an Error.
Result<std::string> json_string(const Json& object, const char* key, const std::string& subject);
Result<std::optional<std::string>> json_optional_string(const Json& object, const char* key,
                                                        const std::string& subject);
Result<std::optional<std::uint64_t>> json_optional_unsigned(const Json& object, const char* key,
                                                            const std::string& subject);
Result<std::vector<std::string>> json_strings(const Json& object, const char* key, const std::string& subject);

} // namespace isolab
