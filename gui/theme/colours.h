// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <QColor>
#include <QPalette>

#include "engine/base/instance.h"

namespace isolab {

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
    QColor shared;                           ///< what a world shares with the host
    QColor primary, primary_ink, on_primary; ///< of what is pressed first, as an area, as text on a card, and on it
    ColourPair neutral, ready, notice, failure;
    ColourPair console;

    /// Of a world by its id, which may be unknown (see world_of_id()): as areas and lines, and as text on a card.
    /// Colour is never the only sign: names stand beside it.
    QColor fill(const std::string& world) const;
    QColor ink(const std::string& world) const;
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
QColor phase_tint(const Colours& colours, const std::string& world, Phase phase);

} // namespace isolab
