// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/book_lines.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <QDateTime>

#include "compare/textbook/row.h"
#include "gui/models/words.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

QString date_of(Nanoseconds time) {
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(time);
    return QDateTime::fromMSecsSinceEpoch(since.count()).toString(u"yyyy-MM-dd HH:mm"_s);
}

/// The figure's name and condition before it, as a row of the book has but one line.
QString headline(const BookRow& row) {
    const QString measured = Words::fact(row.measured);
    if (!row.answered)
        return measured;
    QString name = Words::fact(row.name);
    if (!row.condition.empty())
        name += u", "_s + Words::fact(row.condition);
    return name.isEmpty() ? measured : Words::labelled(name, measured);
}

void tell_result(BookLine& line, const MeasuredExperiment& measured) {
    const ExperimentResult& result = measured.result;
    const BookRow& row = headline_row(measured.rows);
    line.measured = headline(row);
    line.doubt = Words::fact(row.doubt);
    line.note = date_of(result.started_at);
    line.state = !ended_by_itself(result) && !result.error ? BookLine::State::cut_short
                 : row.answered                            ? BookLine::State::measured
                                                           : BookLine::State::impossible;
}

QString claim_words(const Experiment& experiment) {
    const Claim* claim = find_claim(experiment.claim);
    return claim == nullptr ? QString() : Words::fact(claim->words);
}

} // namespace

std::vector<BookLine> BookLines::lines(const SuiteController& suite) {
    std::vector<BookLine> all;
    for (const Experiment& experiment : suite.suite().experiments) {
        BookLine line;
        line.id = experiment.id;
        line.subject = Words::fact(experiment.title);
        line.claim = claim_words(experiment);
        if (const auto result = suite.result(experiment.id))
            tell_result(line, *result);
        const auto& planned = suite.planned();
        const bool awaited = std::ranges::find(planned, experiment.id) != planned.end();
        if (awaited && !suite.has_ended(experiment.id)) {
            const bool now = suite.live().experiment == experiment.id;
            line.state = now ? BookLine::State::measuring : BookLine::State::waiting;
            line.share = now ? share_of(suite.live()) : 0;
            line.note = !now ? tr("waiting")
                        : suite.live().parts == 0
                            ? tr("preparing")
                            : tr("part %1 of %2").arg(suite.live().part + 1).arg(suite.live().parts);
        }
        all.push_back(std::move(line));
    }
    return all;
}

QString BookLines::spoken(const BookLine& line) {
    QStringList parts;
    if (!line.claim.isEmpty())
        parts << tr("the book says %1").arg(line.claim);
    if (line.state == BookLine::State::empty)
        parts << tr("not measured yet");
    if (line.state == BookLine::State::measuring)
        parts << tr("being measured");
    if (line.state == BookLine::State::cut_short)
        parts << tr("stopped half-way");
    for (const QString& text : {line.measured, line.doubt, line.note})
        if (!text.isEmpty())
            parts << text;
    return Words::labelled(line.subject, parts.join(u"; "_s));
}

QString BookLines::activity(const SuiteController& suite) {
    if (!suite.busy())
        return {};
    if (suite.state() == SuiteController::State::stopping)
        return tr("stopping: the present run is ended cleanly");
    const SuiteLive& live = suite.live();
    const auto& experiments = suite.suite().experiments;
    const auto now = std::ranges::find(experiments, live.experiment, &Experiment::id);
    QStringList parts;
    if (suite.planned().size() > 1) {
        const auto at = std::ranges::find(suite.planned(), live.experiment) - suite.planned().begin();
        parts << tr("%1 of %2").arg(at + 1).arg(suite.planned().size());
    }
    if (now != experiments.end())
        parts << Words::fact(now->title);
    if (!live.what.empty())
        parts << Words::fact(live.what);
    if (live.deployment)
        parts << Words::task(live.deployment->task);
    else if (live.instances > 0)
        parts << tr("%1 instances").arg(live.instances);
    else if (!live.side.empty()) {
        const QString world = Words::fact(world_name(live.side, live.side));
        if (!parts.endsWith(world)) // the part may be the world
            parts << world;
        parts << (live.warmup ? tr("warm-up") : tr("run %1").arg(live.index + 1));
    }
    return parts.join(u" · "_s);
}

QString BookLines::about(Nanoseconds time) {
    const double seconds = std::chrono::duration<double>(time).count();
    if (seconds < 50)
        return tr("about %1 s").arg(std::max(10.0, std::ceil(seconds / 10) * 10));
    if (seconds > 90 * 60)
        return tr("about %1 h").arg(seconds / 3600, 0, 'f', 1);
    return tr("about %1 min").arg(std::max(1.0, std::round(seconds / 60)));
}

QString BookLines::time_left(std::optional<Nanoseconds> time) {
    return !time ? QString() : time->count() == 0 ? tr("almost done") : tr("%1 left", "time").arg(about(*time));
}

Document BookLines::unmeasured(const Experiment& experiment) {
    Document document;
    document.title = Words::fact(experiment.title).toStdString();
    document.language = Words::language().toStdString();
    const auto add = [&document](DocumentBlock::Kind kind, const QString& text) {
        DocumentBlock block;
        block.kind = kind;
        block.level = 1;
        block.text = text.toStdString();
        if (!text.isEmpty())
            document.blocks.push_back(std::move(block));
    };
    add(DocumentBlock::Kind::heading, Words::fact(experiment.title));
    add(DocumentBlock::Kind::paragraph, Words::fact(experiment.summary));
    if (const Claim* claim = find_claim(experiment.claim)) {
        QString says = Words::fact(Fact::said("report.book_says", {claim->words}));
        for (const std::string& sentence : {claim->machine_sentence, claim->container_sentence})
            if (!sentence.empty())
                says += u" “%1”"_s.arg(QString::fromStdString(sentence));
        add(DocumentBlock::Kind::caption, says);
    }
    QStringList worlds;
    for (const std::string& world : experiment.worlds)
        worlds << Words::fact(world_name(world, world));
    add(DocumentBlock::Kind::caption, tr("Measured in: %1").arg(worlds.join(tr(", ", "list"))));
    return document;
}

} // namespace isolab
