// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QAbstractTableModel>

#include "compare/model/comparison.h"

namespace isolab {

/// The fairness contract row by row: what is equal on both sides, and, marked, what differs. A snapshot.
class ContractModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { what, container, vm, column_count };

    using QAbstractTableModel::QAbstractTableModel;
    void show_contract(std::vector<ContractEntry> entries);
    /// "image sha256:4f1c…, command httpd -f, and 6 more": what is equal, the most telling conditions with their
    /// values.
    QString equal_summary() const;
    /// "kernel (6.18.5 / 6.1.0), processor (native / TCG), and 5 more": what differs, container first.
    QString differing_summary() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    QString summary(bool differing) const;

    std::vector<ContractEntry> entries_;
};

} // namespace isolab
