// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/pages/result_panel.h"

#include <algorithm>

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>

#include "compare/textbook/row.h"
#include "gui/models/local_time.h"
#include "gui/models/plain_text.h"
#include "gui/models/results_model.h"
#include "gui/models/words.h"
#include "gui/widgets/card.h"
#include "gui/widgets/document_view.h"
#include "gui/widgets/result_words.h"

namespace isolab {

using namespace Qt::StringLiterals;

namespace {

QLabel* plain_label(const QString& role) {
    auto* label = new QLabel;
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setProperty("role", role);
    return label;
}

bool same_ids(const std::vector<HistoryEntry>& a, const std::vector<HistoryEntry>& b) {
    return std::ranges::equal(a, b, {}, &HistoryEntry::id, &HistoryEntry::id);
}

/// Whether what a document says of them is still so.
bool same_results(const std::vector<HistoryEntry>& a, const std::vector<HistoryEntry>& b) {
    return std::ranges::equal(a, b, [](const HistoryEntry& one, const HistoryEntry& other) {
        return one.id == other.id && one.runs == other.runs && one.complete == other.complete;
    });
}

} // namespace

ResultPanel::ResultPanel(const Theme& theme, ResultsController& controller, QWidget* parent)
    : QWidget(parent), theme_(theme), controller_(controller), card_(new Card(theme, {})),
      about_(plain_label(u"caption"_s)), note_(plain_label(u"muted"_s)), open_(new QPushButton(tr("Open"))),
      export_(new QPushButton(tr("Export…"))), delete_(new QPushButton(tr("Delete…"))),
      private_(new QCheckBox(tr("Export anonymously"))), figure_(new QComboBox), words_(new ResultWordsEditor(theme)),
      document_(new DocumentView(theme)), scroll_(new QScrollArea) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(card_);
    actions_ = make_actions();
    figure_row_ = make_figure_row();
    make_document_area();
    for (QWidget* part : std::initializer_list<QWidget*>{about_, actions_, figure_row_, note_})
        card_->body()->addWidget(part);
    card_->body()->addWidget(scroll_, 1);
    connect(words_, &ResultWordsEditor::tags_changed, &controller, &ResultsController::change_tags);
    connect(words_, &ResultWordsEditor::note_changed, &controller, &ResultsController::set_note);
    connect(&controller, &ResultsController::shown_changed, this, [this] {
        show_document();
        refresh_document();
    });
    connect(&controller.host(), &SessionHost::measuring_changed, this, &ResultPanel::refresh_open);
    connect(&controller.host(), &SessionHost::state_changed, this, &ResultPanel::refresh_open);
    refresh_head();
    refresh_document();
}

QWidget* ResultPanel::make_actions() {
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    for (QWidget* each : std::initializer_list<QWidget*>{open_, export_, private_})
        layout->addWidget(each);
    layout->addStretch(1);
    layout->addWidget(delete_);
    private_->setToolTip(
        tr("Names, users, serial numbers and folders of this machine are left out of files that are exported"));
    delete_->setProperty("role", u"stop"_s);
    connect(open_, &QPushButton::clicked, this, &ResultPanel::open_requested);
    connect(export_, &QPushButton::clicked, this, &ResultPanel::export_requested);
    connect(delete_, &QPushButton::clicked, this, &ResultPanel::delete_requested);
    return row;
}

QWidget* ResultPanel::make_figure_row() {
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* name = new QLabel(tr("Figure"));
    name->setBuddy(figure_);
    figure_->setAccessibleName(tr("Figure"));
    figure_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    layout->addWidget(name);
    layout->addWidget(figure_);
    layout->addStretch(1);
    connect(figure_, &QComboBox::activated, this,
            [this](int index) { controller_.show_figure(figure_->itemData(index).toString().toStdString()); });
    return row;
}

/// Words and document scroll together; title and buttons stay.
void ResultPanel::make_document_area() {
    auto* sheet = new QWidget;
    sheet->setObjectName(u"sheet"_s);
    auto* column = new QVBoxLayout(sheet);
    column->setContentsMargins(0, 0, theme_.px(8), 0);
    column->setSpacing(theme_.px(12));
    column->addWidget(words_);
    column->addWidget(document_, 1);
    scroll_->setWidget(sheet);
    scroll_->setWidgetResizable(true);
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn); // one that came and went would change the width
    scroll_->setAccessibleName(tr("What was measured"));
    scroll_->setStyleSheet(u"QScrollArea, QWidget#sheet { background: transparent; }"_s);
    QScrollBar* bar = scroll_->verticalScrollBar();
    connect(bar, &QScrollBar::rangeChanged, bar, [bar](int least, int most) { bar->setEnabled(most > least); });
}

