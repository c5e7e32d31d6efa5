// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/pages/compare_page.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>

#include "compare/report/report.h"
#include "gui/charts/memory_plot.h"
#include "gui/charts/waterfall_view.h"
#include "gui/models/book.h"
#include "gui/models/deployment.h"
#include "gui/models/plain_text.h"
#include "gui/models/status_text.h"
#include "gui/models/words.h"
#include "gui/pages/compare_controls.h"
#include "gui/pages/side_card.h"
#include "gui/widgets/banner.h"
#include "gui/widgets/book_table.h"
#include "gui/widgets/figure_rows.h"
#include "gui/widgets/output_view.h"
#include "gui/widgets/share_bars.h"
#include "gui/widgets/world_chips.h"

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

double median_of(const std::optional<SampleSummary>& summary) { return summary ? summary->median : 0; }

std::optional<double> own_part(const std::optional<SampleSummary>& summary) {
    return summary ? std::optional(summary->median) : std::nullopt;
}

std::vector<ShareBar> disk_bars(const ComparisonView& view) {
    std::vector<ShareBar> bars;
    for (const SideView& side : view.sides)
        bars.push_back({side.world, Words::marked_world(side), own_part(side.disk_unique), own_part(side.disk_shared),
                        ComparePage::tr("%1 unique · %2 shared")
                            .arg(bytes_figure(median_of(side.disk_unique)).text(),
                                 bytes_figure(median_of(side.disk_shared)).text())});
    return bars;
}

std::vector<ShareBar> cpu_bars(const ComparisonView& view) {
    std::vector<ShareBar> bars;
    for (const SideView& side : view.sides) {
        const auto& cpu = side.cpu_to_ready;
        const QString interval = cpu && cpu->n > 1 ? u" · "_s + duration_interval(cpu->low, cpu->high) : QString();
        bars.push_back({side.world, Words::marked_world(side), own_part(cpu), std::nullopt,
                        duration_figure(median_of(cpu)).text() + interval});
    }
    return bars;
}

QString side_trouble(const SideView& side) {
    const QString text = Words::labelled(Words::world(side.world), shortened(Words::error(*side.error), longest_error));
    return side.failed_runs > 1 ? ComparePage::tr("%1 (%2 runs failed)").arg(text).arg(side.failed_runs) : text;
}

QString paragraph(const QColor& ink, const QString& text, bool bold = false) {
    const QString escaped = text.toHtmlEscaped();
    return u"<p style='margin:0 0 4px 0; color:%1'>%2</p>"_s.arg(ink.name(),
                                                                 bold ? u"<b>%1</b>"_s.arg(escaped) : escaped);
}

} // namespace

const ComparisonResult* ComparePage::result() const { return controller_.result().get(); }

bool ComparePage::emulated_here() const {
    const auto& status = controller_.host().status();
    return status && status->hypervisor && status->hypervisor->accelerator == Accelerator::tcg;
}

ComparisonView ComparePage::view() const {
    return view_of(shown_worlds(), controller_.busy() ? &controller_.live() : nullptr, result(), emulated_here());
}

QString ComparePage::unavailable_reason() const {
    if (controller_.host().closing())
        return tr("The window is closing");
    switch (controller_.stage()) {
    case Stage::opening:
        return tr("The data folder is being opened");
    case Stage::unusable:
        return tr("The data folder could not be opened");
    case Stage::running:
        return tr("A comparison runs; stop it first");
    case Stage::stopping:
        return tr("The present run is being ended");
    default:
        if (controller_.host().measuring())
            return tr("The book is being measured; stop that first");
        return controller_.host().workloads().empty() ? tr("The catalogue has no workloads") : QString();
    }
}

std::vector<std::string> ComparePage::shown_worlds() const {
    return controller_.busy() || result() != nullptr ? controller_.plan().sides : controls_->worlds().chosen();
}

StackFacts ComparePage::stack_facts(const std::string& world) const {
    if (result() != nullptr && !result()->contract.empty())
        return StackWords::facts_of(*result(), world);
    const auto chosen = controls_->plan(Mode::measure);
    const bool planned = controller_.busy() || result() != nullptr;
    const Workload workload = planned ? controller_.plan().workload : chosen ? chosen->workload : Workload{};
    const auto& status = controller_.host().status();
    return StackWords::facts_here(world, workload, status ? &*status : nullptr, host_size());
}

