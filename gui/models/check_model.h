// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QAbstractTableModel>

#include "engine/base/prerequisite.h"

namespace isolab {

/// The prerequisites of both worlds: state, name, what was found or the cause, and the remedy.
class CheckModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { state, title, detail, column_count };

    using QAbstractTableModel::QAbstractTableModel;
    void show_prerequisites(std::vector<Prerequisite> all);
    int trouble() const; ///< how many required ones are not found

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    std::vector<Prerequisite> all_;
};

} // namespace isolab
