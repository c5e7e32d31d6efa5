// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/stack_view.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

constexpr double floor_height = 25;
constexpr double gap = 4;

} // namespace

StackView::StackView(const Theme& theme, World world, QWidget* parent) : QWidget(parent), theme_(theme), world_(world) {
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Layers: %1").arg(world == World::vm ? tr("virtual machine") : tr("container")));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Expanding);
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void StackView::show_stack(const Stack& own, const Stack& other) {
    own_ = own;
    other_ = other;
    update();
}

QSize StackView::sizeHint() const { return {theme_.px(260), theme_.px(218)}; }
QSize StackView::minimumSizeHint() const {
    return {theme_.px(200), theme_.px(static_cast<double>(stack_level_count) * (floor_height + gap))};
}

std::vector<QRectF> StackView::boxes() const {
    std::vector<QRectF> rects;
    const auto heights = stack_heights(own_, other_, height(), theme_.px(floor_height), theme_.px(gap));
    double top = 0;
    for (std::size_t i = 0; i < own_.size(); ++i) {
        rects.emplace_back(0, top, width(), heights[i]);
        top += heights[i] + theme_.px(gap);
    }
    return rects;
}

QColor StackView::fill_of(const StackBox& box) const {
    const Colours& c = theme_.colours();
    if (box.shared)
        return c.shared;
    constexpr double strength[] = {0.58, 0.34, 0.46, 0.22};
    return mix(c.surface, c.fill(world_), strength[static_cast<std::size_t>(box.level)]);
}

void StackView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const std::vector<QRectF> rects = boxes();
    for (std::size_t i = 0; i < rects.size(); ++i)
        paint_box(painter, own_[i], rects[i], hasFocus() && i == focused_);
}

void StackView::paint_box(QPainter& painter, const StackBox& box, const QRectF& rect, bool focused) const {
    const Colours& c = theme_.colours();
    const double radius = theme_.px(6);
    const QColor fill = box.absent ? c.surface : fill_of(box);
    painter.setPen(box.absent ? QPen(c.hairline, 1, Qt::DashLine) : QPen(Qt::NoPen));
    if (focused)
        painter.setPen(QPen(c.text, 2));
    painter.setBrush(fill);
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);

    const QRectF inner = rect.adjusted(theme_.px(12), 0, -theme_.px(12), 0);
    const QFont value_font = theme_.font(Type::caption);
    const int value_width = QFontMetrics(value_font).horizontalAdvance(box.value);
    painter.setPen(box.absent ? c.muted : readable_on(c.text, fill));
    painter.setFont(value_font);
    painter.drawText(inner, Qt::AlignRight | Qt::AlignVCenter, box.value);
    const QFont name_font = theme_.font(Type::caption, box.absent ? QFont::Normal : QFont::DemiBold);
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
    const StackBox& box = own_[index];
    const QString head = box.value.isEmpty() ? box.name : box.name + u" · "_s + box.value;
    setAccessibleDescription(head + u". "_s + box.detail);
    QToolTip::showText(mapToGlobal(boxes()[index].bottomLeft().toPoint()),
                       u"<p><b>%1</b></p><p>%2</p>"_s.arg(head.toHtmlEscaped(), box.detail.toHtmlEscaped()), this,
                       rect(), 20000);
}

void StackView::mousePressEvent(QMouseEvent* event) {
    if (const auto box = box_at(event->position())) {
        focused_ = *box;
        explain(*box);
        update();
    }
}

void StackView::keyPressEvent(QKeyEvent* event) {
    if (own_.empty())
        return QWidget::keyPressEvent(event);
    if (event->key() == Qt::Key_Down && focused_ + 1 < own_.size())
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
