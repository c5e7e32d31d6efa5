// SPDX-License-Identifier: GPL-3.0-or-later
//
// Results of any kind as documents. Pure.
#pragma once

#include <vector>

#include "compare/report/document.h"
#include "compare/report/export_json.h"

namespace isolab {

Document document_of(const AnyResult& result, const Speech& speech);

/// Of several results one document, one after the other, with the title of the first; at least one.
Document joined_document(const std::vector<AnyResult>& results, const Speech& speech);

/// The comparisons that results are made of: what CSV and Markdown are about.
std::vector<ComparisonResult> comparisons_of(const std::vector<AnyResult>& results);

} // namespace isolab