bool ResultPanel::is_private() const { return private_->isChecked(); }

std::optional<std::size_t> ResultPanel::parts() const {
    const bool known = !controller_.loading() && same_ids(controller_.shown().entries, entries_);
    return known ? std::optional(controller_.shown().parts) : std::nullopt;
}

void ResultPanel::show_entries(const std::vector<HistoryEntry>& entries) {
    const bool others = !same_ids(entries, entries_);
    const bool renewed = !same_results(entries, entries_);
    if (others && entries.size() != 1)
        words_->finish();
    entries_ = entries;
    if (entries_.size() == 1)
        words_->show_entry(entries_.front());
    refresh_head();
    if (renewed)
        controller_.show(why_no_picture().isEmpty() ? entries_ : std::vector<HistoryEntry>());
    if (others)
        scroll_->verticalScrollBar()->setValue(0);
    refresh_document();
}

QString ResultPanel::why_no_picture() const {
    if (entries_.size() < 2)
        return {};
    if (entries_.size() > ResultsController::most_overlaid)
        return tr("%1 are chosen; up to %2 fit into one picture.")
            .arg(entries_.size())
            .arg(ResultsController::most_overlaid);
    const bool all =
        std::ranges::all_of(entries_, [](const HistoryEntry& entry) { return entry.kind == ResultKind::comparison; });
    return all ? QString()
               : tr("Only comparisons can be laid over each other: experiments and suites have pictures of their own.");
}

void ResultPanel::refresh_head() {
    const bool one = entries_.size() == 1;
    if (one) {
        const HistoryEntry& entry = entries_.front();
        card_->set_title(shortened(ResultsModel::plain(entry.workload), 60));
        about_->setText(QStringList{ResultsModel::kind_name(entry.kind), local_time(entry.started),
                                    ResultsModel::origin_name(entry), ResultsModel::plain(entry.id)}
                            .join(u" · "_s));
    } else {
        card_->set_title(entries_.empty() ? tr("Nothing is chosen") : tr("%1 results").arg(entries_.size()));
    }
    about_->setVisible(one);
    words_->setVisible(one);
    actions_->setVisible(!entries_.empty());
    figure_row_->setVisible(entries_.size() > 1 && why_no_picture().isEmpty());
    open_->setVisible(one);
    refresh_open();
}

void ResultPanel::refresh_open() {
    if (entries_.size() != 1)
        return;
    const bool comparison = entries_.front().kind == ResultKind::comparison;
    const SessionHost& host = controller_.host();
    open_->setEnabled(comparison && host.can_measure());
    open_->setToolTip(!comparison          ? tr("The page Compare shows comparisons; this is what there is of it")
                      : host.can_measure() ? tr("Show it in the page Compare")
                      : host.measuring()   ? tr("Something is measured: others can be opened when it has ended")
                                           : tr("Nothing can be opened while the data folder is not open"));
}

void ResultPanel::refresh_document() {
    const bool current = same_ids(controller_.shown().entries, entries_) && !entries_.empty();
    const QString reason = why_no_picture();
    if (!(current && reason.isEmpty()))
        document_->show_document({});
    refresh_figures();
    const QString note = entries_.empty()    ? tr("Choose a result to see what was measured, or several with Ctrl or "
                                                     "Shift to see them in one picture.")
                         : !reason.isEmpty() ? reason
                         : controller_.loading() ? tr("Reading what was measured…")
                         : current               ? QString()
                         : controller_.shown_error()
                             ? shortened(Words::error(*controller_.shown_error()), longest_error)
                             : QString();
    note_->setText(note);
    note_->setVisible(!note.isEmpty());
}

/// Its title is the card's.
void ResultPanel::show_document() {
    Document document = controller_.shown().document;
    auto& blocks = document.blocks;
    if (!blocks.empty() && blocks.front().kind == DocumentBlock::Kind::heading)
        blocks.erase(blocks.begin());
    document_->show_document(document);
}

void ResultPanel::refresh_figures() {
    const ShownResults& shown = controller_.shown();
    QStringList ids;
    for (const std::string& id : shown.figures)
        ids << QString::fromStdString(id);
    QStringList known;
    for (int i = 0; i < figure_->count(); ++i)
        known << figure_->itemData(i).toString();
    if (ids != known) {
        figure_->clear();
        for (const std::string& id : shown.figures)
            figure_->addItem(Words::fact(figure_name(id)), QString::fromStdString(id));
    }
    figure_->setCurrentIndex(figure_->findData(QString::fromStdString(shown.figure)));
}

} // namespace isolab
