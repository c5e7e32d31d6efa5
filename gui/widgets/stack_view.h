// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include <QWidget>

#include "gui/models/stack.h"
#include "gui/theme/theme.h"

namespace isolab {

/// The layers of one world as boxes of one height, so that the same level stands at the same height in both worlds;
/// each is filled from the left by its share of the side's memory. A click, or Enter on the focused box, explains the
/// layer.
class StackView : public QWidget {
    Q_OBJECT
  public:
    StackView(const Theme& theme, std::string world, QWidget* parent = nullptr);
    void show_stack(const Stack& stack);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;

  private:
    std::vector<QRectF> boxes() const;
    std::optional<std::size_t> box_at(const QPointF& point) const;
    void explain(std::size_t box);
    void paint_ground(QPainter& painter, const StackBox& box, const QRectF& rect, double share) const;
    void paint_words(QPainter& painter, const StackBox& box, const QRectF& rect) const;
    QColor fill_of(const StackBox& box) const;

    const Theme& theme_;
    std::string world_;
    Stack stack_;
    std::size_t focused_ = 0;
};

} // namespace isolab
