// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/phase_model.h"

#include <algorithm>

#include "gui/models/figure.h"
#include "gui/models/words.h"

namespace isolab {

using namespace Qt::StringLiterals;

std::vector<PhaseModel::Row> PhaseModel::empty_rows() {
    std::vector<Row> rows;
    for (std::size_t i = 0; i < phase_count; ++i) {
        const auto phase = static_cast<Phase>(i);
        rows.push_back({Words::phase(phase), "phase." + std::string(phase_id(phase)), {}});
        if (phase == Phase::ready)
            rows.push_back({tr("start until ready"), "ready", {}});
    }
    return rows;
}

void PhaseModel::show_result(const ExperimentResult* result) {
    beginResetModel();
    rows_ = empty_rows();
    if (result != nullptr)
        for (Row& row : rows_)
            for (const SideResult& side : result->sides) {
                const auto found = std::ranges::find(side.metrics, row.metric, &MetricSummary::id);
                if (found != side.metrics.end())
                    row.values[static_cast<std::size_t>(world_of(side.side))] = found->summary;
            }
    endResetModel();
}

int PhaseModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int PhaseModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : column_count; }

QVariant PhaseModel::text(const Row& row, int column) const {
    if (column == name)
        return row.title;
    const auto& value = row.values[column == container || column == container_interval ? 0 : 1];
    const bool interval = column == container_interval || column == vm_interval;
    if (!value)
        return interval ? QString() : u"–"_s;
    if (interval)
        return value->n > 1 && value->high > 0 ? duration_interval(value->low, value->high) : QString();
    return duration_figure(value->median).text();
}

QVariant PhaseModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    if (role == Qt::DisplayRole)
        return text(rows_[static_cast<std::size_t>(index.row())], index.column());
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(index.column() == name ? Qt::AlignLeft | Qt::AlignVCenter
                                                          : Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

QVariant PhaseModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(section == name ? Qt::AlignLeft | Qt::AlignVCenter
                                                   : Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case name:
        return tr("phase");
    case container:
        return Words::world(World::container);
    case vm:
        return Words::world(World::vm);
    default:
        return tr("95 % interval");
    }
}

} // namespace isolab