void ComparePage::refresh() {
    match_worlds();
    refresh_head();
    refresh_message();
    refresh_result();
    refresh_live();
    Q_EMIT export_possible_changed();
}

void ComparePage::refresh_head() {
    controls_->set_available(unavailable_reason(), controller_.stage() == Stage::running);
    const auto& status = controller_.host().status();
    const std::vector<StatusFact> warnings = status ? StatusText::warnings(*status) : std::vector<StatusFact>();
    QStringList names;
    QStringList reasons;
    for (const StatusFact& warning : warnings) {
        names << warning.name;
        reasons << Words::labelled(warning.name, Words::sentences(warning.value, warning.reason));
    }
    warning_->show_message(warnings.empty() ? Tone::neutral : warnings.front().tone, names.join(u" · "_s),
                           tr("Why, and what to do"));
    warning_->setToolTip(plain_tip(reasons.join(u'\n')));
}

void ComparePage::refresh_message() {
    const auto& error = controller_.error();
    const Stage stage = controller_.stage();
    if ((stage == Stage::unusable || stage == Stage::failed) && error) {
        message_->show_message(Tone::failure, Words::error(*error),
                               stage == Stage::unusable ? tr("Try again") : QString());
        return;
    }
    QStringList lines;
    for (const SideView& side : view().sides)
        if (side.error)
            lines << side_trouble(side);
    if (stage == Stage::idle && controller_.host().catalogue().unknown)
        lines << Words::error(*controller_.host().catalogue().unknown);
    const bool failed = !lines.empty();
    if (stage == Stage::finished && result() != nullptr && !result()->complete)
        lines << tr("Ended before all runs were done. What was measured is shown and saved.");
    message_->show_message(failed ? Tone::failure : Tone::notice, lines.join(u'\n'));
}

void ComparePage::refresh_result() {
    book_->show_rows(Book::rows(result()));
    metrics_.show_result(worlds_, result());
    contract_.show_contract(worlds_, result() != nullptr ? result()->contract : std::vector<ContractEntry>());
    for (QPushButton* each : {export_, copy_})
        each->setEnabled(can_export());
    const QString why = can_export() ? QString() : tr("There is no finished result yet");
    export_->setToolTip(can_export() ? tr("The whole result with every run, as JSON") : why);
    copy_->setToolTip(can_export() ? tr("The whole result as a table of plain text") : why);
    const std::vector<FigureRow> steps = Deployment::rows(result());
    deployment_title_->setVisible(!steps.empty());
    deployment_->setVisible(!steps.empty());
    deployment_->show_rows(steps);
    refresh_contract();
}

void ComparePage::refresh_contract() {
    const Colours& c = theme_.colours();
    if (result() == nullptr || contract_.rowCount() == 0) {
        contract_text_->setText(paragraph(c.text, controls_->summary()) +
                                paragraph(c.muted, tr("Image, command, CPUs, memory and readiness are the same in all "
                                                      "worlds. What cannot be the same is listed here.")));
        return;
    }
    QString text = paragraph(c.text, Words::result_line(*result()));
    text += paragraph(c.muted, tr("same: %1").arg(contract_.equal_summary()));
    text += paragraph(c.notice.ink, tr("differs: %1").arg(contract_.differing_summary()), true);
    for (const Notice& notice : result()->notices) {
        if (notice.id == "tcg" && emulated_here())
            continue; // stands in the head of the page already
        text +=
            paragraph(c.notice.ink, Words::sentences(u"! "_s + Words::fact(notice.text), Words::fact(notice.remedy)));
    }
    contract_text_->setText(text);
}

