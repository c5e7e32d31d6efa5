// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "compare/report/document.h"

namespace isolab {

/// A document as one HTML file that needs no other: pictures are inline SVG, it is light or dark as the reader's system
/// is, and fit to be printed. No script. All text is escaped, as it may come from images.
std::string html_report(const Document& document);

} // namespace isolab
