// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QAbstractTableModel>

#include "compare/history/history.h"

namespace isolab {

/// Saved results, newest first. A snapshot; a new one changes as few rows as can be, so that a selection survives, or
/// resets the model where too much is another. What is in the entries comes from other machines too and is shown as
/// plain text on one line.
class ResultsModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { when, what, kind, runs, headline, tags, origin, column_count };

    using QAbstractTableModel::QAbstractTableModel;
    void show_entries(const std::vector<HistoryEntry>& entries);
    const std::vector<HistoryEntry>& entries() const noexcept { return entries_; }
    const HistoryEntry* entry_at(int row) const; ///< null when there is no such row
    int row_of(const std::string& id) const;     ///< -1 when it is in none

    /// "Comparison".
    static QString kind_name(ResultKind kind);
    /// A text of an entry on one line, without control characters.
    static QString plain(const std::string& text);
    static QString origin_name(const HistoryEntry& entry); ///< "this machine" where it has none

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    void reset(const std::vector<HistoryEntry>& entries);
    void tell_changes(const std::vector<HistoryEntry>& entries);
    QString text_of(const HistoryEntry& entry, int column) const;

    std::vector<HistoryEntry> entries_;
};

} // namespace isolab
