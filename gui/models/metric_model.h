// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <QAbstractTableModel>

#include "compare/model/comparison.h"

namespace isolab {

/// Every figure of a comparison: the phases of the start, ready, CPU time, memory and disk, as medians. Of one or two
/// worlds with their intervals, the ratio and its own in columns of their own; of more worlds a column each, whose
/// second line is the ratio over the first world, with the intervals in the tooltip. A snapshot; replaced as a whole.
class MetricModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    static constexpr int name_column = 0;

    using QAbstractTableModel::QAbstractTableModel;
    /// `result` null: no figures.
    void show_result(const std::vector<std::string>& worlds, const ComparisonResult* result);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    struct Value {
        std::optional<SampleSummary> summary;
        std::optional<RatioSummary> ratio; ///< over the first world; of two worlds that of machine over container
    };
    struct Row {
        QString title;
        std::string metric, unit;
        std::vector<Value> values = {}; ///< of each world
    };
    enum class Kind { name, value, interval, ratio, ratio_interval, value_with_ratio };
    struct Column {
        Kind kind = Kind::name;
        std::size_t world = 0;
    };
    static std::vector<Row> empty_rows();
    static std::vector<Column> columns_of(std::size_t worlds);
    Value value_of(const ComparisonResult& result, const std::string& metric, std::size_t world) const;
    QString text(const Row& row, const Column& column) const;
    QString tip(const Row& row, const Column& column) const;

    std::vector<std::string> worlds_;
    std::vector<bool> emulated_; ///< of each world
    std::vector<Row> rows_ = empty_rows();
    std::vector<Column> columns_ = columns_of(0);
};

} // namespace isolab
