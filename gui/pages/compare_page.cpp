// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/pages/compare_page.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>

#include "compare/report.h"
#include "gui/charts/memory_plot.h"
#include "gui/charts/waterfall_view.h"
#include "gui/models/book.h"
#include "gui/models/status_text.h"
#include "gui/models/words.h"
#include "gui/pages/compare_controls.h"
#include "gui/pages/side_card.h"
#include "gui/widgets/banner.h"
#include "gui/widgets/book_table.h"
#include "gui/widgets/output_view.h"
#include "gui/widgets/share_bars.h"

#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

QString command_name(const Workload& workload) {
    if (workload.command.empty())
        return Words::known(workload.title);
    return QString::fromStdString(workload.command.front()).section(u'/', -1);
}

/// "6.1.0" of "6.1.0-56-cloud-amd64".
QString short_release(const std::string& release) { return QString::fromStdString(release).section(u'-', 0, 0); }

std::vector<ShareBar> disk_bars(const ComparisonView& view) {
    std::vector<ShareBar> bars;
    for (const SideView& side : view.sides)
        bars.push_back({side.world, Words::world(side.world), side.disk_unique, side.disk_shared,
                        ComparePage::tr("%1 unique · %2 shared")
                            .arg(bytes_figure(side.disk_unique.value_or(0)).text(),
                                 bytes_figure(side.disk_shared.value_or(0)).text())});
    return bars;
}

QString side_trouble(const SideView& side) {
    const QString text = Words::world(side.world) + u": "_s + Words::error(*side.error);
    return side.failed_runs > 1 ? ComparePage::tr("%1 (%2 runs failed)").arg(text).arg(side.failed_runs) : text;
}

std::vector<ShareBar> cpu_bars(const ComparisonView& view) {
    std::vector<ShareBar> bars;
    for (const SideView& side : view.sides)
        bars.push_back({side.world, Words::world(side.world), side.cpu_to_ready, std::nullopt,
                        duration_figure(side.cpu_to_ready.value_or(0)).text()});
    return bars;
}

} // namespace

const ExperimentResult* ComparePage::result() const { return controller_.result() ? &*controller_.result() : nullptr; }

ComparisonView ComparePage::view() const {
    return view_of(controller_.busy() ? &controller_.live() : nullptr, result());
}

QString ComparePage::unavailable_reason() const {
    if (controller_.closing())
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
        return controller_.workloads().empty() ? tr("The catalogue has no workloads") : QString();
    }
}

StackFacts ComparePage::stack_facts() const {
    StackFacts facts;
    const auto plan = controls_->plan(Mode::measure);
    if (result() != nullptr || controller_.busy())
        facts.workload = command_name(controller_.plan().workload);
    else if (plan)
        facts.workload = command_name(plan->workload);
    if (const auto& status = controller_.status()) {
        facts.host_kernel = short_release(status->engine.kernel);
        if (status->hypervisor) {
            facts.guest_kernel = short_release(status->hypervisor->kernel);
            facts.hypervisor = u"QEMU "_s + QString::fromStdString(status->hypervisor->qemu_version);
        }
    }
    if (plan)
        facts.hardware = tr("limit: %1 × CPU · %2 MiB")
                             .arg(plan->workload.limits.cpus)
                             .arg(plan->workload.limits.memory_bytes >> 20U);
    return facts;
}

void ComparePage::refresh() {
    refresh_head();
    refresh_message();
    refresh_result();
    refresh_live();
    Q_EMIT export_possible_changed();
}

void ComparePage::refresh_head() {
    controls_->set_available(unavailable_reason(), controller_.stage() == Stage::running);
    const bool busy = controller_.busy() || controller_.stage() == Stage::opening;
    progress_->setVisible(busy);
    const auto& status = controller_.status();
    facts_->setText(status ? StatusText::line(*status) : QString());
    QString reasons;
    const auto warning = status ? StatusText::warning(*status) : std::nullopt;
    if (status)
        for (const StatusFact& fact : StatusText::facts(*status))
            reasons +=
                fact.name + u": "_s + fact.value + (fact.reason.isEmpty() ? u"\n"_s : u" – "_s + fact.reason + u'\n');
    facts_->setToolTip(reasons.trimmed());
    if (warning)
        warning_->show_message(warning->tone, warning->name, tr("Why, and what to do"));
    else
        warning_->hide();
    warning_->setToolTip(warning ? warning->value + u'\n' + warning->reason : QString());
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
    const bool failed = !lines.empty();
    if (stage == Stage::finished && result() != nullptr && !result()->complete)
        lines << tr("Ended before all runs were done. What was measured is shown and saved.");
    message_->show_message(failed ? Tone::failure : Tone::notice, lines.join(u'\n'));
}

void ComparePage::refresh_result() {
    book_->show_rows(Book::rows(result()));
    phases_.show_result(result());
    contract_.show_contract(result() != nullptr ? result()->contract : std::vector<ContractEntry>());
    for (QPushButton* each : {export_, copy_})
        each->setEnabled(can_export());
    const QString why = can_export() ? QString() : tr("There is no finished result yet");
    export_->setToolTip(can_export() ? tr("The whole result with every run, as JSON") : why);
    copy_->setToolTip(can_export() ? tr("A table as plain text") : why);
    if (result() == nullptr || contract_.rowCount() == 0) {
        contract_text_->setText(
            tr("Image, command, CPUs, memory and readiness are the same on both sides. What cannot be "
               "the same is listed here."));
        return;
    }
    const Colours& c = theme_.colours();
    QString text = u"<p style='color:%1'>%2</p>"_s.arg(c.muted.name(),
                                                       tr("same: %1").arg(contract_.equal_titles().toHtmlEscaped()));
    text += u"<p style='color:%1'><b>%2</b></p>"_s.arg(
        c.notice.ink.name(), tr("differs: %1").arg(contract_.differing_titles().toHtmlEscaped()));
    for (const Notice& notice : result()->notices)
        text += u"<p style='color:%1'>! %2</p>"_s.arg(c.notice.ink.name(), Words::known(notice.text).toHtmlEscaped());
    contract_text_->setText(text);
}

void ComparePage::refresh_live() {
    const ComparisonView shown = view();
    const Mode mode = controller_.plan().mode;
    const StackFacts facts = stack_facts();
    const std::array stacks{StackWords::make(shown.sides[0], facts), StackWords::make(shown.sides[1], facts)};
    for (std::size_t i = 0; i < 2; ++i) {
        sides_[i]->show_side(shown.sides[i], stacks[i], stacks[1 - i], mode);
        outputs_[i]->show_output(shown.sides[i].output);
    }
    waterfall_->show_view(shown);
    replay_->setEnabled(waterfall_->can_replay());
    race_note_->setVisible(mode == Mode::race && (result() != nullptr || controller_.busy()));
    memory_->show_view(shown);
    disk_->show_bars(disk_bars(shown));
    cpu_->show_bars(cpu_bars(shown));

    const ExperimentPlan& plan = controller_.plan();
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
        activity_->setText(controls_->summary());
    }
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

void ComparePage::copy_report() {
    if (can_export())
        QGuiApplication::clipboard()->setText(QString::fromStdString(report_table(*result(), {false, 100})));
}

} // namespace isolab
