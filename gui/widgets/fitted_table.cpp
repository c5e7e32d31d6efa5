// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/fitted_table.h"

#include <algorithm>

#include <QHeaderView>
#include <QResizeEvent>
#include <QWheelEvent>

namespace isolab {

FittedTable::FittedTable(const Theme& theme, QAbstractItemModel* model, QWidget* parent)
    : QTableView(parent), theme_(theme) {
    setModel(model);
    setEditTriggers(NoEditTriggers);
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setShowGrid(false);
    setWordWrap(false);
    setTextElideMode(Qt::ElideRight);
    setFrameShape(QFrame::NoFrame);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setTabKeyNavigation(false);
    verticalHeader()->hide();
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    connect(model, &QAbstractItemModel::modelReset, this, &FittedTable::refit);
    connect(model, &QAbstractItemModel::rowsInserted, this, &FittedTable::refit);
    connect(&theme, &Theme::changed, this, &FittedTable::refit);
}

void FittedTable::stretch_columns(std::initializer_list<int> columns) {
    for (const int column : columns)
        horizontalHeader()->setSectionResizeMode(column, QHeaderView::Stretch);
    refit();
}

void FittedTable::stretch_from(int first) {
    stretched_from_ = first;
    refit();
}

void FittedTable::wrap_lines() {
    setWordWrap(true);
    refit();
}

void FittedTable::refit() {
    for (int column = 0; stretched_from_ >= 0 && column < model()->columnCount(); ++column)
        horizontalHeader()->setSectionResizeMode(column, column < stretched_from_ ? QHeaderView::ResizeToContents
                                                                                  : QHeaderView::Stretch);
    for (int row = 0; row < model()->rowCount(); ++row)
        setRowHeight(row, wordWrap() ? std::max(theme_.px(32), sizeHintForRow(row) + theme_.px(8)) : theme_.px(32));
    updateGeometry();
}

void FittedTable::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    if (wordWrap() && event->size().width() != event->oldSize().width())
        refit();
}

void FittedTable::wheelEvent(QWheelEvent* event) { event->ignore(); } // the page scrolls

QSize FittedTable::sizeHint() const {
    return {theme_.px(420), horizontalHeader()->sizeHint().height() + verticalHeader()->length() + 2};
}

QSize FittedTable::minimumSizeHint() const { return {theme_.px(200), sizeHint().height()}; }

} // namespace isolab
