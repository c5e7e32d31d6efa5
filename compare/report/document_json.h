// SPDX-License-Identifier: GPL-3.0-or-later
//
// Documents on their way to a program that puts them on paper. Nobody keeps them: the schema belongs to one version.
#pragma once

#include "compare/report/document.h"
#include "engine/base/json_fwd.h"

namespace isolab {

inline constexpr const char* document_schema = "isolab.document/1";

/// All of a document. Text that is not UTF-8 has U+FFFD in place of what is not; numbers that are not finite become 0.
Json document_json(const Document& document);

/// The inverse; corrupt when it is not of document_schema, lacks a field or has an unknown word in one.
Result<Document> parse_document(const Json& json, const std::string& subject);

} // namespace isolab
