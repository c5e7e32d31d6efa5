// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/print/broken_text.h"

#include <algorithm>
#include <cmath>

#include <QPainter>

namespace isolab {
namespace {

/// Where the baseline is, so that small letters stand in the middle of their line whatever font they are of.
constexpr double baseline_below_middle = 0.36; ///< sizes

void break_lines(QTextLayout& layout, double width, double line_height, double size) {
    layout.beginLayout();
    for (int i = 0;; ++i) {
        QTextLine line = layout.createLine();
        if (!line.isValid())
            break;
        line.setLineWidth(width * fine_scale);
        const double baseline = (i + 0.5) * line_height + baseline_below_middle * size;
        line.setPosition({0, baseline * fine_scale - line.ascent()});
    }
    layout.endLayout();
}

QTextOption text_option(Qt::Alignment alignment, QTextOption::WrapMode wrapping) {
    QTextOption option(alignment);
    option.setWrapMode(wrapping);
    option.setUseDesignMetrics(true);
    return option;
}

} // namespace

BrokenText::BrokenText(const QString& text, const PaperStyle& paper, const TextStyle& style, double width,
                       Qt::Alignment alignment)
    : layout_(text.isEmpty() ? QStringLiteral(" ") : text, paper.fine_font(style.size, style.strong)),
      line_height_(style.size * style.line) {
    layout_.setTextOption(text_option(alignment, QTextOption::WrapAtWordBoundaryOrAnywhere));
    break_lines(layout_, width, line_height_, style.size);
}

void BrokenText::paint(QPainter& painter, int first, int end) const {
    painter.save();
    painter.scale(1 / fine_scale, 1 / fine_scale);
    const QPointF origin(0, -first * line_height_ * fine_scale);
    for (int i = first; i < std::min(end, lines()); ++i)
        layout_.lineAt(i).draw(&painter, origin);
    painter.restore();
}

TextWidth width_of(const QString& text, const PaperStyle& paper, double size, bool strong) {
    QTextLayout layout(text, paper.fine_font(size, strong));
    layout.setTextOption(text_option(Qt::AlignLeft, QTextOption::WordWrap));
    layout.beginLayout();
    QTextLine line = layout.createLine();
    if (line.isValid())
        line.setNumColumns(static_cast<int>(text.size()));
    layout.endLayout();
    return {std::ceil(layout.maximumWidth()) / fine_scale, std::ceil(layout.minimumWidth()) / fine_scale};
}

} // namespace isolab
