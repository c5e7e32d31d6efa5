// SPDX-License-Identifier: GPL-3.0-or-later
//
// How the compare page is put together; what it shows is decided in compare_page.cpp.
#include <QButtonGroup>
#include <QGridLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>

#include "gui/charts/memory_plot.h"
#include "gui/charts/waterfall_view.h"
#include "gui/models/words.h"
#include "gui/pages/compare_controls.h"
#include "gui/pages/compare_page.h"
#include "gui/pages/scrolled_page.h"
#include "gui/pages/side_card.h"
#include "gui/widgets/banner.h"
#include "gui/widgets/book_table.h"
#include "gui/widgets/figure_rows.h"
#include "gui/widgets/fitted_table.h"
#include "gui/widgets/output_view.h"
#include "gui/widgets/share_bars.h"
#include "gui/widgets/world_chips.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

/// Page widths, in design units, from which on everything stands side by side.
constexpr double wide_page = 1120;
constexpr double wide_head = 1080;

QLabel* label(const QString& text, const QString& role) {
    auto* made = new QLabel(text);
    made->setTextFormat(Qt::PlainText);
    made->setProperty("role", role);
    return made;
}

QPushButton* small_button(const QString& text, const QString& role) {
    auto* made = new QPushButton(text);
    made->setProperty("role", role);
    made->setCursor(Qt::PointingHandCursor);
    return made;
}

} // namespace

ComparePage::ComparePage(const Theme& theme, ComparisonController& controller, QWidget* parent)
    : QWidget(parent), theme_(theme), controller_(controller), head_(new QWidget),
      controls_(new CompareControls(theme)), warning_(new Banner(theme)), message_(new Banner(theme)),
      state_(new QWidget), activity_(label({}, u"caption"_s)), run_note_(label({}, u"caption"_s)),
      progress_(new QProgressBar), scroll_(new QScrollArea), grid_(new QGridLayout), cards_grid_(new QGridLayout),
      outputs_grid_(new QGridLayout), cards_area_(new QWidget), outputs_area_(new QWidget), book_(new BookTable(theme)),
      waterfall_(new WaterfallView(theme)), memory_(new MemoryPlot(theme)), memory_note_(label({}, u"caption"_s)),
      disk_(new ShareBars(theme)), cpu_(new ShareBars(theme)), deployment_(new FigureRows(theme)),
      contract_text_(label({}, u"muted"_s)), export_(small_button(tr("Export report…"), u"link"_s)),
      copy_(small_button(tr("Copy report"), u"link"_s)), replay_(small_button({}, u"icon"_s)) {
    setObjectName(u"page"_s);
    setAttribute(Qt::WA_StyledBackground);
    build_head();
    build_grid();

    connect(controls_, &CompareControls::start_requested, this, &ComparePage::start);
    connect(controls_, &CompareControls::stop_requested, &controller, &ComparisonController::stop);
    connect(controls_, &CompareControls::choice_changed, this, &ComparePage::refresh);
    connect(warning_, &Banner::action_requested, this, &ComparePage::system_page_requested);
    connect(message_, &Banner::action_requested, &controller.host(), &SessionHost::open_again);
    connect(export_, &QPushButton::clicked, this, &ComparePage::export_report);
    connect(copy_, &QPushButton::clicked, this, &ComparePage::copy_report);
    connect(replay_, &QPushButton::clicked, waterfall_, &WaterfallView::replay);
    connect(&controller, &ComparisonController::stage_changed, this, &ComparePage::refresh);
    connect(&controller.host(), &SessionHost::status_changed, this, &ComparePage::refresh);
    connect(&controller, &ComparisonController::result_changed, this, &ComparePage::refresh);
    connect(&controller, &ComparisonController::live_changed, this, &ComparePage::refresh_live);
    connect(&controller.host(), &SessionHost::workloads_changed, this, [this] {
        const Catalogue& catalogue = controller_.host().catalogue();
        controls_->show_workloads(catalogue.workloads, catalogue.missing_images);
    });
    connect(&controller.host(), &SessionHost::worlds_changed, this,
            [this] { controls_->worlds().show_worlds(controller_.host().worlds()); });
    connect(&controller, &ComparisonController::export_finished, this, &ComparePage::tell_export);
    connect(&controller, &ComparisonController::loaded, this, [this] { controls_->show_plan(controller_.plan()); });
    connect(&theme, &Theme::changed, this, &ComparePage::resize_spaces);
    resize_spaces();
}

