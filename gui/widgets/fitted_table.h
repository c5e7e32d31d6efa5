// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTableView>

#include "gui/theme/theme.h"

namespace isolab {

/// A quiet table without a scroll bar of its own: as high as its rows, for pages that scroll as a whole.
class FittedTable : public QTableView {
    Q_OBJECT
  public:
    FittedTable(const Theme& theme, QAbstractItemModel* model, QWidget* parent = nullptr);
    /// Column that takes the width the others leave; they are as wide as their content.
    void stretch_column(int column);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void refit();

    const Theme& theme_;
};

} // namespace isolab
