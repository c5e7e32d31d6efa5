// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/stack_view.h"

#include <algorithm>

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include "gui/models/plain_text.h"
#include "gui/models/words.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

constexpr double least_height = 24;
constexpr double gap = 4;

} // namespace

StackView::StackView(const Theme& theme, std::string world, QWidget* parent)
    : QWidget(parent), theme_(theme), world_(std::move(world)) {
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Layers: %1").arg(Words::world(world_)));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Expanding);
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void StackView::show_stack(const Stack& stack) {
    if (stack == stack_)
        return;
    stack_ = stack;
    update();
}

QSize StackView::sizeHint() const { return {theme_.px(260), theme_.px(194)}; }
QSize StackView::minimumSizeHint() const {
    return {theme_.px(200), theme_.px(static_cast<double>(stack_level_count) * (least_height + gap))};
}

std::vector<QRectF> StackView::boxes() const {
    std::vector<QRectF> rects;
    const double between = theme_.px(gap);
    const double levels = static_cast<double>(stack_level_count);
    const double each = std::max<double>(theme_.px(least_height), (height() - (levels - 1) * between) / levels);
    for (std::size_t i = 0; i < stack_.size(); ++i)
        rects.emplace_back(0, static_cast<double>(i) * (each + between), width(), each);
    return rects;
}

QColor StackView::fill_of(const StackBox& box) const {
    const Colours& c = theme_.colours();
    if (box.shared)
        return mix(c.surface, c.text, c.dark ? 0.26 : 0.18);
    return mix(c.surface, c.fill(world_), 0.5);
}

void StackView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const std::vector<QRectF> rects = boxes();
    const auto shares = stack_shares(stack_);
    for (std::size_t i = 0; i < rects.size(); ++i) {
        paint_ground(painter, stack_[i], rects[i], shares[i]);
        paint_words(painter, stack_[i], rects[i]);
        if (hasFocus() && i == focused_) {
            painter.setPen(QPen(theme_.colours().text, 2));
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(rects[i].adjusted(1, 1, -1, -1), theme_.px(6), theme_.px(6));
        }
    }
}

/// The whole box pale, its share of the side's memory full from the left.
void StackView::paint_ground(QPainter& painter, const StackBox& box, const QRectF& rect, double share) const {
    const Colours& c = theme_.colours();
    QPainterPath shape;
    shape.addRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), theme_.px(6), theme_.px(6));
    if (box.absent) {
        painter.strokePath(shape, QPen(c.hairline, 1, Qt::DashLine));
        return;
    }
    const QColor full = fill_of(box);
    painter.fillPath(shape, box.shared ? c.shared : mix(c.surface, full, 0.36));
    if (share <= 0)
        return;
    painter.save();
    painter.setClipRect(QRectF(rect.left(), rect.top(), std::max(1.0, rect.width() * share), rect.height()));
    painter.fillPath(shape, full);
    painter.restore();
}

void StackView::paint_words(QPainter& painter, const StackBox& box, const QRectF& rect) const {
    const Colours& c = theme_.colours();
    const QRectF inner = rect.adjusted(theme_.px(12), 0, -theme_.px(12), 0);
    const QFont value_font = theme_.font(Type::small);
    const int value_width = QFontMetrics(value_font).horizontalAdvance(box.value);
    painter.setPen(box.absent ? c.muted : c.text);
    painter.setFont(value_font);
    painter.drawText(inner, Qt::AlignRight | Qt::AlignVCenter, box.value);
    const QFont name_font = theme_.font(Type::small, box.absent ? QFont::Normal : QFont::DemiBold);
    painter.setFont(name_font);
    const int room = static_cast<int>(inner.width()) - value_width - theme_.px(10);
    painter.drawText(inner, Qt::AlignLeft | Qt::AlignVCenter,
                     QFontMetrics(name_font).elidedText(box.name, Qt::ElideRight, room));
}

std::optional<std::size_t> StackView::box_at(const QPointF& point) const {
    const std::vector<QRectF> rects = boxes();
    for (std::size_t i = 0; i < rects.size(); ++i)
        if (rects[i].contains(point))
            return i;
    return std::nullopt;
}

void StackView::explain(std::size_t index) {
    const StackBox& box = stack_[index];
    const QString head = box.value.isEmpty() ? box.name : box.name + u" · "_s + box.value;
    setAccessibleDescription(head + u'\n' + box.detail);
    QToolTip::showText(mapToGlobal(boxes()[index].bottomLeft().toPoint()),
                       u"<p><b>%1</b></p>"_s.arg(head.toHtmlEscaped()) + plain_tip(box.detail), this, rect(), 20000);
}

void StackView::mousePressEvent(QMouseEvent* event) {
    if (const auto box = box_at(event->position())) {
        focused_ = *box;
        explain(*box);
        update();
    }
}

void StackView::keyPressEvent(QKeyEvent* event) {
    if (stack_.empty())
        return QWidget::keyPressEvent(event);
    if (event->key() == Qt::Key_Down && focused_ + 1 < stack_.size())
        ++focused_;
    else if (event->key() == Qt::Key_Up && focused_ > 0)
        --focused_;
    else if (event->key() != Qt::Key_Return && event->key() != Qt::Key_Space)
        return QWidget::keyPressEvent(event);
    explain(focused_);
    update();
}

bool StackView::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    if (const auto box = box_at(static_cast<QHelpEvent*>(event)->pos()))
        explain(*box);
    return true;
}

} // namespace isolab
