// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/jobs/results_controller.h"

#include <algorithm>

#include "compare/report/any_result.h"
#include "compare/report/overlay.h"
#include "gui/models/local_time.h"
#include "gui/models/speech.h"

namespace isolab {
namespace {

std::vector<OverlaidResult> overlaid(const std::vector<HistoryEntry>& entries,
                                     const std::map<std::string, std::shared_ptr<const AnyResult>>& loaded) {
    std::vector<OverlaidResult> results;
    for (const HistoryEntry& entry : entries) {
        const auto& any = loaded.at(entry.id);
        if (const auto* comparison = std::get_if<ComparisonResult>(any.get()))
            results.push_back({std::shared_ptr<const ComparisonResult>(any, comparison),
                               local_time(entry.started).toStdString(), entry.origin});
    }
    std::ranges::stable_sort(results, {}, [](const OverlaidResult& one) { return one.result->started_at; });
    return results;
}

} // namespace

ResultsController::ResultsController(SessionHost& host, ResultsSource& source, QObject* parent)
    : QObject(parent), host_(host), source_(source) {
    connect(&host, &SessionHost::measuring_changed, this, [this] {
        if (!host_.measuring() && !host_.closing() && known_)
            list();
    });
    connect(&host, &SessionHost::state_changed, this, [this] {
        if (waits_for_session_ && host_.state() != SessionHost::State::opening)
            list();
    });
}

void ResultsController::list() {
    waits_for_session_ = host_.state() != SessionHost::State::open;
    if (host_.state() == SessionHost::State::opening)
        return;
    if (waits_for_session_) {
        error_ = host_.error();
        known_ = true;
        Q_EMIT changed();
        return;
    }
    if (list_job_)
        host_.records().drop(*list_job_);
    HistoryFilter asked = filter_;
    asked.most = std::max(filter_.most, page) + 1; // one more tells whether there are more
    list_job_ = host_.records().start(
        [&source = source_, asked](const StopToken& stop) -> Result<std::vector<HistoryEntry>> {
            ISOLAB_TRY(stop.check("list results")); // a newer wish came before this one's turn
            return source.list(asked);
        },
        [this, most = asked.most - 1](Result<std::vector<HistoryEntry>> entries) {
            list_job_.reset();
            error_ = entries ? std::nullopt : std::optional(entries.error());
            known_ = true;
            if (entries) {
                has_more_ = entries->size() > most;
                if (has_more_)
                    entries->resize(most);
                entries_ = std::move(*entries);
            }
            Q_EMIT changed();
        });
}

void ResultsController::set_filter(const HistoryFilter& filter) {
    filter_ = filter;
    filter_.most = page;
    list();
}

void ResultsController::show_more() {
    filter_.most = std::max(filter_.most, page) + page;
    list();
}

void ResultsController::show(std::vector<HistoryEntry> entries) { load_shown(std::move(entries), shown_.figure); }

void ResultsController::show_figure(const std::string& figure) { load_shown(shown_.entries, figure); }

void ResultsController::load_shown(std::vector<HistoryEntry> entries, const std::string& figure) {
    if (show_job_)
        host_.records().drop(*show_job_);
    show_job_.reset();
    if (entries.empty()) {
        loaded_.clear();
        shown_ = {{}, {}, {}, figure};
        shown_error_.reset();
        Q_EMIT shown_changed();
        return;
    }
    show_job_ =
        host_.records().start([&source = source_, entries = std::move(entries), figure, loaded = loaded_](
                                  const StopToken& stop) { return make(source, entries, figure, loaded, stop); },
                              [this](Result<Made> made) { on_shown(std::move(made)); });
}

void ResultsController::on_shown(Result<Made> made) {
    show_job_.reset();
    shown_error_ = made ? std::nullopt : std::optional(made.error());
    if (made) {
        shown_ = std::move(made->shown);
        loaded_ = std::move(made->loaded);
    } else {
        shown_ = {{}, {}, {}, shown_.figure};
        loaded_.clear();
    }
    Q_EMIT shown_changed();
}

/// `loaded`: those that are known already.
Result<ResultsController::Made> ResultsController::make(ResultsSource& source, std::vector<HistoryEntry> entries,
                                                        const std::string& figure, const Loaded& loaded,
                                                        const StopToken& stop) {
    Made made;
    for (const HistoryEntry& entry : entries) {
        ISOLAB_TRY(stop.check("read results"));
        auto& any = made.loaded[entry.id];
        if (const auto known = loaded.find(entry.id); known != loaded.end() && entry.complete) {
            any = known->second;
        } else {
            ISOLAB_ASSIGN(AnyResult result, source.load_any(entry.id));
            any = std::make_shared<const AnyResult>(std::move(result));
        }
        made.shown.parts += part_ids(*any).size();
    }
    made.shown.figure = figure;
    if (entries.size() == 1) {
        made.shown.document = document_of(*made.loaded.at(entries.front().id), window_speech());
    } else {
        const std::vector<OverlaidResult> results = overlaid(entries, made.loaded);
        made.shown.figures = overlay_figures(results);
        const auto& figures = made.shown.figures;
        if (!figures.empty() && std::ranges::find(figures, figure) == figures.end())
            made.shown.figure = figures.front();
        made.shown.document = overlay_document(results, made.shown.figure, window_speech());
    }
    made.shown.entries = std::move(entries);
    return made;
}

/// Runs `work(ResultsSource&) -> ResultsReport` and tells how it went.
template <class Work> void ResultsController::change(ResultsReport::Action action, Work work) {
    host_.records().start([&source = source_, work = std::move(work)](const StopToken&) { return work(source); },
                          [this, action](ResultsReport report) {
                              report.action = action;
                              Q_EMIT reported(report);
                              if (action != ResultsReport::Action::exported)
                                  list();
                          });
}

void ResultsController::change_tags(const std::string& id, const std::vector<std::string>& added,
                                    const std::vector<std::string>& removed) {
    change(ResultsReport::Action::tags, [id, added, removed](ResultsSource& source) {
        ResultsReport report;
        if (const auto changed = source.change_tags(id, added, removed); !changed)
            report.error = changed.error();
        return report;
    });
}

void ResultsController::set_note(const std::string& id, const std::string& note) {
    change(ResultsReport::Action::note, [id, note](ResultsSource& source) {
        ResultsReport report;
        if (const auto written = source.set_note(id, note); !written)
            report.error = written.error();
        return report;
    });
}

void ResultsController::remove(const std::vector<std::string>& ids) {
    change(ResultsReport::Action::removed, [ids](ResultsSource& source) {
        ResultsReport report;
        report.count = ids.size();
        if (const auto removed = source.remove_all(ids); !removed)
            report.error = removed.error();
        return report;
    });
}

void ResultsController::export_results(const std::vector<std::string>& ids, ResultFormat format,
                                       const std::string& file, bool is_private) {
    change(ResultsReport::Action::exported, [ids, format, file, is_private](ResultsSource& source) {
        ResultsReport report{.file = file, .count = ids.size()};
        std::vector<PortableResult> results;
        for (const std::string& id : ids) {
            auto one = source.portable(id, is_private);
            if (!one) {
                report.error = std::move(one).error();
                return report;
            }
            results.push_back(std::move(*one));
        }
        if (const auto written = write_results(results, format, file, window_speech()); !written)
            report.error = written.error().within("export results", file);
        return report;
    });
}

void ResultsController::import_file(const std::string& file) {
    change(ResultsReport::Action::imported, [file](ResultsSource& source) {
        ResultsReport report{.file = file};
        const auto outcomes = read_results(file).and_then(
            [&](const std::vector<PortableResult>& results) { return source.import_results(results); });
        if (!outcomes) {
            report.error = outcomes.error();
            return report;
        }
        report.count = static_cast<std::size_t>(std::ranges::count_if(*outcomes, &ImportOutcome::taken));
        report.there_already = outcomes->size() - report.count;
        return report;
    });
}

} // namespace isolab
