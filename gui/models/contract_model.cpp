// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/contract_model.h"

#include <algorithm>

#include <QBrush>
#include <QFont>
#include <QGuiApplication>

#include "gui/models/words.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

QString value(const ContractEntry& entry, World world) {
    const auto found = entry.values.find(side_id(world));
    return found == entry.values.end() ? u"–"_s : Words::known(found->second);
}

} // namespace

void ContractModel::show_contract(std::vector<ContractEntry> entries) {
    beginResetModel();
    entries_ = std::move(entries);
    std::ranges::stable_sort(entries_, std::greater<>(), &ContractEntry::differs);
    endResetModel();
}

QString ContractModel::titles(bool differing) const {
    QStringList titles;
    for (const ContractEntry& entry : entries_)
        if (entry.differs == differing)
            titles << Words::known(entry.title);
    return titles.join(tr(", "));
}

QString ContractModel::equal_titles() const { return titles(false); }
QString ContractModel::differing_titles() const { return titles(true); }

int ContractModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(entries_.size());
}

int ContractModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : column_count; }

QVariant ContractModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const ContractEntry& entry = entries_[static_cast<std::size_t>(index.row())];
    if (role == Qt::ForegroundRole) {
        const Colours colours = make_colours(QGuiApplication::palette());
        return QBrush(entry.differs ? colours.notice.ink : colours.muted);
    }
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    switch (index.column()) {
    case what:
        return (entry.differs ? u"≠  "_s : u"=  "_s) + Words::known(entry.title);
    case container:
        return value(entry, World::container);
    case vm:
        return value(entry, World::vm);
    default:
        return {};
    }
}

QVariant ContractModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    return section == what        ? tr("condition")
           : section == container ? Words::world(World::container)
                                  : Words::world(World::vm);
}

} // namespace isolab
