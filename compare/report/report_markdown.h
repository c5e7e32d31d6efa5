// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "compare/model/comparison.h"

namespace isolab {

/// A result as Markdown (GitHub's, with tables), to be pasted into a README or a lab report: what was run, the figures
/// of every world with intervals and ratios, what the book says, what differs, what to know. Pure.
std::string report_markdown(const ComparisonResult& result);

/// Text from an image or a user, so that no letter of it is markup, a link or a line's end.
std::string markdown_text(std::string_view text);

} // namespace isolab
