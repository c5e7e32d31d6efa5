// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <QWidget>

#include "compare/chart/drawing.h"
#include "gui/theme/theme.h"

namespace isolab {

/// A picture of results as wide as there is room, in its own proportions. What its shapes tell is shown when they are
/// pointed at; the arrow keys, Home and End walk through them.
class DrawingView : public QWidget {
    Q_OBJECT
  public:
    DrawingView(const Theme& theme, Drawing drawing, QWidget* parent = nullptr);

    QString current_tip() const; ///< of the shape that the keyboard is at; empty: it is at none
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

  private:
    double scale(double width) const; ///< pixels for a unit
    void walk_to(std::size_t stop);

    const Theme& theme_;
    Drawing drawing_;
    std::vector<std::size_t> stops_;     ///< shapes with tips, from left to right
    std::optional<std::size_t> current_; ///< in stops_
};

} // namespace isolab