void ComparePage::build_head() {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(0);
    head_->setObjectName(u"head"_s);
    head_->setAttribute(Qt::WA_StyledBackground);
    auto* head = new QBoxLayout(QBoxLayout::LeftToRight, head_);
    head->addWidget(controls_, 0, Qt::AlignLeft);
    auto* lines = new QBoxLayout(QBoxLayout::TopToBottom, state_);
    lines->setContentsMargins(0, 0, 0, 0);
    auto* first = new QHBoxLayout;
    first->addStretch(1);
    first->addWidget(warning_);
    lines->addLayout(first);
    auto* second = new QHBoxLayout;
    second->addWidget(activity_, 1);
    second->addWidget(progress_);
    lines->addLayout(second, 1);
    head->addWidget(state_, 1, Qt::AlignVCenter);
    outer->addWidget(head_);
    progress_->setTextVisible(false);
    activity_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    activity_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    warning_->hide();

    auto* canvas = new QWidget;
    canvas->setObjectName(u"canvas"_s);
    auto* column = new QVBoxLayout(canvas);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(grid_);
    column->addStretch(1);
    scroll_->setWidgetResizable(true);
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setWidget(canvas);
    outer->addWidget(scroll_, 1);
    keep_page_margins(*scroll_, *grid_, theme_);
}

void ComparePage::build_grid() {
    message_->hide();
    cards_grid_->setContentsMargins(0, 0, 0, 0);
    outputs_grid_->setContentsMargins(0, 0, 0, 0);
    cards_area_->setLayout(cards_grid_);
    outputs_area_->setLayout(outputs_grid_);
    cards_.book = new Card(theme_, tr("The book says · measured here"));
    cards_.book->body()->addWidget(book_, 1);
    cards_.race = race_card();
    cards_.memory = memory_card();
    cards_.contract = contract_card();
    cards_.figures = figures_card();
    cards_.use = use_card();
    cards_.conditions = conditions_card();
    match_worlds();
}

/// A card and an output for each world that is shown.
void ComparePage::match_worlds() {
    const std::vector<std::string> worlds = shown_worlds();
    if (worlds == worlds_)
        return;
    worlds_ = worlds;
    qDeleteAll(sides_);
    qDeleteAll(outputs_);
    sides_.clear();
    outputs_.clear();
    for (const std::string& world : worlds_) {
        sides_.push_back(new SideCard(theme_, world));
        outputs_.push_back(new OutputView(theme_, world));
    }
    arrange();
}

/// Cards beside each other: as many as there are, or in lines of equal length that can still be read.
int ComparePage::card_columns() const {
    const int worlds = static_cast<int>(worlds_.size());
    const int most = wide_ ? 3 : 2;
    if (worlds <= most)
        return std::max(1, worlds);
    const int lines = (worlds + most - 1) / most;
    return (worlds + lines - 1) / lines;
}

