// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/pages/book_page.h"

#include <algorithm>

#include <QFileDialog>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

#include "compare/report/document.h"
#include "gui/models/book_formats.h"
#include "gui/models/plain_text.h"
#include "gui/models/speech.h"
#include "gui/models/words.h"
#include "gui/pages/book_head.h"
#include "gui/widgets/banner.h"
#include "gui/widgets/book_list.h"
#include "gui/widgets/card.h"
#include "gui/widgets/document_view.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

/// Page width, in design units, from which on list and document stand side by side.
constexpr double wide_book = 1000;

QLabel* muted_label(const QString& role) {
    auto* made = new QLabel;
    made->setTextFormat(Qt::PlainText);
    made->setProperty("role", role);
    made->setWordWrap(true);
    return made;
}

} // namespace

BookPage::BookPage(const Theme& theme, SuiteController& suite, QWidget* parent)
    : QWidget(parent), theme_(theme), suite_(suite), head_(new BookHead(theme, suite)),
      list_(new BookList(theme, model_)), empty_(muted_label(u"muted"_s)), about_(muted_label(u"caption"_s)),
      message_(new Banner(theme)), measure_row_(new QPushButton(tr("Measure this row"))),
      document_(new DocumentView(theme)), scroll_(new QScrollArea) {
    setObjectName(u"page"_s);
    setAttribute(Qt::WA_StyledBackground);
    build();
    connect(head_, &BookHead::export_requested, this, &BookPage::export_results);
    connect(list_, &BookList::chosen_changed, this, [this] {
        refresh_document();
        refresh_row_button();
    });
    connect(measure_row_, &QPushButton::clicked, this, [this] { suite_.start(list_->chosen()); });
    connect(message_, &Banner::action_requested, this, [this] {
        if (suite_.state() == SuiteController::State::unusable)
            suite_.host().open_again();
        else
            suite_.load();
    });
    connect(&suite, &SuiteController::state_changed, this, &BookPage::refresh);
    connect(&suite, &SuiteController::results_changed, this, &BookPage::refresh);
    connect(&suite, &SuiteController::live_changed, this, &BookPage::refresh_lines);
    connect(&suite, &SuiteController::export_finished, this, &BookPage::tell_export);
    connect(&theme, &Theme::changed, this, &BookPage::restyle);
    restyle();
    refresh();
}

void BookPage::build() {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(0);
    outer->addWidget(head_);
    column_ = new QVBoxLayout;
    column_->addWidget(message_);
    body_ = new QBoxLayout(QBoxLayout::LeftToRight);
    body_->addWidget(list_card(), 4);
    document_card_ = make_document_card();
    body_->addWidget(document_card_, 5);
    column_->addLayout(body_, 1);
    outer->addLayout(column_, 1);
    message_->hide();
}

Card* BookPage::list_card() {
    auto* card = new Card(theme_, tr("The book says · measured here"));
    card->body()->addWidget(empty_);
    card->body()->addWidget(list_, 1);
    return card;
}

Card* BookPage::make_document_card() {
    auto* card = new Card(theme_, {});
    measure_row_->setProperty("role", u"link"_s);
    card->title_row()->addWidget(measure_row_);
    scroll_->setWidgetResizable(true);
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn); // one that came and went would change the width
    scroll_->setFocusPolicy(Qt::StrongFocus);
    scroll_->setObjectName(u"document"_s);
    scroll_->setAccessibleName(tr("The chosen row"));
    scroll_->setStyleSheet(u"QScrollArea, QWidget#sheet { background: transparent; }"_s);
    document_->setObjectName(u"sheet"_s);
    scroll_->setWidget(document_);
    QScrollBar* bar = scroll_->verticalScrollBar();
    connect(bar, &QScrollBar::rangeChanged, bar, [bar](int least, int most) { bar->setEnabled(most > least); });
    card->body()->addWidget(about_);
    card->body()->addWidget(scroll_, 1);
    return card;
}

void BookPage::choose(const std::string& experiment) { list_->choose(experiment); }

void BookPage::refresh() {
    refresh_lines();
    refresh_message();
    refresh_document();
    refresh_row_button();
}

void BookPage::refresh_lines() {
    model_.show_lines(BookLines::lines(suite_));
    const bool none = model_.rowCount() == 0;
    list_->setVisible(!none);
    empty_->setVisible(none);
    const bool waits =
        suite_.state() == SuiteController::State::opening || suite_.state() == SuiteController::State::loading;
    empty_->setText(waits ? tr("Reading the book's rows and what was measured of them…")
                          : tr("The book's rows could not be read."));
}

