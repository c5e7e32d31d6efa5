// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reading the fields of runtime specification documents: what is missing is nothing, what has the wrong type is an
// Error that names `subject`, the document.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/json_fwd.h"

namespace isolab::spec {

tl::unexpected<Error> bad(const std::string& subject, const std::string& cause);
tl::unexpected<Error> unsupported(const std::string& subject, const std::string& field);

/// The member of an object, or null; never throws.
const Json& member(const Json& object, const char* key);

/// Neither null nor empty nor false.
bool is_filled(const Json& value);

Result<std::uint64_t> unsigned_of(const Json& object, const char* key, const std::string& subject,
                                  std::uint64_t most = std::numeric_limits<std::uint64_t>::max());
Result<std::int64_t> signed_of(const Json& object, const char* key, const std::string& subject,
                               std::int64_t least = std::numeric_limits<std::int64_t>::min(),
                               std::int64_t most = std::numeric_limits<std::int64_t>::max());

/// A 32-bit id; 0 when missing.
Result<std::uint32_t> id_of(const Json& object, const char* key, const std::string& subject);

Result<bool> flag_of(const Json& object, const char* key, const std::string& subject);
Result<std::string> text_of(const Json& object, const char* key, const std::string& subject);
Result<std::vector<std::string>> strings_of(const Json& object, const char* key, const std::string& subject);
Result<std::vector<std::uint32_t>> ids_of(const Json& object, const char* key, const std::string& subject);

/// An array, or nothing.
Result<const Json*> list_of(const Json& object, const char* key, const std::string& subject);

/// An object of texts; `what` names one of them in errors.
Result<std::map<std::string, std::string>> texts_of(const Json& object, const char* what, const std::string& subject);

} // namespace isolab::spec
