// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/drawing_view.h"

#include <algorithm>
#include <cmath>

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>

#include "gui/charts/drawing_painter.h"
#include "gui/models/plain_text.h"

namespace isolab {
namespace {

constexpr double largest_scale = 1.25; ///< of the window's own: larger does not tell more
constexpr double least_units = 160;
constexpr double reach_units = 8;

} // namespace

DrawingView::DrawingView(const Theme& theme, Drawing drawing, QWidget* parent)
    : QWidget(parent), theme_(theme), drawing_(std::move(drawing)) {
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum); // Fixed would be as high as sizeHint() at most
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    QStringList tips;
    for (std::size_t i = 0; i < drawing_.shapes.size(); ++i)
        if (!drawing_.shapes[i].tip.empty())
            stops_.push_back(i);
    std::ranges::stable_sort(stops_, {}, [this](std::size_t i) {
        const QPointF centre = shape_bounds(drawing_.shapes[i]).center();
        return std::pair(std::lround(centre.y()), centre.x());
    });
    for (const std::size_t stop : stops_)
        tips << QString::fromStdString(drawing_.shapes[stop].tip);
    setFocusPolicy(stops_.empty() ? Qt::NoFocus : Qt::StrongFocus);
    setAccessibleName(QString::fromStdString(drawing_.title));
    setAccessibleDescription(tips.join(u'\n'));
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

QString DrawingView::current_tip() const {
    return current_ ? QString::fromStdString(drawing_.shapes[stops_[*current_]].tip) : QString();
}

double DrawingView::scale(double width) const {
    if (drawing_.width <= 0)
        return 1;
    return std::min(width / drawing_.width, largest_scale * theme_.scale() / 100);
}

QSize DrawingView::sizeHint() const {
    const int width = theme_.px(drawing_.width);
    return {width, heightForWidth(width)};
}

QSize DrawingView::minimumSizeHint() const { return {theme_.px(least_units), 0}; }

int DrawingView::heightForWidth(int width) const { return static_cast<int>(std::ceil(drawing_.height * scale(width))); }

void DrawingView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.scale(scale(width()), scale(width()));
    paint_drawing(painter, drawing_, theme_.colours(), theme_.font(Type::body));
    if (!hasFocus())
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme_.colours().primary, 2));
    painter.setBrush(Qt::NoBrush);
    const QRectF all(1, 1, drawing_.width - 2, drawing_.height - 2);
    painter.drawRoundedRect(current_ ? shape_bounds(drawing_.shapes[stops_[*current_]]).adjusted(-3, -3, 3, 3) : all, 3,
                            3);
}

bool DrawingView::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const double units = scale(width());
    const Shape* shape = shape_at(drawing_, help->pos().x() / units, help->pos().y() / units, reach_units);
    if (shape != nullptr)
        QToolTip::showText(help->globalPos(), plain_tip(QString::fromStdString(shape->tip)), this);
    else
        QToolTip::hideText();
    return true;
}

void DrawingView::keyPressEvent(QKeyEvent* event) {
    if (stops_.empty())
        return QWidget::keyPressEvent(event);
    const std::size_t last = stops_.size() - 1;
    switch (event->key()) {
    case Qt::Key_Right:
        return walk_to(current_ ? std::min(last, *current_ + 1) : 0);
    case Qt::Key_Left:
        return walk_to(current_ && *current_ > 0 ? *current_ - 1 : 0);
    case Qt::Key_Home:
        return walk_to(0);
    case Qt::Key_End:
        return walk_to(last);
    default:
        QWidget::keyPressEvent(event); // up and down scroll the document
    }
}

void DrawingView::walk_to(std::size_t stop) {
    current_ = stop;
    update();
    const QRectF bounds = shape_bounds(drawing_.shapes[stops_[stop]]);
    const QPointF below = QPointF(bounds.center().x(), bounds.bottom()) * scale(width());
    QToolTip::showText(mapToGlobal(below.toPoint()), plain_tip(current_tip()), this);
    setAccessibleDescription(current_tip());
}

void DrawingView::focusOutEvent(QFocusEvent* event) {
    current_.reset();
    QToolTip::hideText();
    QWidget::focusOutEvent(event);
    update();
}

} // namespace isolab
