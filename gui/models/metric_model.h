// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <optional>

#include <QAbstractTableModel>

#include "compare/model/comparison.h"
#include "gui/theme/colours.h"

namespace isolab {

/// Every figure of a comparison: the phases of the start, ready, CPU time, memory and disk; medians with intervals of
/// both worlds and the ratio with its own. A snapshot; replaced as a whole.
class MetricModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { name, container, container_interval, vm, vm_interval, ratio, ratio_interval, column_count };

    using QAbstractTableModel::QAbstractTableModel;
    void show_result(const ComparisonResult* result); ///< null: no figures

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    struct Row {
        QString title;
        std::string metric, unit;
        std::array<std::optional<SampleSummary>, 2> values; ///< by ShownWorld
        std::optional<RatioSummary> ratio;                  ///< machine over container
    };
    static std::vector<Row> empty_rows();
    QString text(const Row& row, int column) const;

    std::vector<Row> rows_ = empty_rows();
    bool emulated_ = false;
};

} // namespace isolab
