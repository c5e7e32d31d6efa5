// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/pages/results_page.h"

#include <algorithm>

#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QShortcut>
#include <QTableView>

#include "gui/models/plain_text.h"
#include "gui/models/words.h"
#include "gui/pages/result_panel.h"
#include "gui/widgets/banner.h"
#include "gui/widgets/card.h"

namespace isolab {

using namespace Qt::StringLiterals;

namespace {

constexpr double wide_results = 1060; ///< units from which list and panel stand side by side

} // namespace

ResultsPage::ResultsPage(const Theme& theme, ResultsController& controller, QWidget* parent)
    : QWidget(parent), theme_(theme), controller_(controller), text_(new QLineEdit), kind_(new QComboBox),
      tag_(new QComboBox), import_(new QPushButton(tr("Import…"))), more_(new QPushButton(tr("Show more"))),
      message_(new Banner(theme)), table_(new QTableView), empty_(new QLabel), hint_(new QLabel),
      panel_(new ResultPanel(theme, controller)) {
    setObjectName(u"page"_s);
    setAttribute(Qt::WA_StyledBackground);
    choice_timer_.setSingleShot(true);
    choice_timer_.setInterval(0);
    build();
    add_keys();
    connect_all();
    restyle();
    refresh();
}

void ResultsPage::build() {
    page_ = new QVBoxLayout(this);
    page_->addWidget(make_filter_row());
    page_->addWidget(message_);
    message_->hide();
    body_ = new QBoxLayout(QBoxLayout::LeftToRight);
    body_->addWidget(make_list_card());
    body_->addWidget(panel_);
    page_->addLayout(body_, 1);
}

QWidget* ResultsPage::make_filter_row() {
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* heading = new QLabel(tr("Results"));
    heading->setProperty("role", u"heading"_s);
    text_->setProperty("role", u"field"_s);
    text_->setPlaceholderText(tr("Name, tag, note, machine or id (Ctrl+F)"));
    text_->setAccessibleName(tr("Filter"));
    text_->setClearButtonEnabled(true);
    kind_->setAccessibleName(tr("Kind"));
    kind_->addItem(tr("All kinds"), -1);
    kind_->addItem(tr("Comparisons"), static_cast<int>(ResultKind::comparison));
    kind_->addItem(tr("Experiments"), static_cast<int>(ResultKind::experiment));
    kind_->addItem(tr("Suites"), static_cast<int>(ResultKind::suite));
    tag_->setAccessibleName(tr("Tag"));
    tag_->addItem(tr("All tags"), QString());
    tag_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    import_->setToolTip(tr("Take in results that were exported, here or on another machine"));
    layout->addWidget(heading);
    layout->addSpacing(theme_.px(16));
    layout->addWidget(text_, 1);
    for (QWidget* each : std::initializer_list<QWidget*>{kind_, tag_, import_})
        layout->addWidget(each);
    return row;
}

QWidget* ResultsPage::make_list_card() {
    auto* card = new Card(theme_, tr("Saved results"));
    hint_->setProperty("role", u"caption"_s);
    hint_->setTextFormat(Qt::PlainText);
    empty_->setTextFormat(Qt::PlainText);
    empty_->setProperty("role", u"muted"_s);
    empty_->setWordWrap(true);
    empty_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    more_->setProperty("role", u"link"_s);
    build_table();
    card->title_row()->addWidget(hint_);
    card->title_row()->addWidget(more_);
    card->body()->addWidget(empty_, 1);
    card->body()->addWidget(table_, 1);
    return card;
}

void ResultsPage::build_table() {
    table_->setModel(&model_);
    table_->setAccessibleName(tr("Saved results"));
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->setFrameShape(QFrame::NoFrame);
    table_->setTabKeyNavigation(false);
    table_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Interactive);
    for (const int column : {ResultsModel::when, ResultsModel::kind, ResultsModel::runs})
        table_->horizontalHeader()->setSectionResizeMode(column, QHeaderView::ResizeToContents);
    table_->horizontalHeader()->setResizeContentsPrecision(0); // of what is in sight: a long list takes no longer
    table_->horizontalHeader()->setSectionResizeMode(ResultsModel::headline, QHeaderView::Stretch);
    table_->horizontalHeader()->setMinimumSectionSize(theme_.px(40));
}

