// SPDX-License-Identifier: GPL-3.0-or-later
//
// Whether text can be read in a colour. Colours are "#RRGGBB". Pure.
#pragma once

#include <string>

namespace isolab {

/// Contrast ratio 1..21 of two colours (WCAG 2.1, "contrast ratio").
double contrast(const std::string& a, const std::string& b);

/// `colour`, mixed with black or white, whichever stands out more from `paper`, until its contrast is at least `least`:
/// 4.5 is what WCAG 2.1 asks of small text (1.4.3).
std::string readable_on(const std::string& colour, const std::string& paper, double least = 4.5);

} // namespace isolab
