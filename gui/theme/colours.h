// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QColor>
#include <QPalette>

#include "engine/base/instance.h"

namespace isolab {

/// The two worlds, each with one colour everywhere. Colour is never the only sign: names stand beside it.
/// The two worlds that the window shows.
enum class ShownWorld { container, vm };
ShownWorld world_of(const std::string& side) noexcept; ///< "vm" is the machine, anything else the container

/// What a message is about; decides its colours.
enum class Tone { neutral, ready, notice, failure };

/// Ink on a ground, legible: contrast at least 4.5.
struct ColourPair {
    QColor ink;
    QColor ground;
};

/// Every colour of the program for one palette. Values; made by make_colours().
struct Colours {
    bool dark = false;
    QColor page, surface, sunken; ///< behind the cards, the cards, fields and tracks in them
    QColor text, muted, hairline, grid;
    QColor container, vm;         ///< fills and lines: Okabe-Ito blue and vermilion
    QColor container_ink, vm_ink; ///< the same hues as text on a card
    QColor shared;                ///< what a world shares with the host
    QColor primary, on_primary;
    ColourPair neutral, ready, notice, failure;
    ColourPair console;

    /// Of a world by its id, as areas and lines, and as text on a card; known or not (see world_of_id()).
    QColor fill(const std::string& world) const;
    QColor ink(const std::string& world) const;
    const QColor& fill(ShownWorld world) const noexcept { return world == ShownWorld::vm ? vm : container; }
    const QColor& ink(ShownWorld world) const noexcept { return world == ShownWorld::vm ? vm_ink : container_ink; }
    const ColourPair& tone(Tone tone) const noexcept;
};

/// Greys from the palette, the rest fixed per lightness of its base colour.
Colours make_colours(const QPalette& palette);
QPalette light_palette();
QPalette dark_palette();

/// Contrast ratio 1..21 of two opaque colours (WCAG 2.1, "contrast ratio").
double contrast(const QColor& a, const QColor& b);
/// `share` of b in a, 0..1.
QColor mix(const QColor& a, const QColor& b, double share);
/// `colour`, darkened or lightened until its contrast with `background` is at least `least`.
QColor readable_on(const QColor& colour, const QColor& background, double least = 4.5);
/// Black or white, whichever reads better on `fill`.
QColor text_on(const QColor& fill);

/// Phases are tints of their world's colour, lightest first.
QColor phase_tint(const Colours& colours, ShownWorld world, Phase phase);

} // namespace isolab