void ResultsPage::add_keys() {
    const auto key = [this](const QKeySequence& keys, QWidget* where, Qt::ShortcutContext context, auto slot) {
        auto* shortcut = new QShortcut(keys, where);
        shortcut->setContext(context);
        connect(shortcut, &QShortcut::activated, this, slot);
    };
    key(QKeySequence::Find, this, Qt::WidgetWithChildrenShortcut, [this] {
        text_->setFocus(Qt::ShortcutFocusReason);
        text_->selectAll();
    });
    key(QKeySequence::Delete, table_, Qt::WidgetShortcut, &ResultsPage::ask_to_delete);
    key(Qt::Key_Return, table_, Qt::WidgetShortcut, &ResultsPage::open_chosen);
    key(Qt::Key_Enter, table_, Qt::WidgetShortcut, &ResultsPage::open_chosen);
    key(Qt::Key_Down, text_, Qt::WidgetShortcut, [this] {
        table_->setFocus(Qt::TabFocusReason);
        if (!table_->selectionModel()->hasSelection() && model_.rowCount() > 0)
            table_->selectRow(0);
    });
}

void ResultsPage::connect_all() {
    connect(text_, &QLineEdit::textChanged, this, &ResultsPage::filter);
    connect(kind_, &QComboBox::currentIndexChanged, this, &ResultsPage::filter);
    connect(tag_, &QComboBox::activated, this, &ResultsPage::filter);
    connect(import_, &QPushButton::clicked, this, &ResultsPage::ask_for_import);
    connect(more_, &QPushButton::clicked, &controller_, &ResultsController::show_more);
    connect(table_, &QTableView::doubleClicked, this, &ResultsPage::open_chosen);
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, &choice_timer_,
            [this] { choice_timer_.start(); });
    connect(&choice_timer_, &QTimer::timeout, this, &ResultsPage::show_chosen);
    connect(&model_, &QAbstractItemModel::modelAboutToBeReset, this, &ResultsPage::keep_choice);
    connect(&model_, &QAbstractItemModel::modelReset, this, &ResultsPage::restore_choice);
    connect(panel_, &ResultPanel::open_requested, this, &ResultsPage::open_chosen);
    connect(panel_, &ResultPanel::export_requested, this, &ResultsPage::export_chosen);
    connect(panel_, &ResultPanel::delete_requested, this, &ResultsPage::ask_to_delete);
    connect(&controller_, &ResultsController::changed, this, &ResultsPage::refresh);
    connect(&controller_, &ResultsController::reported, this, &ResultsPage::tell);
    connect(message_, &Banner::action_requested, &controller_, &ResultsController::list);
    connect(&theme_, &Theme::changed, this, &ResultsPage::restyle);
}

void ResultsPage::filter() {
    HistoryFilter wanted;
    wanted.text = text_->text().trimmed().toStdString();
    wanted.tag = tag_->currentData().toString().toStdString();
    if (const int kind = kind_->currentData().toInt(); kind >= 0)
        wanted.kind = static_cast<ResultKind>(kind);
    controller_.set_filter(wanted);
}

