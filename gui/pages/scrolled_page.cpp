// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/pages/scrolled_page.h"

#include <algorithm>

#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

#include "gui/theme/theme.h"

namespace isolab {

using namespace Qt::StringLiterals;

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
    QScrollBar* bar = scroll.verticalScrollBar();
    const auto restyle = [&layout, &theme, bar] {
        const int side = theme.px(24);
        const int taken = bar->maximum() > bar->minimum() ? bar->sizeHint().width() : 0;
        layout.setContentsMargins(side, theme.px(20), std::max(0, side - taken), theme.px(20));
        layout.setSpacing(theme.px(20));
    };
    QObject::connect(&theme, &Theme::changed, &scroll, restyle);
    QObject::connect(bar, &QScrollBar::rangeChanged, &scroll, restyle);
    restyle();
}

} // namespace isolab
