// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/jobs/comparison_controller.h"

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

ComparisonController::ComparisonController(SessionHost& host, ComparisonSource& source, QObject* parent)
    : QObject(parent), host_(host), source_(source) {
    connect(&pace_, &QTimer::timeout, this, &ComparisonController::poll_feed);
    connect(&host, &SessionHost::state_changed, this, &ComparisonController::stage_changed);
    connect(&host, &SessionHost::measuring_changed, this, &ComparisonController::stage_changed);
    connect(&host, &SessionHost::closing_began, this, [this] {
        stop();
        Q_EMIT stage_changed();
    });
}

Stage ComparisonController::stage() const noexcept {
    switch (host_.state()) {
    case SessionHost::State::opening:
        return Stage::opening;
    case SessionHost::State::unusable:
        return Stage::unusable;
    case SessionHost::State::open:
        break;
    }
    return stage_;
}

const std::optional<Error>& ComparisonController::error() const noexcept {
    return host_.state() == SessionHost::State::unusable ? host_.error() : error_;
}

std::chrono::milliseconds ComparisonController::frame() const noexcept {
    return plan_.mode == Mode::race ? race_frame : measured_frame;
}

void ComparisonController::start(const ComparisonPlan& plan) {
    if (!can_start())
        return;
    if (load_job_)
        host_.records().drop(*load_job_);
    load_job_.reset();
    plan_ = plan;
    error_.reset();
    result_.reset();
    live_ = {};
    feed_ = std::make_shared<LiveFeed>();
    stage_ = Stage::running;
    host_.measure(
        [&source = source_, plan, feed = feed_](const StopToken& stop) { return source.run(plan, *feed, stop); },
        [this](Result<ComparisonResult> result) { on_finished(std::move(result)); });
    pace_.start(frame());
}

void ComparisonController::stop() {
    if (stage_ != Stage::running)
        return;
    host_.stop_measuring();
    enter(Stage::stopping);
}

void ComparisonController::on_finished(Result<ComparisonResult> result) {
    poll_feed();
    pace_.stop();
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

void ComparisonController::load(const std::string& id) {
    if (!can_start())
        return;
    if (load_job_)
        host_.records().drop(*load_job_);
    load_job_ = host_.records().start([&source = source_, id](const StopToken&) { return source.load(id); },
                                      [this](Result<ComparisonResult> result) { on_loaded(std::move(result)); });
}

void ComparisonController::on_loaded(Result<ComparisonResult> result) {
    load_job_.reset();
    if (!result) {
        error_ = std::move(result).error();
        enter(Stage::failed);
        return;
    }
    error_.reset();
    plan_ = result->plan;
    result_ = std::make_shared<const ComparisonResult>(std::move(*result));
    live_ = {};
    feed_.reset();
    enter(Stage::finished);
    Q_EMIT result_changed();
    Q_EMIT loaded();
}

void ComparisonController::export_result(const std::string& file) {
    if (!result_)
        return;
    host_.records().start(
        [file, result = result_](const StopToken&) -> std::optional<Error> {
            const auto written = write_user_file(file, sealed(report_json(*result)).dump(2) + "\n");
            return written ? std::nullopt : std::optional(written.error().within("export the report", file));
        },
        [this, file](const std::optional<Error>& error) { Q_EMIT export_finished(file, error); });
}

void ComparisonController::enter(Stage stage) {
    stage_ = stage;
    Q_EMIT stage_changed();
}

} // namespace isolab
