// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/book_model.h"

#include <algorithm>

#include "gui/models/plain_text.h"

namespace isolab {

void BookModel::show_lines(std::vector<BookLine> lines) {
    if (!std::ranges::equal(lines_, lines, {}, &BookLine::id, &BookLine::id)) {
        beginResetModel();
        lines_ = std::move(lines);
        endResetModel();
        return;
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines_[i] == lines[i])
            continue;
        lines_[i] = std::move(lines[i]);
        const QModelIndex changed = index(static_cast<int>(i));
        Q_EMIT dataChanged(changed, changed);
    }
}

const BookLine* BookModel::line(int row) const {
    return row >= 0 && row < rowCount() ? &lines_[static_cast<std::size_t>(row)] : nullptr;
}

int BookModel::row_of(const std::string& id) const {
    const auto found = std::ranges::find(lines_, id, &BookLine::id);
    return found == lines_.end() ? -1 : static_cast<int>(found - lines_.begin());
}

int BookModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(lines_.size());
}

QVariant BookModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const BookLine& line = lines_[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return line.subject;
    case Qt::AccessibleTextRole:
        return BookLines::spoken(line);
    case Qt::ToolTipRole:
        return plain_tip(BookLines::spoken(line));
    default:
        return {};
    }
}

} // namespace isolab
