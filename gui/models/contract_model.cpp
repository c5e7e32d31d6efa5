// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/contract_model.h"

#include <algorithm>
#include <array>
#include <span>

#include <QBrush>
#include <QFont>
#include <QGuiApplication>

#include "gui/models/plain_text.h"
#include "gui/models/words.h"
#include "gui/theme/colours.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

/// The conditions that explain most of a difference, or that a reader asks for first.
constexpr std::array differing_first{"kernel", "accelerator", "storage"};
constexpr std::array equal_first{"image", "command", "cpus", "memory"};

/// A value in a word or two: "6.1.0", "TCG", "ext4", "sha256:4f1c2d3e…".
QString in_short(const std::string& key, const Fact& value) {
    const QString text = Words::fact(short_form(value));
    if (key == "kernel")
        return text.section(u'-', 0, 0);
    if (key == "image")
        return shortened(text.section(u' ', -1), 16);
    return shortened(text, 32);
}

} // namespace

QString ContractModel::value(const ContractEntry& entry, const std::string& world) const {
    const auto found = entry.values.find(world);
    return found == entry.values.end() ? u"–"_s : Words::fact(found->second);
}

QString ContractModel::text(const ContractEntry& entry, int column) const {
    if (column == what_column)
        return (entry.differs ? u"≠  "_s : u"=  "_s) + Words::fact(contract_title(entry.key));
    return value(entry, worlds_[static_cast<std::size_t>(column - 1)]);
}

QString ContractModel::short_values(const ContractEntry& entry) const {
    QStringList texts;
    for (const std::string& world : worlds_) {
        const auto found = entry.values.find(world);
        const QString text = found == entry.values.end() ? u"–"_s : in_short(entry.key, found->second);
        if (!texts.contains(text))
            texts << text;
    }
    return texts.join(u" / "_s);
}

void ContractModel::show_contract(std::vector<std::string> worlds, std::vector<ContractEntry> entries) {
    beginResetModel();
    worlds_ = std::move(worlds);
    entries_ = std::move(entries);
    std::ranges::stable_sort(entries_, std::greater<>(), &ContractEntry::differs);
    endResetModel();
}

QString ContractModel::summary(bool differing) const {
    QStringList shown;
    int all = 0;
    for (const ContractEntry& entry : entries_)
        all += entry.differs == differing ? 1 : 0;
    const std::span<const char* const> keys = differing ? std::span<const char* const>(differing_first) : equal_first;
    for (const char* key : keys) {
        const auto entry = std::ranges::find(entries_, key, &ContractEntry::key);
        if (entry == entries_.end() || entry->differs != differing)
            continue;
        const QString title = Words::fact(contract_title(entry->key));
        shown << (differing ? tr("%1 (%2)") : tr("%1 %2")).arg(title, short_values(*entry));
    }
    const auto rest = all - static_cast<int>(shown.size());
    if (rest > 0)
        shown << (shown.isEmpty() ? tr("%1 conditions").arg(rest) : tr("and %1 more").arg(rest));
    return shown.join(tr(", "));
}

QString ContractModel::equal_summary() const { return summary(false); }
QString ContractModel::differing_summary() const { return summary(true); }

int ContractModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(entries_.size());
}

int ContractModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : 1 + static_cast<int>(worlds_.size());
}

QVariant ContractModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const ContractEntry& entry = entries_[static_cast<std::size_t>(index.row())];
    if (role == Qt::ForegroundRole) {
        const Colours colours = make_colours(QGuiApplication::palette());
        return QBrush(entry.differs ? colours.notice.ink : colours.muted);
    }
    if (role == Qt::ToolTipRole)
        return plain_tip(text(entry, index.column()));
    return role == Qt::DisplayRole ? text(entry, index.column()) : QVariant();
}

QVariant ContractModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    return section == what_column ? tr("condition") : Words::world(worlds_[static_cast<std::size_t>(section - 1)]);
}

} // namespace isolab
