// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/metric_model.h"

#include "gui/models/figure.h"
#include "gui/models/ratio.h"
#include "gui/models/side_view.h"
#include "gui/models/words.h"

namespace isolab {

using namespace Qt::StringLiterals;

std::vector<MetricModel::Row> MetricModel::empty_rows() {
    std::vector<Row> rows;
    for (std::size_t i = 0; i < phase_count; ++i) {
        const auto phase = static_cast<Phase>(i);
        rows.push_back({Words::phase(phase), "phase." + std::string(phase_id(phase)), "ns", {}, {}});
        if (phase == Phase::ready)
            rows.push_back({tr("start until ready"), "ready", "ns", {}, {}});
    }
    rows.push_back({tr("CPU time until ready"), "cpu_to_ready", "ns", {}, {}});
    rows.push_back({tr("CPU time altogether"), "cpu_total", "ns", {}, {}});
    rows.push_back({tr("memory"), "memory", "bytes", {}, {}});
    rows.push_back({tr("disk, unique"), "disk.unique", "bytes", {}, {}});
    rows.push_back({tr("disk, shared"), "disk.shared", "bytes", {}, {}});
    return rows;
}

void MetricModel::show_result(const ComparisonResult* result) {
    beginResetModel();
    rows_ = empty_rows();
    emulated_ = result != nullptr && machine_is_emulated(*result);
    if (result != nullptr)
        for (Row& row : rows_) {
            for (const ShownWorld world : {ShownWorld::container, ShownWorld::vm})
                if (const MetricSummary* found = result->find_metric(side_id(world), row.metric))
                    row.values[static_cast<std::size_t>(world)] = found->summary;
            row.ratio = machine_over_container(*result, row.metric);
        }
    endResetModel();
}

int MetricModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int MetricModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : column_count; }

QString MetricModel::text(const Row& row, int column) const {
    switch (column) {
    case name:
        return row.title;
    case ratio:
        return row.ratio ? ratio_figure(row.ratio->ratio).text() : QString();
    case ratio_interval:
        return row.ratio && row.values[0] && row.values[0]->n > 1
                   ? isolab::ratio_interval(row.ratio->low, row.ratio->high)
                   : QString();
    default:
        break;
    }
    const auto& value = row.values[column == container || column == container_interval ? 0 : 1];
    const bool interval = column == container_interval || column == vm_interval;
    if (!value)
        return interval ? QString() : u"–"_s;
    if (interval)
        return value->n > 1 && value->high > 0 ? metric_interval(value->low, value->high, row.unit) : QString();
    return metric_figure(value->median, row.unit).text();
}

QVariant MetricModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    if (role == Qt::DisplayRole)
        return text(rows_[static_cast<std::size_t>(index.row())], index.column());
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(index.column() == name ? Qt::AlignLeft | Qt::AlignVCenter
                                                          : Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

QVariant MetricModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(section == name ? Qt::AlignLeft | Qt::AlignVCenter
                                                   : Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    const QString mark = emulated_ ? u"\nTCG"_s : QString(); // a line of its own keeps the column narrow
    switch (section) {
    case name:
        return tr("figure");
    case container:
        return Words::world(ShownWorld::container);
    case vm:
        return Words::world(ShownWorld::vm) + mark;
    case ratio:
        return tr("ratio") + mark;
    default:
        return tr("95 % interval");
    }
}

} // namespace isolab
