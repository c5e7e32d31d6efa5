// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/pages/scrolled_page.h"

#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

#include "gui/theme/theme.h"

namespace isolab {

using namespace Qt::StringLiterals;

namespace {

constexpr double scroll_bar_units = 10; ///< as in the style sheet

} // namespace

void make_scrolled_page(QWidget& page, const Theme& theme, const QString& heading, const std::vector<QWidget*>& cards) {
    page.setObjectName(u"page"_s);
    page.setAttribute(Qt::WA_StyledBackground);
    auto* canvas = new QWidget;
    canvas->setObjectName(u"canvas"_s);
    auto* column = new QVBoxLayout(canvas);
    auto* title = new QLabel(heading);
    title->setProperty("role", u"heading"_s);
    column->addWidget(title);
    for (QWidget* card : cards)
        column->addWidget(card);
    column->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(canvas);
    auto* outer = new QVBoxLayout(&page);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(scroll);
    keep_page_margins(*scroll, *column, theme);
}

void keep_page_margins(QScrollArea& scroll, QLayout& layout, const Theme& theme) {
    // A bar that came and went with the height would change the width, and with it the height.
    scroll.setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    QScrollBar* bar = scroll.verticalScrollBar();
    const auto show_handle = [bar] { bar->setEnabled(bar->maximum() > bar->minimum()); };
    const auto restyle = [&layout, &theme] {
        const int side = theme.px(24);
        layout.setContentsMargins(side, theme.px(20), side - theme.px(scroll_bar_units), theme.px(20));
        layout.setSpacing(theme.px(20));
    };
    QObject::connect(&theme, &Theme::changed, &scroll, restyle);
    QObject::connect(bar, &QScrollBar::rangeChanged, &scroll, show_handle);
    restyle();
    show_handle();
}

} // namespace isolab
