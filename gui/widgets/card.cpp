// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/card.h"

#include <QPainter>
#include <QPainterPath>

namespace isolab {

using namespace Qt::StringLiterals;

Card::Card(const Theme& theme, const QString& title, std::string world, QWidget* parent)
    : QWidget(parent), theme_(theme), world_(std::move(world)), outer_(new QVBoxLayout(this)),
      title_row_(new QHBoxLayout), body_(new QVBoxLayout) {
    auto* label = new QLabel(title);
    label->setTextFormat(Qt::PlainText);
    label->setProperty("role", u"title"_s);
    title_ = label;
    title_row_->addWidget(label);
    title_row_->addStretch();
    outer_->addLayout(title_row_);
    outer_->addLayout(body_, 1);
    setAccessibleName(title);
    connect(&theme, &Theme::changed, this, &Card::resize_margins);
    resize_margins();
}

void Card::set_title(const QString& title) {
    title_->setText(title);
    setAccessibleName(title);
}

void Card::resize_margins() {
    const int side = theme_.px(20);
    outer_->setContentsMargins(side, theme_.px(16), side, side); // a title brings its own air
    outer_->setSpacing(theme_.px(8));
    body_->setSpacing(theme_.px(8));
    title_row_->setSpacing(theme_.px(8));
    title_->setMinimumHeight(theme_.px(24));
    update();
}

void Card::paintEvent(QPaintEvent*) {
    const Colours& c = theme_.colours();
    const double radius = theme_.px(10);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF sheet = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    painter.setPen(QPen(c.hairline, 1));
    painter.setBrush(c.surface);
    painter.drawRoundedRect(sheet, radius, radius);
    if (world_.empty())
        return;
    QPainterPath edge;
    edge.addRoundedRect(QRectF(rect()), radius, radius);
    painter.setClipRect(QRectF(0, 0, width(), theme_.px(4)));
    painter.fillPath(edge, c.fill(world_));
}

} // namespace isolab
