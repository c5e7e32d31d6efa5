// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QString>

class QLayout;
class QScrollArea;
class QWidget;

namespace isolab {

class Theme;

/// Lays a page out as a heading with cards under it, in a scroll area. Takes ownership of the cards.
void make_scrolled_page(QWidget& page, const Theme& theme, const QString& heading, const std::vector<QWidget*>& cards);

/// Keeps `layout`, inside `scroll`, at the page's margins: the vertical bar lies within the right one.
void keep_page_margins(QScrollArea& scroll, QLayout& layout, const Theme& theme);

} // namespace isolab
