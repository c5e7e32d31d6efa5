// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/pages/side_card.h"

#include "gui/models/figure.h"
#include "gui/models/plain_text.h"
#include "gui/models/words.h"
#include "gui/widgets/big_number.h"
#include "gui/widgets/figure_rows.h"
#include "gui/widgets/pill.h"
#include "gui/widgets/stack_view.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

/// A row of a figure with what it is and its interval in the tooltip.
FigureRow figure_row(const QString& name, const std::optional<SampleSummary>& summary, const std::string& unit,
                     const QString& meaning) {
    if (!summary)
        return {name, {}, meaning};
    const QString interval = summary->n > 1 ? SideCard::tr("Median of %1 runs, 95 % interval %2.")
                                                  .arg(summary->n)
                                                  .arg(metric_interval(summary->low, summary->high, unit))
                                            : SideCard::tr("One run, no interval.");
    return {name, metric_figure(summary->median, unit), meaning + u'\n' + interval};
}

Tone tone_of(SideView::State state) {
    switch (state) {
    case SideView::State::ready:
    case SideView::State::finished:
        return Tone::ready;
    case SideView::State::starting:
    case SideView::State::deploying:
        return Tone::notice;
    case SideView::State::failed:
        return Tone::failure;
    default:
        return Tone::neutral;
    }
}

} // namespace

SideCard::SideCard(const Theme& theme, const std::string& world, QWidget* parent)
    : Card(theme, Words::world(world), world, parent), theme_(theme), head_(new QHBoxLayout), mark_(new Pill(theme)),
      state_(new Pill(theme)), number_(new BigNumber(theme, world)), figures_(new FigureRows(theme)),
      stack_(new StackView(theme, world)) {
    title_row()->addWidget(mark_);
    title_row()->addWidget(state_);
    head_->addWidget(number_, 1, Qt::AlignTop);
    head_->addWidget(figures_, 0, Qt::AlignVCenter);
    body()->addLayout(head_);
    body()->addWidget(stack_, 1);
    mark_->hide();
    mark_->setToolTip(
        plain_tip(tr("Measured under software emulation (TCG); never pooled with hardware virtualisation.")));
    const auto restyle = [this] { head_->setSpacing(theme_.px(8)); };
    connect(&theme, &Theme::changed, this, restyle);
    restyle();
}

QString SideCard::caption(const SideView& side, Mode mode) const {
    if (!side.ready)
        return side.state == SideView::State::none ? tr("from start until ready") : QString();
    if (mode == Mode::race)
        return tr("one race · never pooled");
    if (side.ready->n == 1)
        return tr("one run · no interval");
    return tr("median of %1\n95 % %2").arg(side.ready->n).arg(duration_interval(side.ready->low, side.ready->high));
}

void SideCard::show_figures(const SideView& side) {
    const bool peak = side.memory_definition.find("peak") != std::string::npos;
    figures_->show_rows(
        {figure_row(peak ? tr("memory, peak") : tr("memory"), side.memory, "bytes",
                    side.memory_definition.empty() ? tr("what the host pays for this instance")
                                                   : Words::known(side.memory_definition)),
         figure_row(tr("disk, unique"), side.disk_unique, "bytes", tr("allocated for this instance alone")),
         figure_row(tr("disk, shared"), side.disk_shared, "bytes", tr("allocated once for all instances of the image")),
         figure_row(tr("CPU to ready"), side.cpu_to_ready, "ns",
                    tr("processor time that all its processes used until it was ready"))});
}

void SideCard::show_state(const SideView& side) {
    const bool proven = side.state == SideView::State::finished && side.asked > 0 && side.answered == side.asked;
    state_->show_state(proven ? tr("done · answers") : Words::state(side.state), tone_of(side.state));
    const QString answers = side.asked > 0
                                ? tr("When it was ready it was asked, and answered as expected in %1 of %2 runs.")
                                      .arg(side.answered)
                                      .arg(side.asked)
                                : QString();
    state_->setToolTip(plain_tip(Words::sentences(side.error ? Words::error(*side.error) : QString(), answers)));
    mark_->setVisible(is_emulated(side.marks));
    mark_->show_state(u"TCG"_s, Tone::notice);
}

void SideCard::show_side(const SideView& side, const Stack& stack, Mode mode) {
    show_state(side);
    number_->show_figure(side.ready ? duration_figure(side.ready->median) : Figure{}, caption(side, mode));
    show_figures(side);
    stack_->show_stack(stack);
}

} // namespace isolab
