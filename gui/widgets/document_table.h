// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QWidget>

#include "compare/report/document.h"
#include "gui/theme/theme.h"

class QLabel;

namespace isolab {

/// A table of a document. Columns share the width by what they hold, long texts take several lines; where there is too
/// little room for columns, the cells of a row stand under each other, each behind the name of its column.
class DocumentTableView : public QWidget {
    Q_OBJECT
  public:
    DocumentTableView(const Theme& theme, const DocumentTable& table, QWidget* parent = nullptr);

    bool is_stacked() const { return stacks_at(width()); }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

  protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    struct Cell {
        QLabel* label = nullptr; ///< null: nothing stands there
        QLabel* name = nullptr;  ///< of its column, where rows are stacked; null: the column has none
        bool number = false;
    };
    struct Column {
        int least = 0; ///< its longest word, or its longest number
        int whole = 0; ///< its longest text on one line
    };
    QLabel* label_of(const DocumentCell& cell, bool head);
    void restyle();
    void arrange();
    bool stacks_at(int width) const;
    std::vector<int> widths_at(int width) const;
    /// Height of all rows. With `lines` the labels are placed, and it gets where rows end.
    int columns(int width, std::vector<int>* lines) const;
    int stacked(int width, std::vector<int>* lines) const;

    const Theme& theme_;
    bool has_head_ = false;
    std::vector<std::vector<Cell>> rows_; ///< the head is the first
    std::vector<Column> columns_;
    std::vector<int> lines_; ///< lower edges of rows
};

} // namespace isolab
