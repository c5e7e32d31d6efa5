// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>

#include <QAbstractTableModel>

#include "compare/experiment.h"
#include "gui/theme/colours.h"

namespace isolab {

/// The start-up in figures: one row per phase and one for ready, medians with intervals of both worlds and the ratio.
/// A snapshot; replaced as a whole.
class PhaseModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { name, container, container_interval, vm, vm_interval, column_count };

    using QAbstractTableModel::QAbstractTableModel;
    void show_result(const ExperimentResult* result); ///< null: no figures

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    struct Row {
        QString title;
        std::string metric;
        std::array<std::optional<SampleSummary>, 2> values; ///< by World
    };
    static std::vector<Row> empty_rows();
    QVariant text(const Row& row, int column) const;

    std::vector<Row> rows_ = empty_rows();
};

} // namespace isolab
