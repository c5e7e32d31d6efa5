// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/jobs/results_controller.h"

namespace isolab {

ResultsController::ResultsController(SessionHost& host, ResultsSource& source, QObject* parent)
    : QObject(parent), host_(host), source_(source) {}

void ResultsController::list() {
    if (job_)
        host_.records().drop(*job_);
    job_ = host_.records().start([&source = source_](const StopToken&) { return source.list({}); },
                                 [this](Result<std::vector<HistoryEntry>> entries) {
                                     job_.reset();
                                     error_ = entries ? std::nullopt : std::optional(entries.error());
                                     known_ = true;
                                     if (entries)
                                         entries_ = std::move(*entries);
                                     Q_EMIT changed();
                                 });
}

} // namespace isolab
