// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "compare/chart/drawing.h"

namespace isolab {

/// A drawing as an element <svg> (SVG 1.1) to stand in an HTML page. Colours are CSS variables: --ink, --muted, --grid,
/// --paper, --world-ID of areas and lines and --text-ID of texts; tints are mixed with the paper by opacity. All text
/// is escaped.
std::string svg_element(const Drawing& drawing);

/// Text as it may stand in HTML and in attributes between double quotes; what XML cannot hold becomes U+FFFD.
std::string html_text(std::string_view text);

/// An id as part of a CSS name: letters, digits and dashes stay, the rest becomes "_".
std::string css_name(std::string_view id);

} // namespace isolab