void BookPage::refresh_message() {
    const bool broken =
        suite_.state() == SuiteController::State::unusable || suite_.state() == SuiteController::State::failed;
    if (broken && suite_.error())
        message_->show_message(Tone::failure, Words::error(*suite_.error()),
                               suite_.can_start() ? QString() : tr("Try again"));
    else
        message_->show_message(Tone::neutral, {});
}

void BookPage::refresh_row_button() {
    const QString reason = list_->chosen().empty() ? tr("No row is chosen") : why_not_measured(suite_);
    const auto usual = suite_.usual_time(list_->chosen());
    measure_row_->setEnabled(reason.isEmpty());
    measure_row_->setToolTip(!reason.isEmpty() ? reason
                             : usual           ? tr("This row alone: %1").arg(BookLines::about(*usual))
                                               : tr("This row alone"));
}

QString BookPage::date_line(const ExperimentResult& result) const {
    const auto& experiments = suite_.suite().experiments;
    const auto planned = std::ranges::find(experiments, result.experiment.id, &Experiment::id);
    const bool alike = planned != experiments.end() && made_alike(*planned, result.experiment);
    if (!ended_by_itself(result) && !result.error)
        return tr("Stopped half-way: this is what was measured by then.");
    if (alike)
        return {};
    return suite_.quick()
               ? tr("Measured otherwise than by the quick plan: with more repetitions, or by another version.")
               : tr("Measured otherwise than by the full plan: for a first look, or by another version.");
}

void BookPage::refresh_document() {
    const std::string chosen = list_->chosen();
    const MeasuredPointer from = suite_.result(chosen);
    const auto& experiments = suite_.suite().experiments;
    const auto experiment = std::ranges::find(experiments, chosen, &Experiment::id);
    const QString note = from != nullptr                   ? date_line(from->result)
                         : experiment != experiments.end() ? tr("Not measured yet.")
                                                           : QString();
    about_->setText(note);
    about_->setVisible(!note.isEmpty());
    if (chosen == shown_ && from == shown_from_ && !shown_.empty())
        return;
    const bool other = chosen != shown_;
    shown_ = chosen;
    shown_from_ = from;
    show_document(experiment != experiments.end() ? &*experiment : nullptr);
    if (other)
        scroll_->verticalScrollBar()->setValue(0);
}

/// Its title is the card's.
void BookPage::show_document(const Experiment* experiment) {
    Document document = shown_from_ != nullptr  ? experiment_document(shown_from_->result, window_speech())
                        : experiment != nullptr ? BookLines::unmeasured(*experiment)
                                                : Document();
    auto& blocks = document.blocks;
    if (!blocks.empty() && blocks.front().kind == DocumentBlock::Kind::heading)
        blocks.erase(blocks.begin());
    document_card_->set_title(experiment != nullptr ? Words::fact(experiment->title) : tr("No row is chosen"));
    document_->show_document(document);
}

void BookPage::export_results() {
    if (!suite_.has_results())
        return;
    auto* dialog = new QFileDialog(this, tr("Export the book"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    QStringList filters;
    for (const BookFormat& format : book_formats())
        filters << book_format_filter(format);
    dialog->setNameFilters(filters);
    const auto chosen_format = [dialog, filters] {
        return book_formats().at(
            static_cast<std::size_t>(std::max<qsizetype>(0, filters.indexOf(dialog->selectedNameFilter()))));
    };
    const auto use_suffix = [dialog, chosen_format] {
        dialog->setDefaultSuffix(QString::fromLatin1(chosen_format().suffix));
    };
    use_suffix();
    connect(dialog, &QFileDialog::filterSelected, dialog, use_suffix);
    dialog->selectFile(u"isolab-%1"_s.arg(QString::fromStdString(suite_.suite().id)));
    connect(dialog, &QFileDialog::fileSelected, this, [this, chosen_format](const QString& file) {
        suite_.export_results(file.toStdString(), chosen_format().write);
    });
    dialog->open();
}

void BookPage::tell_export(const std::string& file, const std::optional<Error>& error) {
    message_->show_message(error ? Tone::failure : Tone::ready,
                           error ? Words::error(*error) : tr("Exported to %1").arg(QString::fromStdString(file)));
}

void BookPage::restyle() {
    const int side = theme_.px(24);
    column_->setContentsMargins(side, theme_.px(20), side, theme_.px(20));
    column_->setSpacing(theme_.px(12));
    body_->setSpacing(theme_.px(20));
    fit_width();
}

void BookPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fit_width();
}

void BookPage::fit_width() {
    const bool wide = width() >= theme_.px(wide_book);
    body_->setDirection(wide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    body_->setStretch(0, wide ? 4 : 1); // one under the other, the document needs more of the height
    body_->setStretch(1, wide ? 5 : 2);
}

} // namespace isolab
