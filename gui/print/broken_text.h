// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <QTextLayout>

#include "gui/print/paper.h"

class QPainter;

namespace isolab {

/// A plain text in lines of a width; words that are longer are broken anywhere. Units as on paper.
class BrokenText {
  public:
    BrokenText(const QString& text, const PaperStyle& paper, const TextStyle& style, double width,
               Qt::Alignment alignment = Qt::AlignLeft);

    int lines() const { return layout_.lineCount(); }
    double line_height() const noexcept { return line_height_; }
    double height() const { return lines() * line_height_; }

    /// Lines [first, end), the first one's upper left corner at the painter's origin, in its pen's colour.
    void paint(QPainter& painter, int first, int end) const;

  private:
    QTextLayout layout_;
    double line_height_;
};

using SharedText = std::shared_ptr<const BrokenText>;

/// How wide a text is on one line, and its longest word.
struct TextWidth {
    double line = 0;
    double word = 0;
};
TextWidth width_of(const QString& text, const PaperStyle& paper, double size, bool strong);

} // namespace isolab
