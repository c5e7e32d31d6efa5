// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/metric_model.h"

#include "compare/textbook/finding.h"
#include "gui/models/figure.h"
#include "gui/models/plain_text.h"
#include "gui/models/side_view.h"
#include "gui/models/words.h"

namespace isolab {

using namespace Qt::StringLiterals;

std::vector<MetricModel::Row> MetricModel::empty_rows() {
    std::vector<Row> rows;
    for (std::size_t i = 0; i < phase_count; ++i) {
        const auto phase = static_cast<Phase>(i);
        rows.push_back({Words::phase(phase), "phase." + std::string(phase_id(phase)), "ns"});
        if (phase == Phase::ready)
            rows.push_back({tr("start until ready"), "ready", "ns"});
    }
    rows.push_back({tr("CPU time until ready"), "cpu_to_ready", "ns"});
    rows.push_back({tr("CPU time altogether"), "cpu_total", "ns"});
    rows.push_back({tr("memory"), "memory", "bytes"});
    rows.push_back({tr("disk, unique"), "disk.unique", "bytes"});
    rows.push_back({tr("disk, shared"), "disk.shared", "bytes"});
    return rows;
}

std::vector<MetricModel::Column> MetricModel::columns_of(std::size_t worlds) {
    std::vector<Column> columns{{Kind::name, 0}};
    for (std::size_t i = 0; i < worlds; ++i) {
        columns.push_back({worlds > 2 ? Kind::value_with_ratio : Kind::value, i});
        if (worlds <= 2)
            columns.push_back({Kind::interval, i});
    }
    if (worlds == 2) {
        columns.push_back({Kind::ratio, 1});
        columns.push_back({Kind::ratio_interval, 1});
    }
    return columns;
}

MetricModel::Value MetricModel::value_of(const ComparisonResult& result, const std::string& metric,
                                         std::size_t world) const {
    Value value;
    if (const MetricSummary* found = result.find_metric(worlds_[world], metric))
        value.summary = found->summary;
    if (world == 0)
        return value;
    RatioPair pair{worlds_[world], worlds_.front()};
    if (worlds_.size() == 2)
        pair = machine_over_container(result.plan).value_or(pair);
    value.ratio = ratio_of(result, metric, pair);
    return value;
}

void MetricModel::show_result(const std::vector<std::string>& worlds, const ComparisonResult* result) {
    beginResetModel();
    worlds_ = worlds;
    columns_ = columns_of(worlds.size());
    rows_ = empty_rows();
    emulated_.assign(worlds.size(), false);
    for (std::size_t i = 0; i < worlds.size(); ++i) {
        const SideResult* side = result != nullptr ? result->find_side(worlds[i]) : nullptr;
        emulated_[i] = side != nullptr && is_emulated(side->marks);
        for (Row& row : rows_)
            row.values.push_back(result != nullptr ? value_of(*result, row.metric, i) : Value());
    }
    endResetModel();
}

int MetricModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int MetricModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(columns_.size());
}

QString MetricModel::text(const Row& row, const Column& column) const {
    if (column.kind == Kind::name)
        return row.title;
    const Value& value = row.values[column.world];
    const QString figure = value.summary ? metric_figure(value.summary->median, row.unit).text() : u"–"_s;
    const QString ratio = value.ratio ? ratio_figure(value.ratio->ratio).text() : QString();
    switch (column.kind) {
    case Kind::interval:
        return value.summary && value.summary->n > 1 && value.summary->high > 0
                   ? metric_interval(value.summary->low, value.summary->high, row.unit)
                   : QString();
    case Kind::ratio:
        return ratio;
    case Kind::ratio_interval:
        return value.ratio && row.values.front().summary && row.values.front().summary->n > 1
                   ? ratio_interval(value.ratio->low, value.ratio->high)
                   : QString();
    case Kind::value_with_ratio:
        return ratio.isEmpty() ? figure : figure + u'\n' + ratio;
    default:
        return figure;
    }
}

QString MetricModel::tip(const Row& row, const Column& column) const {
    if (column.kind != Kind::value_with_ratio)
        return {};
    const Value& value = row.values[column.world];
    QStringList lines;
    if (value.summary && value.summary->n > 1)
        lines << tr("Median of %1 runs, 95 % interval %2.")
                     .arg(value.summary->n)
                     .arg(metric_interval(value.summary->low, value.summary->high, row.unit));
    if (value.ratio)
        lines << tr("%1 times that of %2, 95 % interval %3.")
                     .arg(three_digits(value.ratio->ratio), Words::world(worlds_.front()),
                          ratio_interval(value.ratio->low, value.ratio->high));
    return lines.join(u'\n');
}

QVariant MetricModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row& row = rows_[static_cast<std::size_t>(index.row())];
    const Column& column = columns_[static_cast<std::size_t>(index.column())];
    if (role == Qt::DisplayRole)
        return text(row, column);
    if (role == Qt::ToolTipRole)
        return plain_tip(tip(row, column));
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(column.kind == Kind::name ? Qt::AlignLeft | Qt::AlignVCenter
                                                             : Qt::AlignRight | Qt::AlignVCenter);
    return {};
}

QVariant MetricModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || static_cast<std::size_t>(section) >= columns_.size())
        return {};
    const Column& column = columns_[static_cast<std::size_t>(section)];
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(column.kind == Kind::name ? Qt::AlignLeft | Qt::AlignVCenter
                                                             : Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    const auto mark = [](bool emulated) { return emulated ? u"\nTCG"_s : QString(); }; // its own line: narrow columns
    switch (column.kind) {
    case Kind::name:
        return tr("figure");
    case Kind::value:
    case Kind::value_with_ratio:
        return Words::world(worlds_[column.world]) + mark(emulated_[column.world]);
    case Kind::ratio:
        return tr("ratio") + mark(emulated_[0] || emulated_[1]);
    default:
        return tr("95 % interval");
    }
}

} // namespace isolab