/// Two worlds, wide: three columns as in a comparison on paper. More worlds take whole lines, and what stands beside
/// two of them moves under them; so it does where the page is narrow.
void ComparePage::arrange() {
    struct Place {
        QWidget* widget;
        int row, column, columns;
    };
    const std::vector<Place> paper{{message_, 0, 0, 3},        {cards_area_, 1, 0, 2},    {cards_.book, 1, 2, 1},
                                   {cards_.race, 2, 0, 2},     {cards_.memory, 2, 2, 1},  {outputs_area_, 3, 0, 2},
                                   {cards_.contract, 3, 2, 1}, {cards_.figures, 4, 0, 3}, {cards_.conditions, 5, 0, 2},
                                   {cards_.use, 5, 2, 1}};
    const std::vector<Place> many{{message_, 0, 0, 3},         {cards_area_, 1, 0, 3},    {cards_.race, 2, 0, 2},
                                  {cards_.book, 2, 2, 1},      {cards_.memory, 3, 0, 1},  {cards_.use, 3, 1, 1},
                                  {cards_.contract, 3, 2, 1},  {cards_.figures, 4, 0, 3}, {outputs_area_, 5, 0, 3},
                                  {cards_.conditions, 6, 0, 3}};
    const std::vector<Place> narrow{{message_, 0, 0, 2},         {cards_area_, 1, 0, 2},   {cards_.race, 2, 0, 2},
                                    {cards_.book, 3, 0, 1},      {cards_.memory, 3, 1, 1}, {outputs_area_, 4, 0, 2},
                                    {cards_.contract, 5, 0, 1},  {cards_.use, 5, 1, 1},    {cards_.figures, 6, 0, 2},
                                    {cards_.conditions, 7, 0, 2}};
    const std::vector<Place>& places = !wide_ ? narrow : worlds_.size() > 2 ? many : paper;
    for (const Place& place : places)
        grid_->removeWidget(place.widget);
    for (const Place& place : places)
        grid_->addWidget(place.widget, place.row, place.column, 1, place.columns);
    for (int column = 0; column < 3; ++column)
        grid_->setColumnStretch(column, column < 2 || wide_ ? 1 : 0);
    const int columns = card_columns();
    for (std::size_t i = 0; i < worlds_.size(); ++i) {
        const int row = static_cast<int>(i) / columns;
        const int column = static_cast<int>(i) % columns;
        cards_grid_->addWidget(sides_[i], row, column);
        outputs_grid_->addWidget(outputs_[i], row, column);
    }
    for (int column = 0; column < static_cast<int>(most_worlds); ++column) {
        cards_grid_->setColumnStretch(column, column < columns ? 1 : 0);
        outputs_grid_->setColumnStretch(column, column < columns ? 1 : 0);
    }
}

