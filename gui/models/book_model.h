// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QAbstractListModel>

#include "gui/models/book_lines.h"

namespace isolab {

/// The lines of the page "The book". A snapshot; only what differs is told, so a selection survives.
class BookModel : public QAbstractListModel {
    Q_OBJECT
  public:
    using QAbstractListModel::QAbstractListModel;
    void show_lines(std::vector<BookLine> lines);
    const BookLine* line(int row) const;     ///< null: there is no such row; until the next show_lines()
    int row_of(const std::string& id) const; ///< -1: there is none

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;

  private:
    std::vector<BookLine> lines_;
};

} // namespace isolab
