// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/pages/scrolled_page.h"

#include <QLabel>
#include <QScrollArea>
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
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(canvas);
    auto* outer = new QVBoxLayout(&page);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(scroll);
    const auto restyle = [column, &theme] {
        column->setContentsMargins(theme.px(24), theme.px(20), theme.px(24), theme.px(24));
        column->setSpacing(theme.px(16));
    };
    QObject::connect(&theme, &Theme::changed, canvas, restyle);
    restyle();
}

} // namespace isolab