void ComparePage::fit_width() {
    if (const bool wide = width() >= theme_.px(wide_page); wide != wide_) {
        wide_ = wide;
        arrange();
    }
    const bool one_line = width() >= theme_.px(wide_head);
    using Box = QBoxLayout;
    static_cast<Box*>(head_->layout())->setDirection(one_line ? Box::LeftToRight : Box::TopToBottom);
    static_cast<Box*>(state_->layout())->setDirection(one_line ? Box::TopToBottom : Box::RightToLeft);
    state_->layout()->setSpacing(theme_.px(one_line ? 4 : 16));
    activity_->setAlignment((one_line ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
}

void ComparePage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fit_width();
}

Card* ComparePage::race_card() {
    auto* card = new Card(theme_, tr("Start-up, phase by phase"));
    card->title_row()->addWidget(run_note_);
    auto* track = new QFrame;
    track->setProperty("role", u"track"_s);
    auto* segments = new QHBoxLayout(track);
    segments->setContentsMargins(2, 2, 2, 2);
    segments->setSpacing(2);
    auto* group = new QButtonGroup(card);
    for (const auto& [text, logarithmic] : {std::pair{tr("logarithmic"), true}, std::pair{tr("linear"), false}}) {
        QPushButton* button = small_button(text, u"segment"_s);
        button->setCheckable(true);
        button->setChecked(logarithmic);
        group->addButton(button);
        segments->addWidget(button);
        connect(button, &QPushButton::clicked, waterfall_,
                [this, on = logarithmic] { waterfall_->set_logarithmic(on); });
    }
    card->title_row()->addWidget(track);
    replay_->setAccessibleName(tr("Replay"));
    card->title_row()->addWidget(replay_);
    card->body()->addWidget(waterfall_, 1);
    return card;
}

Card* ComparePage::memory_card() {
    auto* card = new Card(theme_, tr("Memory over time"));
    card->title_row()->addWidget(memory_note_);
    card->body()->addWidget(memory_, 1);
    return card;
}

Card* ComparePage::contract_card() {
    auto* card = new Card(theme_, tr("Fairness contract"));
    contract_text_->setWordWrap(true);
    contract_text_->setTextFormat(Qt::RichText);
    contract_text_->setAlignment(Qt::AlignTop);
    card->body()->addWidget(contract_text_, 1);
    auto* links = new QHBoxLayout;
    links->addWidget(export_);
    links->addWidget(copy_);
    links->addStretch(1);
    const auto restyle = [this, links] { links->setSpacing(theme_.px(16)); };
    connect(&theme_, &Theme::changed, card, restyle);
    restyle();
    card->body()->addLayout(links);
    return card;
}

Card* ComparePage::figures_card() {
    auto* card = new Card(theme_, tr("All figures"));
    card->title_row()->addWidget(label(tr("medians of the measured runs"), u"caption"_s));
    auto* table = new FittedTable(theme_, &metrics_);
    table->stretch_from(MetricModel::name_column + 1);
    table->wrap_lines();
    card->body()->addWidget(table);
    card->body()->addStretch();
    return card;
}

Card* ComparePage::use_card() {
    auto* card = new Card(theme_, tr("Disk, CPU and first deployment"));
    card->body()->addWidget(label(tr("Disk allocated, unique and shared (hatched); medians"), u"caption"_s));
    card->body()->addWidget(disk_);
    card->body()->addWidget(label(tr("CPU time used until ready; medians"), u"caption"_s));
    card->body()->addWidget(cpu_);
    deployment_title_ = label(tr("First deployment, once per image"), u"caption"_s);
    card->body()->addWidget(deployment_title_);
    card->body()->addWidget(deployment_);
    card->body()->addStretch();
    return card;
}

Card* ComparePage::conditions_card() {
    auto* card = new Card(theme_, tr("Fairness contract, row by row"));
    auto* rows = new FittedTable(theme_, &contract_);
    rows->stretch_from(ContractModel::what_column + 1);
    card->body()->addWidget(rows);
    card->body()->addStretch();
    connect(&contract_, &QAbstractItemModel::modelReset, card,
            [this, card] { card->setVisible(contract_.rowCount() > 0); });
    card->hide();
    return card;
}

void ComparePage::resize_spaces() {
    const Colours& c = theme_.colours();
    head_->setStyleSheet(
        u"#head { background: %1; border-bottom: 1px solid %2; }"_s.arg(c.surface.name(), c.hairline.name()));
    head_->layout()->setContentsMargins(theme_.px(24), theme_.px(8), theme_.px(24), theme_.px(8));
    head_->layout()->setSpacing(theme_.px(8));
    for (QHBoxLayout* line : state_->findChildren<QHBoxLayout*>())
        line->setSpacing(theme_.px(8));
    progress_->setFixedSize(theme_.px(120), theme_.px(6));
    progress_->setStyleSheet(
        u"QProgressBar { background: %1; border: none; border-radius: %3px; }"
        "QProgressBar::chunk { background: %2; border-radius: %3px; }"_s.arg(c.sunken.name(), c.primary.name())
            .arg(theme_.px(3)));
    replay_->setIcon(QIcon(c.dark ? u":/isolab/icons/replay-dark.svg"_s : u":/isolab/icons/replay-light.svg"_s));
    replay_->setIconSize({theme_.px(16), theme_.px(16)});
    cards_grid_->setSpacing(theme_.px(20));
    outputs_grid_->setSpacing(theme_.px(20));
    contract_text_->setStyleSheet(u"font-size: %1px;"_s.arg(theme_.px(12)));
    fit_width();
    refresh();
}

} // namespace isolab