void ComparePage::refresh_live() {
    const ComparisonView shown = view();
    for (std::size_t i = 0; i < worlds_.size(); ++i) {
        const SideView& side = shown.sides[i];
        sides_[i]->show_side(side, StackWords::make(side, stack_facts(side.world)), controller_.plan().mode);
        outputs_[i]->show_output(side.output);
        outputs_[i]->show_ended(side.state == SideView::State::finished);
    }
    waterfall_->set_frame(controller_.frame());
    waterfall_->show_view(shown);
    memory_->show_view(shown);
    disk_->show_bars(disk_bars(shown));
    cpu_->show_bars(cpu_bars(shown));
    refresh_notes();
    refresh_activity();
}

/// What the two charts show: the present run, or which of the finished ones.
void ComparePage::refresh_notes() {
    const bool shown = result() != nullptr || controller_.busy();
    const QString note = !shown                                  ? QString()
                         : controller_.plan().mode == Mode::race ? tr("a race: for the eye, never pooled")
                         : controller_.busy()                    ? tr("the present run")
                                                                 : tr("the run nearest to the median");
    run_note_->setText(note);
    run_note_->setToolTip(controller_.busy() ? QString()
                                             : plain_tip(tr("Bars are of one run in each world, the one nearest to its "
                                                            "median; dots are all runs, the band is the interval.")));
    const QString formula = tr("host cost (PSS)");
    memory_note_->setText(note.isEmpty() ? formula : tr("%1 · one run").arg(formula));
    memory_note_->setToolTip(plain_tip(Words::sentences(
        tr("Proportional set size of all processes of the instance, plus the kernel memory charged to it."),
        note.isEmpty() ? QString() : tr("Of one run in each world: %1.").arg(note))));
    const bool replays = waterfall_->can_replay() && theme_.animated();
    replay_->setEnabled(replays);
    replay_->setToolTip(replays             ? tr("Replay: lets the bars grow again, slowed to five seconds")
                        : theme_.animated() ? tr("Replay: there is nothing to replay yet")
                                            : tr("Replay: this desktop asks for no motion"));
}

void ComparePage::refresh_activity() {
    const ComparisonPlan& plan = controller_.plan();
    const auto& status = controller_.host().status();
    progress_->setVisible(controller_.busy() || controller_.stage() == Stage::opening);
    QString tip;
    switch (controller_.stage()) {
    case Stage::opening:
        activity_->setText(tr("Opening the data folder…"));
        progress_->setRange(0, 0);
        break;
    case Stage::running:
    case Stage::stopping:
        activity_->setText(controller_.stage() == Stage::stopping ? tr("Stopping: the present run is being ended…")
                                                                  : Words::run_progress(plan, controller_.live()));
        progress_->setRange(0, static_cast<int>(plan.sides.size() * (plan.runs + plan.warmup)));
        progress_->setValue(static_cast<int>(controller_.live().finished));
        break;
    default:
        activity_->setText(status ? StatusText::line(*status) : QString());
        if (status)
            for (const StatusFact& fact : StatusText::facts(*status))
                tip += Words::labelled(fact.name, Words::sentences(fact.value, fact.reason)) + u'\n';
    }
    activity_->setToolTip(plain_tip(tip.trimmed()));
}

void ComparePage::start(Mode mode) {
    if (const auto plan = controls_->plan(mode))
        controller_.start(*plan);
}

bool ComparePage::can_export() const { return result() != nullptr && !controller_.busy(); }

void ComparePage::export_report() {
    if (!can_export())
        return;
    auto* dialog = new QFileDialog(this, tr("Export report"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(tr("Comparison (*.json)"));
    dialog->setDefaultSuffix(u"json"_s);
    dialog->selectFile(u"isolab-%1.json"_s.arg(QString::fromStdString(result()->id)));
    connect(dialog, &QFileDialog::fileSelected, this,
            [this](const QString& file) { controller_.export_result(file.toStdString()); });
    dialog->open();
}

void ComparePage::tell_export(const std::string& file, const std::optional<Error>& error) {
    message_->show_message(error ? Tone::failure : Tone::ready,
                           error ? Words::error(*error) : tr("Exported to %1").arg(QString::fromStdString(file)));
}

void ComparePage::copy_report() {
    if (can_export())
        QGuiApplication::clipboard()->setText(QString::fromStdString(report_table(*result(), {false, 100})));
}

} // namespace isolab
