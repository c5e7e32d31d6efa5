// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a result's document says of itself: its schema, and the SHA-256 of its content (docs/history.md).
#pragma once

#include <string>

#include "engine/base/error.h"
#include "engine/base/json_fwd.h"

namespace isolab {

/// 64 hexadecimal digits: SHA-256 of the document without its own field "sha256", written without white space and with
/// the keys of every object sorted by their bytes. The document must be UTF-8.
std::string content_sha256(const Json& document);

/// The document with its content_sha256() in the field "sha256", the last one.
Json sealed(Json document);

/// Whether a document is of `schema` ("isolab.comparison/1") and, where it has a field "sha256", still what was
/// written: otherwise corrupt. unsupported when it is of a later version of that schema.
Result<void> check_document(const Json& document, const char* schema, const std::string& subject);

} // namespace isolab
