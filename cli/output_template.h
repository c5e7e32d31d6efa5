// SPDX-License-Identifier: GPL-3.0-or-later
//
// --format of the verbs that list: what scripts use most of the templates of Go. Pure.
#pragma once

#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/json_fwd.h"

namespace isolab {

/// A line for each document: "json", or a text in which each "{{.A.B}}" and "{{json .A}}" is replaced by that field,
/// and
/// "\\t" and "\\n" by what they mean; after "table " with a heading, and in columns where there are tabs.
/// invalid_argument for what is not understood, and for a field that is not there.
Result<std::string> format_documents(const std::string& form, const std::vector<Json>& documents);

/// Lines of cells, the first of them the heading, as wide as the widest.
std::string align_columns(const std::vector<std::vector<std::string>>& rows);

} // namespace isolab
