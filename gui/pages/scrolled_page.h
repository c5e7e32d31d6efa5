// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QString>

class QWidget;

namespace isolab {

class Theme;

/// Lays a page out as a heading with cards under it, in a vertical scroll area. Takes ownership of the cards.
void make_scrolled_page(QWidget& page, const Theme& theme, const QString& heading, const std::vector<QWidget*>& cards);

} // namespace isolab
