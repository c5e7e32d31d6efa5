// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/words.h"

#include <algorithm>
#include <chrono>
#include <map>

#include <QDateTime>
#include <QLocale>

#include "compare/model/world.h"
#include "engine/base/text.h"
#include "gui/models/figure.h"

namespace isolab {

using namespace Qt::StringLiterals;

namespace {

/// `pattern` with the values in place of %1, %2, …; what a value says is not searched again.
QString filled(const QString& pattern, const std::vector<Fact>& values) {
    QString text;
    for (qsizetype i = 0; i < pattern.size(); ++i) {
        const int place = pattern[i] == u'%' && i + 1 < pattern.size() ? pattern[i + 1].digitValue() : -1;
        if (place < 1)
            text += pattern[i];
        else if (++i; place <= static_cast<int>(values.size()))
            text += Words::fact(values[static_cast<std::size_t>(place - 1)]);
    }
    return text;
}

} // namespace

QString Words::world(const std::string& id) { return fact(world_of_id(id).title); }

QString Words::marked(const QString& name, bool emulated) { return emulated ? tr("%1 · TCG").arg(name) : name; }

QString Words::marked_world(const SideView& side) { return marked(world(side.world), is_emulated(side.marks)); }

QString Words::labelled(const QString& name, const QString& text) { return tr("%1: %2").arg(name, text); }

QString Words::sentences(const QString& first, const QString& second) {
    return first.isEmpty() || second.isEmpty() ? first + second : tr("%1 %2", "two sentences").arg(first, second);
}

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

QString Words::phase_meaning(const std::string& world, Phase phase) {
    const bool vm = boots_kernel(world);
    const bool native = steps_of_world(world).base == "native";
    switch (phase) {
    case Phase::prepare:
        return vm ? tr("A writable disk layer and the description of the machine are made.")
                  : tr("A writable layer over the image and the plan of its mounts are made.");
    case Phase::create:
        return vm       ? tr("libvirt defines the machine and QEMU starts.")
               : native ? tr("The launcher starts.")
                        : tr("The control group is made and the launcher starts.");
    case Phase::firmware:
        return vm ? tr("The virtual CPU runs the firmware until the guest's kernel begins.")
                  : tr("A container has no firmware.");
    case Phase::kernel:
        return vm ? tr("The guest's own kernel boots until its first process runs.")
                  : tr("A container uses the host's kernel, which runs already.");
    case Phase::setup:
        return vm       ? tr("The guest loads modules, mounts its disk and sets up its network.")
               : native ? tr("The image's files become the root folder of the process.")
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

QString Words::fact(const Fact& fact) {
    if (fact.unit == "count")
        return QString::number(fact.number, 'f', 0);
    if (fact.unit == "ratio")
        return ratio_figure(fact.number).text();
    if (!fact.unit.empty())
        return metric_figure(fact.number, fact.unit).text();
    if (fact.id.empty())
        return known(fact.text);
    const char* pattern = fact_text(fact.id);
    return pattern != nullptr ? filled(QCoreApplication::translate("Facts", pattern), fact.values)
                              : QString::fromStdString(fact.id);
}

QString Words::headline(const std::string& english) {
    const QString separator = u", "_s;
    const auto statement = [](const QString& text) {
        return QCoreApplication::translate("Facts", text.toUtf8().constData());
    };
    QStringList parts;
    for (QString part : QString::fromStdString(plain_text(english)).split(separator)) {
        QString row;
        if (const auto colon = part.indexOf(u": "_s); colon > 0) {
            row = statement(part.first(colon));
            part = part.sliced(colon + 2);
        }
        // The longest beginning that is the id or the title of a world.
        for (auto end = part.size(); end > 0; end = part.lastIndexOf(u' ', end - 1)) {
            const QString name = part.first(end);
            const QString of_id = world(name.toStdString());
            const QString title = of_id == name ? statement(name) : of_id;
            if (title != name) {
                part.replace(0, end, title);
                break;
            }
        }
        parts << (row.isEmpty() ? part : labelled(row, part));
    }
    return parts.join(separator);
}

QString Words::task(const std::string& id) {
    static const std::map<std::string, const char*> names{
        {"build-tree", QT_TRANSLATE_NOOP("Words", "copying the image's files")},
        {"make-disk", QT_TRANSLATE_NOOP("Words", "building the machine's disk")},
        {"unpack-layer", QT_TRANSLATE_NOOP("Words", "unpacking the image")},
        {"import-image", QT_TRANSLATE_NOOP("Words", "importing the image")},
    };
    const auto found = names.find(id);
    return found == names.end() ? tr("preparing the image") : tr(found->second);
}

QString Words::result_line(const ComparisonResult& result) {
    const auto started = std::chrono::duration_cast<std::chrono::milliseconds>(result.started_at);
    const QString when = QLocale().toString(QDateTime::fromMSecsSinceEpoch(started.count()), u"yyyy-MM-dd HH:mm"_s);
    const QString what = known(result.plan.workload.title);
    return result.plan.mode == Mode::race ? tr("%1 · a race · %2").arg(what, when)
                                          : tr("%1 · %2 runs per side · %3").arg(what).arg(result.plan.runs).arg(when);
}

QString Words::run_progress(const ComparisonPlan& plan, const LiveComparison& live) {
    if (live.deployment) {
        const QString task = Words::task(live.deployment->task);
        return live.deployment->total == 0
                   ? tr("deploying: %1").arg(task)
                   : tr("deploying: %1, %2 %").arg(task).arg(100 * live.deployment->done / live.deployment->total);
    }
    if (live.active.empty())
        return tr("preparing");
    const LiveSide& side = live.side(live.active);
    if (side.state == LiveSide::State::deploying || side.started_at.count() == 0)
        return tr("deploying: %1").arg(world(live.active));
    if (plan.mode == Mode::race)
        return tr("race · all at the same moment");
    QStringList parts{side.warmup ? tr("warm-up") : tr("run %1 of %2").arg(side.index + 1).arg(plan.runs),
                      world(live.active)};
    if (side.state == LiveSide::State::starting)
        parts << phase(next_phase(live.active, side.phases));
    return parts.join(u" · "_s);
}

QString Words::language() { return tr("en", "the code of this language"); }

QString Words::error(const Error& error) { return QString::fromStdString(error.message()); }

} // namespace isolab
