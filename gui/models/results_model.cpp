// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/results_model.h"

#include <algorithm>
#include <unordered_set>

#include "engine/base/text.h"
#include "gui/models/local_time.h"
#include "gui/models/plain_text.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

/// With more changes than this, views are faster with a reset.
constexpr std::size_t most_changes = 64;

struct RowRange {
    std::size_t first = 0, count = 0;
};

/// The runs of rows whose ids are not among `ids`, from the last to the first.
std::vector<RowRange> rows_without(const std::vector<HistoryEntry>& entries,
                                   const std::unordered_set<std::string_view>& ids) {
    std::vector<RowRange> ranges;
    for (std::size_t i = entries.size(); i-- > 0;) {
        if (ids.contains(entries[i].id))
            continue;
        if (!ranges.empty() && ranges.back().first == i + 1) {
            --ranges.back().first;
            ++ranges.back().count;
        } else {
            ranges.push_back({i, 1});
        }
    }
    return ranges;
}

std::unordered_set<std::string_view> ids_of(const std::vector<HistoryEntry>& entries) {
    std::unordered_set<std::string_view> ids;
    ids.reserve(entries.size());
    for (const HistoryEntry& entry : entries)
        ids.insert(entry.id);
    return ids;
}

/// Whether the entries that both have come in the same order.
bool same_order(const std::vector<HistoryEntry>& a, const std::unordered_set<std::string_view>& in_a,
                const std::vector<HistoryEntry>& b, const std::unordered_set<std::string_view>& in_b) {
    auto next = b.begin();
    for (const HistoryEntry& entry : a) {
        if (!in_b.contains(entry.id))
            continue;
        while (next != b.end() && !in_a.contains(next->id))
            ++next;
        if (next == b.end() || next->id != entry.id)
            return false;
        ++next;
    }
    return true;
}

bool looks_alike(const HistoryEntry& a, const HistoryEntry& b) {
    return a.kind == b.kind && a.runs == b.runs && a.complete == b.complete && a.headline == b.headline &&
           a.origin == b.origin && a.tags == b.tags && a.note == b.note && a.workload == b.workload;
}

} // namespace

void ResultsModel::show_entries(const std::vector<HistoryEntry>& entries) {
    const auto before = ids_of(entries_);
    const auto after = ids_of(entries);
    const std::vector<RowRange> removed = rows_without(entries_, after);
    std::vector<RowRange> added = rows_without(entries, before);
    if (removed.size() + added.size() > most_changes || !same_order(entries_, before, entries, after))
        return reset(entries);
    for (const RowRange& range : removed) {
        const auto first = static_cast<int>(range.first);
        beginRemoveRows({}, first, first + static_cast<int>(range.count) - 1);
        const auto at = entries_.begin() + first;
        entries_.erase(at, at + static_cast<std::ptrdiff_t>(range.count));
        endRemoveRows();
    }
    std::ranges::reverse(added);
    for (const RowRange& range : added) {
        const auto first = static_cast<std::ptrdiff_t>(range.first);
        const auto count = static_cast<std::ptrdiff_t>(range.count);
        beginInsertRows({}, static_cast<int>(first), static_cast<int>(first + count - 1));
        entries_.insert(entries_.begin() + first, entries.begin() + first, entries.begin() + first + count);
        endInsertRows();
    }
    tell_changes(entries);
}

void ResultsModel::reset(const std::vector<HistoryEntry>& entries) {
    beginResetModel();
    entries_ = entries;
    endResetModel();
}

void ResultsModel::tell_changes(const std::vector<HistoryEntry>& entries) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (looks_alike(entries_[i], entries[i]))
            continue;
        entries_[i] = entries[i];
        const auto row = static_cast<int>(i);
        Q_EMIT dataChanged(index(row, 0), index(row, column_count - 1));
    }
}

const HistoryEntry* ResultsModel::entry_at(int row) const {
    return row >= 0 && row < rowCount() ? &entries_[static_cast<std::size_t>(row)] : nullptr;
}

int ResultsModel::row_of(const std::string& id) const {
    const auto found = std::ranges::find(entries_, id, &HistoryEntry::id);
    return found == entries_.end() ? -1 : static_cast<int>(found - entries_.begin());
}

QString ResultsModel::kind_name(ResultKind kind) {
    switch (kind) {
    case ResultKind::comparison:
        return tr("Comparison");
    case ResultKind::experiment:
        return tr("Experiment");
    case ResultKind::suite:
        return tr("Suite");
    }
    return {};
}

QString ResultsModel::plain(const std::string& text) { return QString::fromStdString(plain_text(text)); }

QString ResultsModel::origin_name(const HistoryEntry& entry) {
    return entry.origin.empty() ? tr("this machine") : plain(entry.origin);
}

int ResultsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(entries_.size());
}

int ResultsModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : column_count; }

QString ResultsModel::text_of(const HistoryEntry& entry, int column) const {
    switch (column) {
    case when:
        return local_time(entry.started);
    case what:
        return plain(entry.workload);
    case kind:
        return kind_name(entry.kind);
    case runs:
        return entry.complete ? QString::number(entry.runs) : u"%1 …"_s.arg(entry.runs);
    case headline:
        return Words::headline(entry.headline);
    case tags: {
        QStringList words;
        for (const std::string& tag : entry.tags)
            words << plain(tag);
        return words.join(u", "_s);
    }
    case origin:
        return entry.origin.empty() ? QString() : plain(entry.origin);
    default:
        return {};
    }
}

QVariant ResultsModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const HistoryEntry& entry = entries_[static_cast<std::size_t>(index.row())];
    const QString text = role != Qt::DisplayRole && index.column() == runs && !entry.complete
                             ? tr("%1, incomplete").arg(entry.runs)
                             : text_of(entry, index.column());
    switch (role) {
    case Qt::DisplayRole:
        return text;
    case Qt::ToolTipRole:
        return plain_tip(text.isEmpty() || index.column() == when ? plain(entry.id) : text);
    case Qt::AccessibleTextRole:
        return index.column() == origin ? origin_name(entry) : text;
    default:
        return {};
    }
}

QVariant ResultsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case when:
        return tr("when");
    case what:
        return tr("what");
    case kind:
        return tr("kind");
    case runs:
        return tr("runs");
    case headline:
        return tr("in short");
    case tags:
        return tr("tags");
    case origin:
        return tr("from");
    default:
        return {};
    }
}

} // namespace isolab
