// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/charts/drawing_painter.h"

#include <algorithm>
#include <cmath>

#include <QPainter>
#include <QPolygonF>

namespace isolab {
namespace {

constexpr double corner = 2; ///< of rectangles, units

QColor drawn_colour(const Colour& colour, const Colours& colours) {
    switch (colour.paint) {
    case Paint::ink:
        return colours.text;
    case Paint::muted:
        return colours.muted;
    case Paint::grid:
        return colours.grid;
    case Paint::paper:
        return colours.surface;
    case Paint::world:
        return colours.fill(colour.world);
    case Paint::tint:
        return mix(colours.surface, colours.fill(colour.world), colour.tint);
    case Paint::none:
        break;
    }
    return Qt::transparent;
}

/// A world's hue as a text must be readable, whatever it is as an area.
QColor text_colour(const Colour& colour, const Colours& colours) {
    return colour.paint == Paint::world ? colours.ink(colour.world) : drawn_colour(colour, colours);
}

QPen drawn_pen(const Shape& shape, const Colours& colours) {
    if (shape.stroke.paint == Paint::none)
        return Qt::NoPen;
    QPen pen(drawn_colour(shape.stroke, colours), shape.width, Qt::SolidLine, Qt::FlatCap);
    if (shape.dashed)
        pen.setDashPattern({4 / shape.width, 3 / shape.width}); // counted in widths of the pen
    return pen;
}

QPolygonF drawn_points(const Shape& shape) {
    QPolygonF points;
    for (const auto& [x, y] : shape.points)
        points << QPointF(x, y);
    return points;
}

void paint_text(QPainter& painter, const Shape& shape, const Colours& colours, QFont font) {
    font.setPixelSize(std::max(1, static_cast<int>(std::lround(shape.size))));
    font.setWeight(shape.bold ? QFont::DemiBold : QFont::Normal);
    painter.setFont(font);
    painter.setPen(text_colour(shape.fill, colours));
    const QString text = QString::fromStdString(shape.text);
    const double width = QFontMetricsF(font, painter.device()).horizontalAdvance(text);
    const double left = shape.anchor == Shape::Anchor::end      ? shape.x - width
                        : shape.anchor == Shape::Anchor::middle ? shape.x - width / 2
                                                                : shape.x;
    painter.drawText(QPointF(left, shape.y), text);
}

void paint_shape(QPainter& painter, const Shape& shape, const Colours& colours, const QFont& font) {
    painter.setPen(drawn_pen(shape, colours));
    painter.setBrush(shape.fill.paint == Paint::none ? QBrush(Qt::NoBrush) : QBrush(drawn_colour(shape.fill, colours)));
    switch (shape.kind) {
    case Shape::Kind::line:
        return painter.drawLine(QPointF(shape.x, shape.y), QPointF(shape.w, shape.h));
    case Shape::Kind::rectangle:
        return painter.drawRoundedRect(QRectF(shape.x, shape.y, shape.w, shape.h), corner, corner);
    case Shape::Kind::circle:
        return painter.drawEllipse(QPointF(shape.x, shape.y), shape.w, shape.w);
    case Shape::Kind::polyline:
        return painter.drawPolyline(drawn_points(shape));
    case Shape::Kind::polygon:
        return painter.drawPolygon(drawn_points(shape));
    case Shape::Kind::text:
        return paint_text(painter, shape, colours, font);
    }
}

} // namespace

void paint_drawing(QPainter& painter, const Drawing& drawing, const Colours& colours, const QFont& font) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    for (const Shape& shape : drawing.shapes)
        paint_shape(painter, shape, colours, font);
    painter.restore();
}

QRectF shape_bounds(const Shape& shape) {
    switch (shape.kind) {
    case Shape::Kind::line:
        return QRectF(QPointF(shape.x, shape.y), QPointF(shape.w, shape.h)).normalized();
    case Shape::Kind::rectangle:
        return {shape.x, shape.y, shape.w, shape.h};
    case Shape::Kind::circle:
        return {shape.x - shape.w, shape.y - shape.w, 2 * shape.w, 2 * shape.w};
    case Shape::Kind::polyline:
    case Shape::Kind::polygon:
        return drawn_points(shape).boundingRect();
    case Shape::Kind::text:
        break;
    }
    return {};
}

const Shape* shape_at(const Drawing& drawing, double x, double y, double reach) {
    for (auto shape = drawing.shapes.rbegin(); shape != drawing.shapes.rend(); ++shape) {
        if (shape->tip.empty())
            continue;
        const QRectF bounds = shape_bounds(*shape);
        const double across = std::max(0.0, reach - bounds.width()) / 2;
        const double along = std::max(0.0, reach - bounds.height()) / 2;
        if (bounds.adjusted(-across, -along, across, along).contains(x, y))
            return &*shape;
    }
    return nullptr;
}

} // namespace isolab
