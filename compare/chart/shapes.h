// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "compare/chart/drawing.h"

namespace isolab {

// Shapes as charts use them.

inline Colour ink() { return {Paint::ink, {}, 1}; }
inline Colour muted() { return {Paint::muted, {}, 1}; }
inline Colour grid() { return {Paint::grid, {}, 1}; }
inline Colour of_world(const std::string& world) { return {Paint::world, world, 1}; }
inline Colour pale(const std::string& world, double tint) { return {Paint::tint, world, tint}; }

Shape line_shape(double x1, double y1, double x2, double y2, Colour stroke, double width = 1);
Shape box_shape(double x, double y, double w, double h, Colour fill, std::string tip = {});
Shape dot_shape(double x, double y, double radius, Colour fill, std::string tip = {});
Shape text_shape(double x, double y, std::string text, Colour fill, double size = 12,
                 Shape::Anchor anchor = Shape::Anchor::start);
Shape path_shape(std::vector<std::pair<double, double>> points, Colour stroke, double width);

/// Cut with "…" where it is wider than `width`.
std::string fitted_text(const std::string& text, double size, double width);

} // namespace isolab
