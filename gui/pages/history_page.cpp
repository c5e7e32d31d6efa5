// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/pages/history_page.h"

#include <QHeaderView>
#include <QLabel>

#include "gui/models/words.h"
#include "gui/pages/scrolled_page.h"
#include "gui/widgets/card.h"
#include "gui/widgets/fitted_table.h"

namespace isolab {

using namespace Qt::StringLiterals;

HistoryPage::HistoryPage(const Theme& theme, ExperimentController& controller, QWidget* parent)
    : QWidget(parent), controller_(controller), table_(new FittedTable(theme, &model_)), empty_(new QLabel) {
    auto* card = new Card(theme, tr("Saved comparisons"));
    auto* hint = new QLabel(tr("Click a line to open it"));
    hint->setProperty("role", u"caption"_s);
    card->title_row()->addWidget(hint);
    empty_->setProperty("role", u"muted"_s);
    empty_->setWordWrap(true);
    card->body()->addWidget(empty_);
    card->body()->addWidget(table_);
    table_->stretch_column(HistoryModel::headline);
    table_->setCursor(Qt::PointingHandCursor);
    make_scrolled_page(*this, theme, tr("History"), {card});
    const auto open = [this](const QModelIndex& index) { Q_EMIT opened(model_.id_at(index.row())); };
    connect(table_, &QTableView::clicked, this, open);
    connect(table_, &QTableView::activated, this, open);
    connect(&controller, &ExperimentController::history_changed, this, &HistoryPage::refresh);
    refresh();
}

void HistoryPage::refresh() {
    model_.show_entries(controller_.history());
    const bool none = model_.rowCount() == 0;
    table_->setVisible(!none);
    empty_->setVisible(none || controller_.history_error());
    empty_->setText(controller_.history_error() ? Words::error(*controller_.history_error())
                                                : tr("Nothing yet. Every comparison is saved here after each run."));
}

} // namespace isolab
