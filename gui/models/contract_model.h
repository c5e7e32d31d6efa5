// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <QAbstractTableModel>

#include "compare/model/comparison.h"

namespace isolab {

/// The fairness contract row by row: what is equal in all worlds, and, marked, what differs. A snapshot.
class ContractModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    static constexpr int what_column = 0; ///< the others are the worlds

    using QAbstractTableModel::QAbstractTableModel;
    void show_contract(std::vector<std::string> worlds, std::vector<ContractEntry> entries);
    /// "image sha256:4f1c…, command httpd -f, and 6 more": what is equal, the most telling conditions with their
    /// values.
    QString equal_summary() const;
    /// "kernel (6.18.5 / 6.1.0), processor (native / TCG), and 5 more": what differs, each value once, in the order
    /// of the worlds.
    QString differing_summary() const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    QString summary(bool differing) const;
    QString value(const ContractEntry& entry, const std::string& world) const;
    QString short_values(const ContractEntry& entry) const;
    QString text(const ContractEntry& entry, int column) const;

    std::vector<std::string> worlds_;
    std::vector<ContractEntry> entries_;
};

} // namespace isolab
