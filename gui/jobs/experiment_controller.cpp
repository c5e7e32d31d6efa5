// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/jobs/experiment_controller.h"

#include <chrono>

#include "compare/report.h"
#include "engine/base/file_tree.h"

namespace isolab {
namespace {

constexpr std::chrono::milliseconds frame{33};

} // namespace

ExperimentController::ExperimentController(ExperimentSource& source, QObject* parent)
    : QObject(parent), source_(source) {
    pace_.setInterval(frame);
    connect(&pace_, &QTimer::timeout, this, &ExperimentController::poll_feed);
    connect(&runs_, &JobQueue::became_idle, this, &ExperimentController::check_closed);
    connect(&records_, &JobQueue::became_idle, this, &ExperimentController::check_closed);
}

void ExperimentController::open(const std::string& wanted) {
    enter(Stage::opening);
    runs_.start(
        [this, wanted](const StopToken& stop) {
            NoProgress silent;
            return source_.open(wanted, silent, stop);
        },
        [this](Result<std::vector<Workload>> workloads) { on_opened(std::move(workloads)); });
}

void ExperimentController::on_opened(Result<std::vector<Workload>> workloads) {
    if (closing_)
        return;
    if (!workloads) {
        error_ = std::move(workloads).error();
        enter(Stage::unusable);
        return;
    }
    error_.reset();
    workloads_ = std::move(*workloads);
    Q_EMIT workloads_changed();
    enter(Stage::idle);
    runs_.start([this](const StopToken& stop) { return source_.status(stop); },
                [this](Result<SessionStatus> status) {
                    if (!status)
                        return;
                    status_ = std::move(*status);
                    Q_EMIT status_changed();
                });
}

bool ExperimentController::can_start() const noexcept {
    return !closing_ && (stage_ == Stage::idle || stage_ == Stage::finished || stage_ == Stage::failed);
}

void ExperimentController::start(const ExperimentPlan& plan) {
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
                           [this](Result<ExperimentResult> result) { on_finished(std::move(result)); });
    pace_.start();
    enter(Stage::running);
}

void ExperimentController::stop() {
    if (stage_ != Stage::running)
        return;
    runs_.stop(*run_job_);
    enter(Stage::stopping);
}

void ExperimentController::on_finished(Result<ExperimentResult> result) {
    poll_feed();
    pace_.stop();
    run_job_.reset();
    if (result) {
        result_ = std::move(*result);
        enter(result_->runs.empty() && !result_->complete && stage_ == Stage::stopping ? Stage::idle : Stage::finished);
        Q_EMIT result_changed();
        return;
    }
    const bool stopped = result.error().kind == ErrorKind::cancelled && stage_ == Stage::stopping;
    if (!stopped)
        error_ = std::move(result).error();
    enter(!stopped ? Stage::failed : result_ ? Stage::finished : Stage::idle);
}

void ExperimentController::poll_feed() {
    if (!feed_)
        return;
    if (auto result = feed_->take_result()) {
        result_ = std::move(*result);
        Q_EMIT result_changed();
    }
    if (auto live = feed_->take())
        live_ = std::move(*live);
    Q_EMIT live_changed();
}

void ExperimentController::check() {
    records_.start([this](const StopToken&) { return source_.check(); },
                   [this](std::vector<Prerequisite> all) {
                       prerequisites_ = std::move(all);
                       Q_EMIT prerequisites_changed();
                   });
}

void ExperimentController::list_history() {
    records_.start([this](const StopToken&) { return source_.history(); },
                   [this](Result<std::vector<HistoryEntry>> entries) {
                       history_error_ = entries ? std::nullopt : std::optional(entries.error());
                       if (entries)
                           history_ = std::move(*entries);
                       Q_EMIT history_changed();
                   });
}

void ExperimentController::load(const std::string& id) {
    if (!can_start())
        return;
    if (load_job_)
        records_.drop(*load_job_);
    load_job_ = records_.start([this, id](const StopToken&) { return source_.load(id); },
                               [this](Result<ExperimentResult> result) {
                                   load_job_.reset();
                                   if (!result) {
                                       error_ = std::move(result).error();
                                       enter(Stage::failed);
                                       return;
                                   }
                                   plan_ = result->plan;
                                   result_ = std::move(*result);
                                   live_ = {};
                                   feed_.reset();
                                   enter(Stage::finished);
                                   Q_EMIT result_changed();
                                   Q_EMIT loaded();
                               });
}

void ExperimentController::export_result(const std::string& file) {
    if (!result_)
        return;
    records_.start(
        [file, result = *result_](const StopToken&) -> std::optional<Error> {
            const auto written = write_file_atomically(file, report_json(result).dump(2) + "\n");
            return written ? std::nullopt : std::optional(written.error().within("export the report", file));
        },
        [this, file](const std::optional<Error>& error) { Q_EMIT export_finished(file, error); });
}

void ExperimentController::close() {
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

void ExperimentController::check_closed() {
    if (closing_ && source_closed_ && runs_.idle() && records_.idle())
        Q_EMIT closed();
}

void ExperimentController::enter(Stage stage) {
    stage_ = stage;
    Q_EMIT stage_changed();
}

} // namespace isolab
