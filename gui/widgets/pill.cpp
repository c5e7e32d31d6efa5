// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/pill.h"

#include <QFontMetrics>
#include <QPainter>

namespace isolab {

Pill::Pill(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void Pill::show_state(const QString& text, Tone tone) {
    if (text == text_ && tone == tone_)
        return;
    text_ = text;
    tone_ = tone;
    setAccessibleName(text);
    updateGeometry();
    update();
}

QSize Pill::sizeHint() const {
    const QFontMetrics metrics(theme_.font(Type::caption, QFont::DemiBold));
    return {metrics.horizontalAdvance(text_) + theme_.px(28), theme_.px(22)};
}

void Pill::paintEvent(QPaintEvent*) {
    const ColourPair& pair = theme_.colours().tone(tone_);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(pair.ground);
    painter.drawRoundedRect(rect(), height() / 2.0, height() / 2.0);
    painter.setPen(pair.ink);
    painter.setFont(theme_.font(Type::caption, QFont::DemiBold));
    painter.drawText(rect(), Qt::AlignCenter, text_);
}

} // namespace isolab
