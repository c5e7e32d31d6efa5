// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <initializer_list>

#include <QTableView>

#include "gui/theme/theme.h"

namespace isolab {

/// A quiet table without a scroll bar of its own: as high as its rows, for pages that scroll as a whole.
class FittedTable : public QTableView {
    Q_OBJECT
  public:
    FittedTable(const Theme& theme, QAbstractItemModel* model, QWidget* parent = nullptr);
    /// Columns that share the width the others leave; those are as wide as their content.
    void stretch_columns(std::initializer_list<int> columns);
    /// The same for all columns from `first` on, whatever the model has.
    void stretch_from(int first);
    /// Long texts take several lines; otherwise all rows are equally high and what does not fit is in the tooltip.
    void wrap_lines();

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

  private:
    void refit();

    const Theme& theme_;
    int stretched_from_ = -1;
};

} // namespace isolab
