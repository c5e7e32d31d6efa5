// SPDX-License-Identifier: GPL-3.0-or-later
//
// The sheet and the type of a printed document. Units are 1/96 inch, as those of drawings.
#pragma once

#include <QFont>
#include <QString>
#include <QStringList>

#include "gui/theme/colours.h"

namespace isolab {

inline constexpr double units_of_mm = 96 / 25.4;
inline constexpr double paper_width = 210 * units_of_mm; ///< ISO 216, A4
inline constexpr double paper_height = 297 * units_of_mm;
inline constexpr double paper_margin = 18 * units_of_mm; ///< on all sides; the footer stands in the lower one
inline constexpr double text_column = paper_width - 2 * paper_margin;
inline constexpr double text_height = paper_height - 2 * paper_margin;

/// Sizes of fonts are whole numbers, and so are the places of letters on many engines. Texts are therefore set this
/// many times as large and painted smaller.
inline constexpr double fine_scale = 16;

/// How texts of a sort look.
struct TextStyle {
    double size = 13.5; ///< of the letters
    double line = 1.5;  ///< from line to line, in sizes
    double space = 0;   ///< before it, not at the top of a page
    bool strong = false;
};
inline constexpr TextStyle title_style{28, 1.25, 0, true};
inline constexpr TextStyle section_style{19, 1.3, 30, true}; ///< headings of level 2
inline constexpr TextStyle part_style{14.5, 1.35, 20, true}; ///< of level 3 and below
inline constexpr TextStyle body_style{13, 1.5, 8, false};
inline constexpr TextStyle caption_style{11, 1.45, 6, false};
inline constexpr TextStyle cell_style{11, 1.4, 0, false};
inline constexpr TextStyle footer_style{10, 1.3, 0, false};

/// Fonts and colours of one document.
struct PaperStyle {
    QStringList families; ///< the first one that has a letter shows it
    Colours colours;

    /// `fine_scale` times as large as it is to appear.
    QFont fine_font(double size, bool strong) const;
};

/// For a document's language: "zh" has a font with Chinese letters first.
PaperStyle make_paper_style(const std::string& language);

/// Whether any font of the system has letters for the language.
bool can_print(const std::string& language);

/// Text of foreign origin as it stands on paper: one line, no control characters, nothing that turns its direction.
QString paper_text(const std::string& text);

} // namespace isolab
