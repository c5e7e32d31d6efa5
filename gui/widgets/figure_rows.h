// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QWidget>

#include "gui/models/figure.h"
#include "gui/theme/theme.h"

namespace isolab {

/// A small column of names with their figures, right-aligned, units grey.
class FigureRows : public QWidget {
    Q_OBJECT
  public:
    explicit FigureRows(const Theme& theme, QWidget* parent = nullptr);
    void show_rows(std::vector<FigureRow> rows);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

  private:
    const Theme& theme_;
    std::vector<FigureRow> rows_;
};

} // namespace isolab
