// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/big_number.h"

#include <algorithm>

#include <QFontMetrics>
#include <QPainter>

#include "gui/models/plain_text.h"

namespace isolab {

using namespace Qt::StringLiterals;

BigNumber::BigNumber(const Theme& theme, std::string world, QWidget* parent)
    : QWidget(parent), theme_(theme), world_(std::move(world)) {
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void BigNumber::show_figure(const Figure& figure, const QString& caption) {
    if (figure == figure_ && caption == caption_)
        return;
    figure_ = figure;
    caption_ = caption;
    setAccessibleName(figure.text());
    setAccessibleDescription(caption);
    setToolTip(plain_tip(caption));
    update();
}

QSize BigNumber::sizeHint() const {
    const QFontMetrics number(theme_.font(Type::number, QFont::DemiBold));
    const QFontMetrics unit(theme_.font(Type::section));
    const int widest = number.horizontalAdvance(u"88.8"_s) + unit.horizontalAdvance(u" ms"_s);
    return {std::max(widest, theme_.px(140)), theme_.px(78)};
}

void BigNumber::paintEvent(QPaintEvent*) {
    const Colours& c = theme_.colours();
    QPainter painter(this);
    const QFont large = theme_.font(Type::number, QFont::DemiBold);
    const int baseline = theme_.px(38);
    const bool empty = figure_.value.isEmpty();
    if (empty) {
        painter.setFont(theme_.font(Type::section));
        painter.setPen(c.muted);
        painter.drawText(0, baseline, u"–"_s);
    } else {
        painter.setFont(large);
        painter.setPen(c.ink(world_));
        painter.drawText(0, baseline, figure_.value);
        const int after = QFontMetrics(large).horizontalAdvance(figure_.value) + theme_.px(4);
        painter.setFont(theme_.font(Type::section));
        painter.setPen(c.muted);
        painter.drawText(after, baseline, figure_.unit);
    }
    painter.setPen(c.muted);
    const QFont small = theme_.font(Type::small);
    painter.setFont(small);
    int line = theme_.px(58);
    for (const QString& text : caption_.split(u'\n')) {
        painter.drawText(0, line, QFontMetrics(small).elidedText(text, Qt::ElideRight, width()));
        line += theme_.px(16);
    }
}

} // namespace isolab
