// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/history_model.h"

#include <algorithm>
#include <span>

#include <QDateTime>
#include <QLocale>

#include "gui/models/plain_text.h"

namespace isolab {

using namespace Qt::StringLiterals;

namespace {

QString local_time(const std::string& iso) {
    const QDateTime time = QDateTime::fromString(QString::fromStdString(iso), Qt::ISODate).toLocalTime();
    return time.isValid() ? time.toString(u"yyyy-MM-dd HH:mm:ss"_s) : QString::fromStdString(iso);
}

} // namespace

void HistoryModel::show_entries(std::vector<HistoryEntry> entries) {
    const auto same_tail = [&](std::size_t added) {
        return std::ranges::equal(entries_, std::span(entries).subspan(added), {}, &HistoryEntry::id,
                                  &HistoryEntry::id);
    };
    const bool grown = entries.size() >= entries_.size() && same_tail(entries.size() - entries_.size());
    if (!grown) {
        beginResetModel();
        entries_ = std::move(entries);
        endResetModel();
        return;
    }
    const auto added = static_cast<int>(entries.size() - entries_.size());
    if (added > 0) {
        beginInsertRows({}, 0, added - 1);
        entries_ = std::move(entries);
        endInsertRows();
    } else {
        entries_ = std::move(entries);
    }
    if (!entries_.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, column_count - 1));
}

std::string HistoryModel::id_at(int row) const {
    return row >= 0 && row < rowCount() ? entries_[static_cast<std::size_t>(row)].id : std::string();
}

int HistoryModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(entries_.size());
}

int HistoryModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : column_count; }

QVariant HistoryModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const HistoryEntry& entry = entries_[static_cast<std::size_t>(index.row())];
    if (role == Qt::ToolTipRole)
        return plain_tip(QString::fromStdString(entry.id));
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case started:
        return local_time(entry.started);
    case workload:
        return QString::fromStdString(entry.workload);
    case runs:
        return entry.complete ? QString::number(entry.runs) : tr("%1, incomplete").arg(entry.runs);
    case headline:
        return QString::fromStdString(entry.headline);
    default:
        return {};
    }
}

QVariant HistoryModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case started:
        return tr("started");
    case workload:
        return tr("workload");
    case runs:
        return tr("runs");
    case headline:
        return tr("ready after (median)");
    default:
        return {};
    }
}

} // namespace isolab
