// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/chart/shapes.h"

namespace isolab {

Shape line_shape(double x1, double y1, double x2, double y2, Colour stroke, double width) {
    Shape shape;
    shape.kind = Shape::Kind::line;
    shape.x = x1;
    shape.y = y1;
    shape.w = x2;
    shape.h = y2;
    shape.stroke = std::move(stroke);
    shape.width = width;
    return shape;
}

Shape box_shape(double x, double y, double w, double h, Colour fill, std::string tip) {
    Shape shape;
    shape.kind = Shape::Kind::rectangle;
    shape.x = x;
    shape.y = y;
    shape.w = w;
    shape.h = h;
    shape.fill = std::move(fill);
    shape.tip = std::move(tip);
    return shape;
}

Shape dot_shape(double x, double y, double radius, Colour fill, std::string tip) {
    Shape shape;
    shape.kind = Shape::Kind::circle;
    shape.x = x;
    shape.y = y;
    shape.w = radius;
    shape.fill = std::move(fill);
    shape.tip = std::move(tip);
    return shape;
}

Shape text_shape(double x, double y, std::string text, Colour fill, double size, Shape::Anchor anchor) {
    Shape shape;
    shape.kind = Shape::Kind::text;
    shape.x = x;
    shape.y = y;
    shape.text = std::move(text);
    shape.fill = std::move(fill);
    shape.size = size;
    shape.anchor = anchor;
    return shape;
}

Shape path_shape(std::vector<std::pair<double, double>> points, Colour stroke, double width) {
    Shape shape;
    shape.kind = Shape::Kind::polyline;
    shape.points = std::move(points);
    shape.stroke = std::move(stroke);
    shape.width = width;
    return shape;
}

std::string fitted_text(const std::string& text, double size, double width) {
    if (text_width(text, size) <= width)
        return text;
    std::string cut = text;
    while (!cut.empty() && text_width(cut + "…", size) > width) {
        while (!cut.empty() && (static_cast<unsigned char>(cut.back()) & 0xC0U) == 0x80U)
            cut.pop_back();
        if (!cut.empty())
            cut.pop_back();
    }
    return cut + "…";
}

} // namespace isolab
