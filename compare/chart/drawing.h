// SPDX-License-Identifier: GPL-3.0-or-later
//
// A picture as values: shapes whose colours are roles, so that a report shows it in light, dark and print, and a window
// with its own palette.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace isolab {

/// What a shape is drawn in. `world` gives the hue of the roles that need one.
enum class Paint {
    none,
    ink,   ///< text and axes
    muted, ///< captions
    grid,  ///< lines behind
    paper, ///< the background
    world, ///< a world's colour
    tint,  ///< the same, pale: areas behind points
};

struct Colour {
    Paint paint = Paint::none;
    std::string world = {}; ///< its id
    double tint = 0.2;      ///< of Paint::tint: 0 paper, 1 the world's colour
};

struct Shape {
    enum class Kind { line, rectangle, circle, text, polyline, polygon };
    Kind kind = Kind::line;
    /// line: from, to; rectangle: corner, size; circle: centre, radius in `w`; text: where its baseline begins, ends or
    /// has its middle.
    double x = 0, y = 0, w = 0, h = 0;
    std::vector<std::pair<double, double>> points = {}; ///< polyline, polygon
    Colour fill = {};
    Colour stroke = {};
    double width = 1;    ///< of the stroke
    bool dashed = false; ///< of the stroke
    std::string text = {};
    enum class Anchor { start, middle, end };
    Anchor anchor = Anchor::start;
    double size = 12; ///< of text, in units
    bool bold = false;
    std::string tip = {}; ///< shown when it is pointed at; read by screen readers
};

/// In units of 1/96 inch, y downwards.
struct Drawing {
    double width = 0, height = 0;
    std::string title = {}; ///< for screen readers: what it shows
    std::vector<Shape> shapes = {};
};

/// Width of a text in units, estimated: what is drawn has no font at hand. Wide letters (CJK) count one em.
double text_width(std::string_view text, double size) noexcept;

} // namespace isolab
