// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QAbstractTableModel>

#include "compare/history/history.h"

namespace isolab {

/// Saved comparisons, newest first. A snapshot; rows that stay are not reset, so a selection survives.
class HistoryModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { started, workload, runs, headline, column_count };

    using QAbstractTableModel::QAbstractTableModel;
    void show_entries(std::vector<HistoryEntry> entries);
    std::string id_at(int row) const; ///< empty when there is no such row

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    std::vector<HistoryEntry> entries_;
};

} // namespace isolab
