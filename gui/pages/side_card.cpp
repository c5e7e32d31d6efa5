// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/pages/side_card.h"

#include <algorithm>

#include "gui/models/words.h"
#include "gui/widgets/big_number.h"
#include "gui/widgets/figure_rows.h"
#include "gui/widgets/pill.h"
#include "gui/widgets/stack_view.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

Figure size_of(const std::optional<double>& bytes) { return bytes ? bytes_figure(*bytes) : Figure{}; }

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

SideCard::SideCard(const Theme& theme, World world, QWidget* parent)
    : Card(theme, Words::world(world), world, parent), theme_(theme), world_(world), mark_(new Pill(theme)),
      state_(new Pill(theme)), number_(new BigNumber(theme, world)), figures_(new FigureRows(theme)),
      stack_(new StackView(theme, world)) {
    title_row()->addWidget(mark_);
    title_row()->addWidget(state_);
    auto* head = new QHBoxLayout;
    head->addWidget(number_, 5, Qt::AlignTop);
    head->addWidget(figures_, 4, Qt::AlignVCenter);
    body()->addLayout(head);
    body()->addWidget(stack_, 1);
    mark_->hide();
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
    figures_->show_rows({
        {peak ? tr("memory, peak") : tr("memory"), size_of(side.memory),
         side.memory_definition.empty() ? tr("what the host pays for this instance")
                                        : Words::known(side.memory_definition)},
        {tr("disk, unique"), size_of(side.disk_unique), tr("allocated for this instance alone")},
        {tr("disk, shared"), size_of(side.disk_shared), tr("allocated once for all instances of the image")},
        {tr("CPU to ready"), side.cpu_to_ready ? duration_figure(*side.cpu_to_ready) : Figure{},
         tr("processor time that all its processes used until it was ready")},
    });
}

void SideCard::show_state(const SideView& side) {
    state_->show_state(Words::state(side.state), tone_of(side.state));
    const bool emulated = std::ranges::find(side.marks, "tcg") != side.marks.end();
    mark_->setVisible(emulated);
    mark_->show_state(tr("emulated"), Tone::notice);
    mark_->setToolTip(tr("Measured under software emulation (TCG); never pooled with hardware virtualisation."));
    state_->setToolTip(side.error ? Words::error(*side.error) : QString());
}

void SideCard::show_side(const SideView& side, const Stack& own, const Stack& other, Mode mode) {
    show_state(side);
    number_->show_figure(side.ready ? duration_figure(side.ready->median) : Figure{}, caption(side, mode));
    show_figures(side);
    stack_->show_stack(own, other);
}

} // namespace isolab
