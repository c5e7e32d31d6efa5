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
#include "gui/pages/side_card.h"
#include "gui/widgets/banner.h"
#include "gui/widgets/book_table.h"
#include "gui/widgets/fitted_table.h"
#include "gui/widgets/output_view.h"
#include "gui/widgets/share_bars.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

QLabel* label(const QString& text, const QString& role) {
    auto* made = new QLabel(text);
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

ComparePage::ComparePage(const Theme& theme, ExperimentController& controller, QWidget* parent)
    : QWidget(parent), theme_(theme), controller_(controller), head_(new QWidget),
      controls_(new CompareControls(theme)), warning_(new Banner(theme)), message_(new Banner(theme)),
      activity_(label({}, u"muted"_s)), facts_(label({}, u"caption"_s)),
      race_note_(label(tr("a race: for the eye, never pooled"), u"caption"_s)), progress_(new QProgressBar),
      grid_(new QGridLayout), book_(new BookTable(theme)), waterfall_(new WaterfallView(theme)),
      memory_(new MemoryPlot(theme)), disk_(new ShareBars(theme)), cpu_(new ShareBars(theme)),
      contract_text_(label({}, u"muted"_s)), export_(small_button(tr("Export report…"), u"link"_s)),
      copy_(small_button(tr("Copy"), u"link"_s)), replay_(small_button(tr("Replay"), u"link"_s)) {
    setObjectName(u"page"_s);
    setAttribute(Qt::WA_StyledBackground);
    build_head();
    build_grid();

    connect(controls_, &CompareControls::start_requested, this, &ComparePage::start);
    connect(controls_, &CompareControls::stop_requested, &controller, &ExperimentController::stop);
    connect(controls_, &CompareControls::workload_changed, this, &ComparePage::refresh_live);
    connect(warning_, &Banner::action_requested, this, &ComparePage::system_page_requested);
    connect(message_, &Banner::action_requested, &controller, [&controller] { controller.open(); });
    connect(export_, &QPushButton::clicked, this, &ComparePage::export_report);
    connect(copy_, &QPushButton::clicked, this, &ComparePage::copy_report);
    connect(replay_, &QPushButton::clicked, waterfall_, &WaterfallView::replay);
    connect(&controller, &ExperimentController::stage_changed, this, &ComparePage::refresh);
    connect(&controller, &ExperimentController::status_changed, this, &ComparePage::refresh);
    connect(&controller, &ExperimentController::result_changed, this, &ComparePage::refresh);
    connect(&controller, &ExperimentController::live_changed, this, &ComparePage::refresh_live);
    connect(&controller, &ExperimentController::workloads_changed, this,
            [this] { controls_->show_workloads(controller_.workloads()); });
    connect(&controller, &ExperimentController::loaded, this, [this] { controls_->show_plan(controller_.plan()); });
    connect(&theme, &Theme::changed, this, &ComparePage::resize_spaces);
    resize_spaces();
}

void ComparePage::build_head() {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(0);
    head_->setObjectName(u"head"_s);
    head_->setAttribute(Qt::WA_StyledBackground);
    auto* head = new QVBoxLayout(head_);
    auto* first = new QHBoxLayout;
    first->addWidget(controls_);
    first->addStretch(1);
    first->addWidget(warning_, 0, Qt::AlignBottom);
    head->addLayout(first);
    auto* second = new QHBoxLayout;
    second->addWidget(progress_);
    second->addWidget(activity_, 1);
    second->addWidget(facts_);
    head->addLayout(second);
    outer->addWidget(head_);
    progress_->setTextVisible(false);
    activity_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    warning_->hide();

    auto* canvas = new QWidget;
    canvas->setObjectName(u"canvas"_s);
    auto* column = new QVBoxLayout(canvas);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(grid_);
    column->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(canvas);
    outer->addWidget(scroll, 1);
}

void ComparePage::build_grid() {
    grid_->addWidget(message_, 0, 0, 1, 3);
    message_->hide();
    for (const World world : {World::container, World::vm}) {
        const auto i = static_cast<std::size_t>(world);
        sides_[i] = new SideCard(theme_, world);
        outputs_[i] = new OutputView(theme_, world);
        grid_->addWidget(sides_[i], 1, static_cast<int>(i));
        grid_->addWidget(outputs_[i], 3, static_cast<int>(i));
    }
    auto* book = new Card(theme_, tr("The book says · measured here"));
    book->body()->addWidget(book_, 1);
    grid_->addWidget(book, 1, 2);
    grid_->addWidget(race_card(), 2, 0, 1, 2);
    grid_->addWidget(memory_card(), 2, 2);
    grid_->addWidget(contract_card(), 3, 2);

    auto* phases = new Card(theme_, tr("Phases in figures"));
    auto* table = new FittedTable(theme_, &phases_);
    table->stretch_column(PhaseModel::name);
    phases->body()->addWidget(table);
    phases->body()->addStretch();
    grid_->addWidget(phases, 4, 0, 1, 2);
    auto* use = new Card(theme_, tr("Disk and CPU"));
    use->body()->addWidget(label(tr("Disk allocated, unique and shared (hatched)"), u"caption"_s));
    use->body()->addWidget(disk_);
    use->body()->addWidget(label(tr("CPU time used until ready"), u"caption"_s));
    use->body()->addWidget(cpu_);
    use->body()->addStretch();
    grid_->addWidget(use, 4, 2);
    auto* contract = new Card(theme_, tr("Fairness contract, row by row"));
    auto* rows = new FittedTable(theme_, &contract_);
    rows->stretch_column(ContractModel::vm);
    contract->body()->addWidget(rows);
    grid_->addWidget(contract, 5, 0, 1, 3);
    connect(&contract_, &QAbstractItemModel::modelReset, contract,
            [this, contract] { contract->setVisible(contract_.rowCount() > 0); });
    contract->hide();
    for (int column = 0; column < 3; ++column)
        grid_->setColumnStretch(column, column == 2 ? 10 : 10);
}

QWidget* ComparePage::race_card() {
    auto* card = new Card(theme_, tr("Start-up, phase by phase"));
    card->title_row()->addWidget(race_note_);
    auto* group = new QButtonGroup(card);
    for (const auto& [text, logarithmic] : {std::pair{tr("logarithmic"), true}, std::pair{tr("linear"), false}}) {
        QPushButton* button = small_button(text, u"segment"_s);
        button->setCheckable(true);
        button->setChecked(logarithmic);
        group->addButton(button);
        card->title_row()->addWidget(button);
        connect(button, &QPushButton::clicked, waterfall_,
                [this, on = logarithmic] { waterfall_->set_logarithmic(on); });
    }
    replay_->setToolTip(tr("Lets the bars grow again, slowed to five seconds"));
    card->title_row()->addWidget(replay_);
    card->body()->addWidget(waterfall_, 1);
    return card;
}

QWidget* ComparePage::memory_card() {
    auto* card = new Card(theme_, tr("Memory over time"));
    auto* formula = label(tr("host cost (PSS)"), u"caption"_s);
    formula->setToolTip(
        tr("Proportional set size of all processes of the instance, plus the kernel memory charged to it"));
    card->title_row()->addWidget(formula);
    card->body()->addWidget(memory_, 1);
    return card;
}

QWidget* ComparePage::contract_card() {
    auto* card = new Card(theme_, tr("Fairness contract"));
    card->title_row()->addWidget(copy_);
    card->title_row()->addWidget(export_);
    contract_text_->setWordWrap(true);
    contract_text_->setTextFormat(Qt::RichText);
    contract_text_->setAlignment(Qt::AlignTop);
    card->body()->addWidget(contract_text_, 1);
    return card;
}

void ComparePage::resize_spaces() {
    const Colours& c = theme_.colours();
    head_->setStyleSheet(
        u"#head { background: %1; border-bottom: 1px solid %2; }"_s.arg(c.surface.name(), c.hairline.name()));
    head_->layout()->setContentsMargins(theme_.px(24), theme_.px(10), theme_.px(24), theme_.px(8));
    head_->layout()->setSpacing(theme_.px(6));
    progress_->setFixedSize(theme_.px(160), theme_.px(6));
    progress_->setStyleSheet(
        u"QProgressBar { background: %1; border: none; border-radius: %3px; }"
        "QProgressBar::chunk { background: %2; border-radius: %3px; }"_s.arg(c.sunken.name(), c.primary.name())
            .arg(theme_.px(3)));
    grid_->setContentsMargins(theme_.px(24), theme_.px(20), theme_.px(24), theme_.px(24));
    grid_->setSpacing(theme_.px(16));
    contract_text_->setStyleSheet(u"font-size: %1px;"_s.arg(theme_.px(12)));
    for (QLabel* each : {activity_, facts_})
        each->setStyleSheet(u"font-size: %1px; color: %2;"_s.arg(theme_.px(12)).arg(c.muted.name()));
    refresh();
}

} // namespace isolab
