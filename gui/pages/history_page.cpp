// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/pages/history_page.h"

#include <QHeaderView>
#include <QLabel>

#include "gui/models/plain_text.h"
#include "gui/models/words.h"
#include "gui/pages/scrolled_page.h"
#include "gui/widgets/card.h"
#include "gui/widgets/fitted_table.h"

namespace isolab {

using namespace Qt::StringLiterals;

HistoryPage::HistoryPage(const Theme& theme, ResultsController& controller, QWidget* parent)
    : QWidget(parent), controller_(controller), table_(new FittedTable(theme, &model_)), empty_(new QLabel),
      hint_(new QLabel) {
    auto* card = new Card(theme, tr("Saved comparisons"));
    hint_->setProperty("role", u"caption"_s);
    card->title_row()->addWidget(hint_);
    empty_->setTextFormat(Qt::PlainText);
    empty_->setProperty("role", u"muted"_s);
    empty_->setWordWrap(true);
    card->body()->addWidget(empty_);
    card->body()->addWidget(table_);
    table_->stretch_columns({HistoryModel::headline});
    table_->setCursor(Qt::PointingHandCursor);
    make_scrolled_page(*this, theme, tr("History"), {card});
    const auto open = [this](const QModelIndex& index) {
        if (controller_.host().can_measure())
            Q_EMIT opened(model_.id_at(index.row()));
    };
    connect(table_, &QTableView::clicked, this, open);
    connect(table_, &QTableView::activated, this, open);
    connect(&controller, &ResultsController::changed, this, &HistoryPage::refresh);
    connect(&controller.host(), &SessionHost::measuring_changed, this, &HistoryPage::refresh_hint);
    connect(&controller.host(), &SessionHost::state_changed, this, &HistoryPage::refresh_hint);
    refresh();
    refresh_hint();
}

void HistoryPage::refresh_hint() {
    const bool free = controller_.host().can_measure();
    hint_->setText(free ? tr("Click a line to open it")
                   : controller_.host().measuring()
                       ? tr("A comparison runs: older ones can be opened when it has ended")
                       : tr("Nothing can be opened while the data folder is not open"));
    table_->setEnabled(free);
    table_->setToolTip(free ? QString() : hint_->text());
}

void HistoryPage::refresh() {
    model_.show_entries(controller_.entries());
    const bool none = model_.rowCount() == 0;
    table_->setVisible(!none);
    empty_->setVisible(none || controller_.error());
    empty_->setText(controller_.error()    ? shortened(Words::error(*controller_.error()), longest_error)
                    : !controller_.known() ? tr("Reading the saved comparisons…")
                                           : tr("Nothing yet. Every comparison is saved here after each run."));
}

} // namespace isolab
