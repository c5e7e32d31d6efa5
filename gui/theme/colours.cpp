// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/theme/colours.h"

#include <algorithm>
#include <cmath>

#include "compare/model/world.h"

namespace isolab {
namespace {

constexpr int readable_steps = 60;

double channel_luminance(double value) {
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& colour) {
    return 0.2126 * channel_luminance(colour.redF()) + 0.7152 * channel_luminance(colour.greenF()) +
           0.0722 * channel_luminance(colour.blueF());
}

QPalette make_palette(QRgb page, QRgb surface, QRgb raised, QRgb text, QRgb faint, QRgb highlight) {
    QPalette palette;
    palette.setColor(QPalette::Window, QColor(page));
    palette.setColor(QPalette::Base, QColor(surface));
    palette.setColor(QPalette::AlternateBase, QColor(page));
    palette.setColor(QPalette::Button, QColor(raised));
    palette.setColor(QPalette::ToolTipBase, QColor(raised));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText})
        palette.setColor(role, QColor(text));
    palette.setColor(QPalette::PlaceholderText, QColor(faint));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, QColor(faint));
    palette.setColor(QPalette::Highlight, QColor(highlight));
    palette.setColor(QPalette::HighlightedText, text_on(QColor(highlight)));
    palette.setColor(QPalette::Link, QColor(highlight));
    return palette;
}

void add_light(Colours& c) {
    c.ready = {QColor(0x00, 0x6B, 0x4E), QColor(0xE5, 0xF5, 0xEF)};
    c.notice = {QColor(0x7A, 0x52, 0x00), QColor(0xFF, 0xF6, 0xE5)};
    c.failure = {QColor(0xB3, 0x26, 0x1E), QColor(0xFD, 0xEC, 0xEA)};
    c.console = {QColor(0xD3, 0xDA, 0xE2), QColor(0x16, 0x1A, 0x20)};
}

void add_dark(Colours& c) {
    c.ready = {QColor(0x7F, 0xDD, 0xB9), QColor(0x12, 0x35, 0x2B)};
    c.notice = {QColor(0xF2, 0xC7, 0x6B), QColor(0x38, 0x2C, 0x12)};
    c.failure = {QColor(0xFF, 0xA6, 0x9E), QColor(0x45, 0x1E, 0x1B)};
    c.console = {QColor(0xC9, 0xD1, 0xDA), QColor(0x0E, 0x11, 0x15)};
}

} // namespace

QColor Colours::fill(const std::string& world) const {
    const World known = world_of_id(world);
    return QColor(QString::fromStdString(dark ? known.dark_colour : known.colour));
}

QColor Colours::ink(const std::string& world) const { return readable_on(fill(world), surface); }

const ColourPair& Colours::tone(Tone tone) const noexcept {
    switch (tone) {
    case Tone::ready:
        return ready;
    case Tone::notice:
        return notice;
    case Tone::failure:
        return failure;
    case Tone::neutral:
        break;
    }
    return neutral;
}

Colours make_colours(const QPalette& palette) {
    Colours c;
    c.page = palette.color(QPalette::Window);
    c.surface = palette.color(QPalette::Base);
    c.text = palette.color(QPalette::WindowText);
    c.dark = luminance(c.surface) < luminance(c.text);
    c.dark ? add_dark(c) : add_light(c);
    c.sunken = mix(c.surface, c.text, c.dark ? 0.08 : 0.05);
    c.shared = mix(c.surface, c.text, c.dark ? 0.13 : 0.08);
    c.muted = readable_on(mix(c.text, c.surface, 0.38), c.shared);
    c.hairline = mix(c.surface, c.text, c.dark ? 0.17 : 0.12);
    c.grid = mix(c.surface, c.text, c.dark ? 0.13 : 0.09);
    c.neutral = {c.muted, c.shared};
    c.primary = c.fill("container");
    c.primary_ink = c.ink("container");
    c.on_primary = text_on(c.primary);
    return c;
}

QPalette light_palette() { return make_palette(0xF4F6F8, 0xFFFFFF, 0xFFFFFF, 0x181C22, 0x68717C, 0x0072B2); }
QPalette dark_palette() { return make_palette(0x15181D, 0x1E2228, 0x272C34, 0xE8ECF1, 0x9BA4AF, 0x56B4E9); }

double contrast(const QColor& a, const QColor& b) {
    const double la = luminance(a);
    const double lb = luminance(b);
    return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

QColor mix(const QColor& a, const QColor& b, double share) {
    const auto blend = [share](float x, float y) {
        return static_cast<float>(std::clamp(x + (y - x) * share, 0.0, 1.0));
    };
    return QColor::fromRgbF(blend(a.redF(), b.redF()), blend(a.greenF(), b.greenF()), blend(a.blueF(), b.blueF()));
}

QColor readable_on(const QColor& colour, const QColor& background, double least) {
    const QColor target = text_on(background);
    for (int step = 0; step < readable_steps; ++step) {
        const QColor candidate = mix(colour, target, static_cast<double>(step) / readable_steps);
        if (contrast(candidate, background) >= least)
            return candidate;
    }
    return target;
}

QColor text_on(const QColor& fill) {
    // On any colour one of the two has at least 4.58; a softer black would not.
    return contrast(Qt::black, fill) >= contrast(Qt::white, fill) ? QColor(Qt::black) : QColor(Qt::white);
}

QColor phase_tint(const Colours& colours, const std::string& world, Phase phase) {
    constexpr double lightest = 0.30;
    const double step = static_cast<double>(phase) / static_cast<double>(Phase::ready);
    return mix(colours.surface, colours.fill(world), std::min(1.0, lightest + (1.0 - lightest) * step));
}

} // namespace isolab
