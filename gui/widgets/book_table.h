// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QWidget>

#include "gui/models/book.h"
#include "gui/theme/theme.h"

namespace isolab {

/// "The book says · measured here": subject, claim, ratio and interval, one line each.
class BookTable : public QWidget {
    Q_OBJECT
  public:
    explicit BookTable(const Theme& theme, QWidget* parent = nullptr);
    void show_rows(std::vector<ClaimRow> rows);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

  private:
    double row_height() const;
    void paint_row(QPainter& painter, const ClaimRow& row, const QRectF& rect) const;

    const Theme& theme_;
    std::vector<ClaimRow> rows_;
};

} // namespace isolab
