// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFont>
#include <QRectF>
#include <QSizeF>

#include "compare/chart/drawing.h"
#include "gui/theme/colours.h"

class QPainter;

namespace isolab {

/// Paints a drawing in its own units, 0,0 at the painter's origin; scale the painter to have it larger. Texts are set
/// in the family of `font` at the sizes that the drawing says. Pure but for what it paints on.
void paint_drawing(QPainter& painter, const Drawing& drawing, const Colours& colours, const QFont& font);

/// The area that a shape takes in the drawing's units; empty for texts, whose size depends on the font.
QRectF shape_bounds(const Shape& shape);

/// The shape with a tip that is painted last at a place in the drawing's units; null: there is none. What is thinner
/// than `reach` is found within that distance.
const Shape* shape_at(const Drawing& drawing, double x, double y, double reach);

} // namespace isolab
