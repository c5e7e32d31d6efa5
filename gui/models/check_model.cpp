// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/check_model.h"

#include <algorithm>

#include <QBrush>
#include <QGuiApplication>

#include "gui/models/library_sentences.h"
#include "gui/models/plain_text.h"
#include "gui/models/words.h"
#include "gui/theme/colours.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

QString mark(Prerequisite::State state) {
    return state == Prerequisite::State::found ? u"✓  "_s : state == Prerequisite::State::missing ? u"✕  "_s : u"!  "_s;
}

QString found_and_remedy(const Prerequisite& one, const QString& between) {
    const QString found = translated_sentences(one.detail);
    return one.remedy.empty() ? found : found + between + translated_sentences(one.remedy);
}

QColor ink(const Prerequisite& one) {
    const Colours colours = make_colours(QGuiApplication::palette());
    return one.state == Prerequisite::State::found ? colours.ready.ink
           : one.required                          ? colours.failure.ink
                                                   : colours.notice.ink;
}

} // namespace

void CheckModel::show_prerequisites(std::vector<Prerequisite> all) {
    beginResetModel();
    all_ = std::move(all);
    endResetModel();
}

int CheckModel::trouble() const {
    return static_cast<int>(std::ranges::count_if(
        all_, [](const Prerequisite& one) { return one.required && one.state != Prerequisite::State::found; }));
}

int CheckModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(all_.size());
}

int CheckModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : column_count; }

QVariant CheckModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Prerequisite& one = all_[static_cast<std::size_t>(index.row())];
    if (role == Qt::ForegroundRole && index.column() == state)
        return QBrush(ink(one));
    if (role == Qt::ToolTipRole)
        return plain_tip(found_and_remedy(one, u"\n"_s));
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case state:
        return mark(one.state) + Words::prerequisite_state(one.state);
    case title:
        return one.required ? Words::known(one.title) : tr("%1 (optional)").arg(Words::known(one.title));
    case detail:
        return found_and_remedy(one, u"\n→ "_s);
    default:
        return {};
    }
}

QVariant CheckModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    return section == state ? tr("state") : section == title ? tr("prerequisite") : tr("what was found, what to do");
}

} // namespace isolab
