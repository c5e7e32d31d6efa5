// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/words.h"

#include <algorithm>

namespace isolab {

using namespace Qt::StringLiterals;

QString Words::world(World world) { return world == World::vm ? tr("Virtual machine") : tr("Container"); }

QString Words::phase(Phase phase) {
    switch (phase) {
    case Phase::prepare:
        return tr("prepare");
    case Phase::create:
        return tr("create");
    case Phase::firmware:
        return tr("firmware");
    case Phase::kernel:
        return tr("kernel");
    case Phase::setup:
        return tr("setup");
    case Phase::exec:
        return tr("exec");
    case Phase::ready:
        return tr("ready");
    case Phase::stop:
        return tr("stop");
    }
    return {};
}

QString Words::phase_meaning(World world, Phase phase) {
    const bool vm = world == World::vm;
    switch (phase) {
    case Phase::prepare:
        return vm ? tr("A writable disk layer and the description of the machine are made.")
                  : tr("A writable layer over the image and the plan of its mounts are made.");
    case Phase::create:
        return vm ? tr("libvirt defines the machine and QEMU starts.")
                  : tr("The control group is made and the launcher starts.");
    case Phase::firmware:
        return vm ? tr("The virtual CPU runs the firmware until the guest's kernel begins.")
                  : tr("A container has no firmware.");
    case Phase::kernel:
        return vm ? tr("The guest's own kernel boots until its first process runs.")
                  : tr("A container uses the host's kernel, which runs already.");
    case Phase::setup:
        return vm ? tr("The guest loads modules, mounts its disk and sets up its network.")
                  : tr("Namespaces, mounts, capabilities and the system call filter are set up.");
    case Phase::exec:
        return tr("The workload's program is executed.");
    case Phase::ready:
        return tr("The workload works until its readiness condition holds.");
    case Phase::stop:
        return tr("From the end of the workload until nothing of the instance is left.");
    }
    return {};
}

QString Words::state(SideView::State state) {
    switch (state) {
    case SideView::State::none:
        return tr("not run yet");
    case SideView::State::waiting:
        return tr("waiting");
    case SideView::State::deploying:
        return tr("deploying");
    case SideView::State::starting:
        return tr("starting");
    case SideView::State::ready:
        return tr("ready");
    case SideView::State::finished:
        return tr("done");
    case SideView::State::failed:
        return tr("failed");
    }
    return {};
}

QString Words::prerequisite_state(Prerequisite::State state) {
    switch (state) {
    case Prerequisite::State::found:
        return tr("found");
    case Prerequisite::State::missing:
        return tr("missing");
    case Prerequisite::State::unusable:
        return tr("unusable");
    }
    return {};
}

QString Words::known(const std::string& english) { return QCoreApplication::translate("Catalogue", english.c_str()); }

QString Words::run_progress(const ExperimentPlan& plan, const LiveExperiment& live) {
    if (live.deployment) {
        const QString task = known(live.deployment->task);
        return live.deployment->total == 0
                   ? tr("deploying: %1").arg(task)
                   : tr("deploying: %1, %2 %").arg(task).arg(100 * live.deployment->done / live.deployment->total);
    }
    if (!live.active)
        return tr("preparing");
    const LiveSide& side = live.side(*live.active);
    const QString run = side.warmup ? tr("warm-up") : tr("run %1 of %2").arg(side.index + 1).arg(plan.runs);
    if (plan.mode == Mode::race)
        return tr("race · both at the same moment");
    QString text = run + u" · "_s + world(*live.active).toLower();
    if (side.state == LiveSide::State::starting && !side.phases.empty()) {
        const auto next = static_cast<std::size_t>(side.phases.back().phase) + 1;
        text += u" · "_s + phase(static_cast<Phase>(std::min(next, phase_count - 1)));
    } else if (side.state == LiveSide::State::starting) {
        text += u" · "_s + phase(Phase::prepare);
    }
    return text;
}

QString Words::error(const Error& error) { return QString::fromStdString(error.message()); }

} // namespace isolab
