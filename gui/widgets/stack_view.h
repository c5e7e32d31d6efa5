// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include <QWidget>

#include "gui/models/stack.h"
#include "gui/theme/theme.h"

namespace isolab {

/// The layers of one world as boxes; the same level stands at the same height as in the other world. A click, or
/// Enter on the focused box, explains the layer.
class StackView : public QWidget {
    Q_OBJECT
  public:
    StackView(const Theme& theme, World world, QWidget* parent = nullptr);
    /// `other` is the stack of the other world, which decides heights too.
    void show_stack(const Stack& own, const Stack& other);

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
    void paint_box(QPainter& painter, const StackBox& box, const QRectF& rect, bool focused) const;
    QColor fill_of(const StackBox& box) const;

    const Theme& theme_;
    World world_;
    Stack own_, other_;
    std::size_t focused_ = 0;
};

} // namespace isolab
