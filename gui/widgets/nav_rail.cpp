// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/nav_rail.h"

#include <QMenu>
#include <QPainter>
#include <QVBoxLayout>

namespace isolab {
namespace {

constexpr double icon_units = 22;

/// Drawn in a box of 22 units.
void paint_icon(QPainter& painter, Icon icon, const QColor& ink) {
    painter.setPen(QPen(ink, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    switch (icon) {
    case Icon::compare:
        painter.setBrush(ink);
        painter.setPen(Qt::NoPen);
        painter.drawRoundedRect(QRectF(2, 12, 7.5, 8), 1.6, 1.6);
        painter.drawRoundedRect(QRectF(12.5, 2, 7.5, 8), 1.6, 1.6);
        painter.drawRoundedRect(QRectF(12.5, 12, 7.5, 8), 1.6, 1.6);
        return;
    case Icon::book:
        for (const double side : {-1.0, 1.0}) // two pages, open
            painter.drawPolyline(
                QPolygonF({QPointF(11, 5.5), QPointF(11 + side * 3, 3.5), QPointF(11 + side * 9, 3.5),
                           QPointF(11 + side * 9, 16.5), QPointF(11 + side * 3, 16.5), QPointF(11, 18.5)}));
        painter.drawLine(QPointF(11, 5.5), QPointF(11, 18.5));
        return;
    case Icon::history:
        painter.drawEllipse(QRectF(2, 2, 18, 18));
        painter.drawLine(QPointF(11, 6), QPointF(11, 11));
        painter.drawLine(QPointF(11, 11), QPointF(14.5, 13.5));
        return;
    case Icon::system:
        for (const double y : {4.5, 11.0, 17.5}) {
            painter.drawPolyline(QPolygonF({QPointF(2, y), QPointF(3.8, y + 1.8), QPointF(7, y - 2)}));
            painter.drawLine(QPointF(11, y), QPointF(20, y));
        }
        return;
    case Icon::menu:
        for (const double y : {5.0, 11.0, 17.0})
            painter.drawLine(QPointF(3, y), QPointF(19, y));
        return;
    }
}

} // namespace

NavButton::NavButton(const Theme& theme, Icon icon, const QString& text, QWidget* parent)
    : QAbstractButton(parent), theme_(theme), icon_(icon) {
    setText(text);
    setCheckable(true);
    setFocusPolicy(Qt::TabFocus);
    setAccessibleName(text);
    connect(&theme, &Theme::changed, this, [this] { updateGeometry(); });
}

QSize NavButton::sizeHint() const { return {theme_.px(76), theme_.px(64)}; }

void NavButton::paintEvent(QPaintEvent*) {
    const Colours& c = theme_.colours();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box = QRectF(rect()).adjusted(1, 1, -1, -1);
    painter.setPen(hasFocus() ? QPen(c.primary, 2) : QPen(Qt::NoPen));
    painter.setBrush(isChecked() ? mix(c.surface, c.primary, 0.14) : underMouse() ? c.sunken : QColor(Qt::transparent));
    painter.drawRoundedRect(box, theme_.px(8), theme_.px(8));
    const QColor ink = isChecked() ? readable_on(c.primary_ink, mix(c.surface, c.primary, 0.14)) : c.muted;
    painter.setPen(ink);
    painter.setFont(theme_.font(Type::caption, isChecked() ? QFont::DemiBold : QFont::Normal));
    painter.drawText(QRectF(0, theme_.px(38), width(), theme_.px(20)), Qt::AlignCenter, text());
    painter.translate((width() - theme_.px(icon_units)) / 2.0, theme_.px(11));
    painter.scale(theme_.px(100) / 100.0, theme_.px(100) / 100.0);
    paint_icon(painter, icon_, ink);
}

NavRail::NavRail(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme), layout_(new QVBoxLayout(this)) {
    layout_->addStretch();
    const auto restyle = [this] {
        layout_->setContentsMargins(theme_.px(4), theme_.px(12), theme_.px(4), theme_.px(12));
        layout_->setSpacing(theme_.px(8));
        update();
    };
    connect(&theme, &Theme::changed, this, restyle);
    restyle();
}

void NavRail::add_page(Icon icon, const QString& text) {
    auto* button = new NavButton(theme_, icon, text);
    const int page = static_cast<int>(buttons_.size());
    connect(button, &NavButton::clicked, this, [this, page] {
        choose(page);
        Q_EMIT page_chosen(page);
    });
    layout_->insertWidget(page, button);
    buttons_.push_back(button);
    choose(page_);
}

void NavRail::set_menu(const QString& text, QMenu* menu) {
    auto* button = new NavButton(theme_, Icon::menu, text);
    button->setCheckable(false);
    connect(button, &NavButton::clicked, this, [button, menu] {
        menu->popup(button->mapToGlobal(QPoint(button->width(), button->height() - menu->sizeHint().height())));
    });
    layout_->addWidget(button);
}

void NavRail::choose(int page) {
    page_ = page;
    for (std::size_t i = 0; i < buttons_.size(); ++i)
        buttons_[i]->setChecked(static_cast<int>(i) == page);
}

void NavRail::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), theme_.colours().surface);
    painter.setPen(theme_.colours().hairline);
    painter.drawLine(QPointF(width() - 0.5, 0), QPointF(width() - 0.5, height()));
}

} // namespace isolab
