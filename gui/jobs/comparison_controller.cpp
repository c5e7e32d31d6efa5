// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/jobs/comparison_controller.h"

#include <chrono>

#include "compare/report/document_check.h"
#include "compare/report/report.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

/// What draws on the processors that are being measured draws rarely; a race is for the eye.
constexpr std::chrono::milliseconds measured_frame{100};
constexpr std::chrono::milliseconds race_frame{33};

} // namespace

ComparisonController::ComparisonController(ComparisonSource& source, QObject* parent)
    : QObject(parent), source_(source) {
    connect(&pace_, &QTimer::timeout, this, &ComparisonController::poll_feed);
    connect(&runs_, &JobQueue::became_idle, this, &ComparisonController::check_closed);
    connect(&records_, &JobQueue::became_idle, this, &ComparisonController::check_closed);
}

void ComparisonController::open(const std::string& wanted) {
    wanted_ = wanted;
    open_again();
}

void ComparisonController::open_again() {
    enter(Stage::opening);
    runs_.start(
        [this, wanted = wanted_](const StopToken& stop) {
            NoProgress silent;
            return source_.open(wanted, silent, stop);
        },
        [this](Result<Catalogue> catalogue) { on_opened(std::move(catalogue)); });
}

void ComparisonController::on_opened(Result<Catalogue> catalogue) {
    if (closing_)
        return;
    if (!catalogue) {
        error_ = std::move(catalogue).error();
        status_error_ = error_;
        enter(Stage::unusable);
        Q_EMIT status_changed();
        return;
    }
    error_.reset();
    catalogue_ = std::move(*catalogue);
    Q_EMIT workloads_changed();
    enter(Stage::idle);
    ask_status();
}

void ComparisonController::ask_status() {
    status_error_.reset();
    runs_.start([this](const StopToken& stop) { return source_.status(stop); },
                [this](Result<SessionStatus> status) {
                    if (status)
                        status_ = std::move(*status);
                    else
                        status_error_ = std::move(status).error();
                    Q_EMIT status_changed();
                });
}

bool ComparisonController::can_start() const noexcept {
    return !closing_ && (stage_ == Stage::idle || stage_ == Stage::finished || stage_ == Stage::failed);
}

std::chrono::milliseconds ComparisonController::frame() const noexcept {
    return plan_.mode == Mode::race ? race_frame : measured_frame;
}

void ComparisonController::start(const ComparisonPlan& plan) {
    if (!can_start())
        return;
    if (load_job_)
        records_.drop(*load_job_);
    load_job_.reset();
    plan_ = plan;
    error_.reset();
    result_.reset();
    live_ = {};
    feed_ = std::make_shared<LiveFeed>();
    run_job_ = runs_.start([this, plan, feed = feed_](const StopToken& stop) { return source_.run(plan, *feed, stop); },
                           [this](Result<ComparisonResult> result) { on_finished(std::move(result)); });
    pace_.start(frame());
    enter(Stage::running);
}

void ComparisonController::stop() {
    if (stage_ != Stage::running)
        return;
    runs_.stop(*run_job_);
    enter(Stage::stopping);
}

void ComparisonController::on_finished(Result<ComparisonResult> result) {
    poll_feed();
    pace_.stop();
    run_job_.reset();
    const bool stopped = stage_ == Stage::stopping;
    if (result) {
        const bool nothing = result->runs.empty() && !result->complete && stopped;
        result_ = nothing ? nullptr : std::make_shared<const ComparisonResult>(std::move(*result));
    } else if (!stopped || result.error().kind != ErrorKind::cancelled) {
        error_ = std::move(result).error();
    }
    enter(error_ ? Stage::failed : result_ ? Stage::finished : Stage::idle);
    Q_EMIT result_changed();
}

void ComparisonController::poll_feed() {
    if (!feed_)
        return;
    auto result = feed_->take_result();
    auto live = feed_->take();
    if (live)
        live_ = std::move(*live);
    if (result) {
        result_ = std::move(result);
        Q_EMIT result_changed();
    } else if (live) {
        Q_EMIT live_changed();
    }
}

void ComparisonController::check() {
    records_.start([this](const StopToken&) { return source_.check(); },
                   [this](std::vector<Prerequisite> all) {
                       prerequisites_ = std::move(all);
                       Q_EMIT prerequisites_changed();
                   });
}

void ComparisonController::list_history() {
    records_.start([this](const StopToken&) { return source_.history(); },
                   [this](Result<std::vector<HistoryEntry>> entries) {
                       history_error_ = entries ? std::nullopt : std::optional(entries.error());
                       history_known_ = true;
                       if (entries)
                           history_ = std::move(*entries);
                       Q_EMIT history_changed();
                   });
}

void ComparisonController::load(const std::string& id) {
    if (!can_start())
        return;
    if (load_job_)
        records_.drop(*load_job_);
    load_job_ = records_.start([this, id](const StopToken&) { return source_.load(id); },
                               [this](Result<ComparisonResult> result) {
                                   load_job_.reset();
                                   if (!result) {
                                       error_ = std::move(result).error();
                                       enter(Stage::failed);
                                       return;
                                   }
                                   plan_ = result->plan;
                                   result_ = std::make_shared<const ComparisonResult>(std::move(*result));
                                   live_ = {};
                                   feed_.reset();
                                   enter(Stage::finished);
                                   Q_EMIT result_changed();
                                   Q_EMIT loaded();
                               });
}

void ComparisonController::export_result(const std::string& file) {
    if (!result_)
        return;
    records_.start(
        [file, result = result_](const StopToken&) -> std::optional<Error> {
            const auto written = write_user_file(file, sealed(report_json(*result)).dump(2) + "\n");
            return written ? std::nullopt : std::optional(written.error().within("export the report", file));
        },
        [this, file](const std::optional<Error>& error) { Q_EMIT export_finished(file, error); });
}

void ComparisonController::close() {
    if (closing_)
        return;
    closing_ = true;
    records_.drop_all();
    if (stage_ == Stage::running)
        stop();
    else if (stage_ != Stage::stopping)
        runs_.drop_all();
    runs_.start(
        [this](const StopToken&) {
            source_.close();
            return true;
        },
        [this](bool) { source_closed_ = true; });
    Q_EMIT stage_changed();
}

void ComparisonController::check_closed() {
    if (closing_ && source_closed_ && runs_.idle() && records_.idle())
        Q_EMIT closed();
}

void ComparisonController::enter(Stage stage) {
    stage_ = stage;
    Q_EMIT stage_changed();
}

} // namespace isolab
