// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/chart/svg.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "engine/base/text.h"

namespace isolab {
namespace {

std::string number(double value) {
    std::string text = fmt::format("{:.2f}", value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.'))
        text.pop_back();
    return text == "-0" ? "0" : text;
}

std::string colour_of(const Colour& colour) {
    switch (colour.paint) {
    case Paint::ink:
        return "var(--ink)";
    case Paint::muted:
        return "var(--muted)";
    case Paint::grid:
        return "var(--grid)";
    case Paint::paper:
        return "var(--paper)";
    case Paint::world:
    case Paint::tint:
        return "var(--world-" + css_name(colour.world) + ")";
    case Paint::none:
        break;
    }
    return "none";
}

std::string painted(const char* what, const Colour& colour) {
    std::string text = fmt::format(" {}=\"{}\"", what, colour_of(colour));
    if (colour.paint == Paint::tint && colour.tint < 1)
        text += fmt::format(" {}-opacity=\"{}\"", what, number(colour.tint));
    return text;
}

std::string stroked(const Shape& shape) {
    if (shape.stroke.paint == Paint::none)
        return {};
    return painted("stroke", shape.stroke) + fmt::format(" stroke-width=\"{}\"", number(shape.width)) +
           (shape.dashed ? " stroke-dasharray=\"4 3\"" : "");
}

std::string points_of(const Shape& shape) {
    std::string text;
    for (const auto& [x, y] : shape.points)
        text += (text.empty() ? "" : " ") + number(x) + "," + number(y);
    return text;
}

/// A world's hue as a text must be readable, whatever it is as an area.
std::string filled(const Shape& shape) {
    return shape.kind == Shape::Kind::text && shape.fill.paint == Paint::world
               ? fmt::format(" fill=\"var(--text-{})\"", css_name(shape.fill.world))
               : painted("fill", shape.fill);
}

/// The element up to its content.
std::string opening(const Shape& shape, const char*& name) {
    switch (shape.kind) {
    case Shape::Kind::line:
        name = "line";
        return fmt::format("x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"", number(shape.x), number(shape.y), number(shape.w),
                           number(shape.h));
    case Shape::Kind::rectangle:
        name = "rect";
        return fmt::format("x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"2\"", number(shape.x), number(shape.y),
                           number(shape.w), number(shape.h));
    case Shape::Kind::circle:
        name = "circle";
        return fmt::format("cx=\"{}\" cy=\"{}\" r=\"{}\"", number(shape.x), number(shape.y), number(shape.w));
    case Shape::Kind::polyline:
        name = "polyline";
        return "points=\"" + points_of(shape) + "\"";
    case Shape::Kind::polygon:
        name = "polygon";
        return "points=\"" + points_of(shape) + "\"";
    case Shape::Kind::text:
        break;
    }
    name = "text";
    const char* anchor = shape.anchor == Shape::Anchor::end      ? " text-anchor=\"end\""
                         : shape.anchor == Shape::Anchor::middle ? " text-anchor=\"middle\""
                                                                 : "";
    return fmt::format("x=\"{}\" y=\"{}\" font-size=\"{}\"{}{}", number(shape.x), number(shape.y), number(shape.size),
                       anchor, shape.bold ? " font-weight=\"600\"" : "");
}

std::string element(const Shape& shape) {
    const char* name = "";
    const std::string begin = opening(shape, name);
    std::string content = shape.kind == Shape::Kind::text ? html_text(shape.text) : "";
    if (!shape.tip.empty())
        content += "<title>" + html_text(shape.tip) + "</title>";
    return fmt::format("<{} {}{}{}>{}</{}>\n", name, begin, filled(shape), stroked(shape), content, name);
}

} // namespace

std::string svg_element(const Drawing& drawing) {
    std::string text = fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" "
                                   "aria-label=\"{}\">\n",
                                   number(drawing.width), number(drawing.height), html_text(drawing.title));
    for (const Shape& shape : drawing.shapes)
        text += element(shape);
    return text + "</svg>\n";
}

std::string html_text(std::string_view text) {
    std::string escaped;
    for (const char letter : plain_text(text)) {
        switch (letter) {
        case '&':
            escaped += "&amp;";
            break;
        case '<':
            escaped += "&lt;";
            break;
        case '>':
            escaped += "&gt;";
            break;
        case '"':
            escaped += "&quot;";
            break;
        case '\'':
            escaped += "&#39;";
            break;
        default:
            escaped += letter;
        }
    }
    return escaped;
}

std::string css_name(std::string_view id) {
    std::string name(id);
    std::ranges::replace_if(
        name,
        [](char c) {
            return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-');
        },
        '_');
    return name;
}

} // namespace isolab