void ResultsPage::refresh() {
    model_.show_entries(controller_.entries());
    const bool none = model_.rowCount() == 0;
    const HistoryFilter& filter = controller_.filter();
    const bool filtered = !filter.text.empty() || !filter.tag.empty() || filter.kind;
    table_->setVisible(!none);
    empty_->setVisible(none);
    empty_->setText(!controller_.known()  ? tr("Reading the saved results…")
                    : controller_.error() ? tr("The saved results could not be read.")
                    : filtered            ? tr("None of the saved results is like that.")
                                          : tr("Nothing yet. Every comparison and every experiment is saved here after "
                                                          "each run."));
    if (controller_.error())
        message_->show_message(Tone::failure, Words::error(*controller_.error()), tr("Try again"));
    else if (tells_failed_list_)
        message_->show_message(Tone::neutral, {});
    tells_failed_list_ = controller_.error().has_value();
    const auto any = [this](auto has) { return std::ranges::any_of(model_.entries(), has); };
    const auto other_kind = [this](const HistoryEntry& entry) { return entry.kind != model_.entries().front().kind; };
    table_->setColumnHidden(ResultsModel::kind, !any(other_kind)); // columns that tell nothing take no room
    table_->setColumnHidden(ResultsModel::tags, !any([](const HistoryEntry& entry) { return !entry.tags.empty(); }));
    table_->setColumnHidden(ResultsModel::origin,
                            !any([](const HistoryEntry& entry) { return !entry.origin.empty(); }));
    more_->setVisible(controller_.has_more());
    refresh_hint();
    refresh_tags();
    choice_timer_.start(); // what is said of the chosen ones may be another
}

void ResultsPage::refresh_hint() {
    const int shown = model_.rowCount();
    hint_->setText(shown == 0               ? QString()
                   : controller_.has_more() ? tr("the newest %1").arg(shown)
                                            : tr("%1 altogether").arg(shown));
}

/// Tags that were seen stay, so that the chosen one does.
void ResultsPage::refresh_tags() {
    for (const HistoryEntry& entry : model_.entries())
        for (const std::string& tag : entry.tags)
            if (const QString word = QString::fromStdString(tag); tag_->findData(word) < 0)
                tag_->addItem(shortened(ResultsModel::plain(tag), 24), word);
}

std::vector<HistoryEntry> ResultsPage::chosen() const {
    std::vector<int> rows;
    for (const QModelIndex& index : table_->selectionModel()->selectedRows())
        rows.push_back(index.row());
    std::ranges::sort(rows);
    std::vector<HistoryEntry> entries;
    for (const int row : rows)
        if (const HistoryEntry* entry = model_.entry_at(row))
            entries.push_back(*entry);
    return entries;
}

void ResultsPage::show_chosen() { panel_->show_entries(chosen()); }

void ResultsPage::keep_choice() {
    kept_choice_.clear();
    for (const HistoryEntry& entry : chosen())
        kept_choice_.push_back(entry.id);
}

void ResultsPage::restore_choice() {
    QItemSelection selection;
    for (const std::string& id : kept_choice_)
        if (const int row = model_.row_of(id); row >= 0)
            selection.select(model_.index(row, 0), model_.index(row, ResultsModel::column_count - 1));
    table_->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
    choice_timer_.start();
}

void ResultsPage::open_chosen() {
    const std::vector<HistoryEntry> entries = chosen();
    if (entries.size() == 1 && entries.front().kind == ResultKind::comparison && controller_.host().can_measure())
        Q_EMIT opened(entries.front().id);
}

void ResultsPage::restyle() {
    const int side = theme_.px(24);
    page_->setContentsMargins(side, theme_.px(20), side, theme_.px(20));
    page_->setSpacing(theme_.px(12));
    body_->setSpacing(theme_.px(20));
    table_->verticalHeader()->setDefaultSectionSize(theme_.px(32));
    const std::initializer_list<std::pair<int, double>> widths{
        {ResultsModel::what, 76}, {ResultsModel::tags, 84}, {ResultsModel::origin, 84}};
    for (const auto& [column, width] : widths)
        table_->setColumnWidth(column, theme_.px(width));
    fit_width();
}

void ResultsPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fit_width();
}

void ResultsPage::fit_width() {
    const bool wide = width() >= theme_.px(wide_results);
    body_->setDirection(wide ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    body_->setStretch(0, wide ? 7 : 2);
    body_->setStretch(1, wide ? 5 : 3);
}

} // namespace isolab
