// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/jobs/suite_controller.h"

#include <algorithm>
#include <utility>

#include "compare/textbook/row.h"
#include "engine/base/clock.h"
#include "engine/base/random_id.h"
#include "engine/base/utc_time.h"

namespace isolab {
namespace {

constexpr std::chrono::milliseconds suite_frame{100};
constexpr double slowest_pace = 10;

/// Something that a reader can be told: a figure, or why there is none.
bool tells_something(const MeasuredExperiment& measured) {
    return measured.result.error.has_value() || std::ranges::any_of(measured.rows, &BookRow::answered);
}

std::optional<Error> error_of(const Result<SuiteResult>& result) {
    return result ? std::nullopt : std::optional(result.error());
}

std::optional<Error> error_of(const Result<ExperimentResult>& result) {
    return result ? std::nullopt : std::optional(result.error());
}

} // namespace

SuiteController::SuiteController(SessionHost& host, ExperimentSource& source, std::string suite, QObject* parent)
    : QObject(parent), host_(host), source_(source), suite_id_(std::move(suite)) {
    connect(&pace_, &QTimer::timeout, this, &SuiteController::poll_feed);
    connect(&host, &SessionHost::state_changed, this, &SuiteController::on_host_changed);
    connect(&host, &SessionHost::measuring_changed, this, &SuiteController::state_changed);
    connect(&host, &SessionHost::closing_began, this, [this] {
        stop();
        Q_EMIT state_changed();
    });
}

SuiteController::State SuiteController::state() const noexcept {
    switch (host_.state()) {
    case SessionHost::State::opening:
        return State::opening;
    case SessionHost::State::unusable:
        return State::unusable;
    case SessionHost::State::open:
        break;
    }
    return state_;
}

const std::optional<Error>& SuiteController::error() const noexcept {
    return host_.state() == SessionHost::State::unusable ? host_.error() : error_;
}

bool SuiteController::can_start() const noexcept {
    return host_.can_measure() && !busy() && state_ != State::loading && !suite_.experiments.empty();
}

MeasuredPointer SuiteController::result(const std::string& experiment) const {
    const auto found = results_.find(experiment);
    return found == results_.end() ? nullptr : found->second;
}

SuiteResult SuiteController::results() const {
    SuiteResult all;
    all.suite = suite_.id;
    all.title = suite_.title;
    for (const Experiment& experiment : suite_.experiments)
        if (const MeasuredPointer measured = result(experiment.id)) {
            const ExperimentResult* one = &measured->result;
            const bool first = all.experiments.empty();
            all.started_at = first ? one->started_at : std::min(all.started_at, one->started_at);
            all.finished_at = std::max(all.finished_at, one->finished_at);
            all.experiments.push_back(*one);
        }
    if (all.experiments.empty())
        return all;
    all.id = all.experiments.front().part_of;
    const bool of_one_run = !all.id.empty() && std::ranges::all_of(all.experiments, [&](const ExperimentResult& each) {
        return each.part_of == all.id;
    });
    if (!of_one_run) // put together here: a result of its own
        all.id = utc_stamp(all.finished_at) + "-" + random_hex(4);
    for (ExperimentResult& each : all.experiments)
        each.part_of = all.id;
    all.complete = all.experiments.size() == suite_.experiments.size() &&
                   std::ranges::all_of(all.experiments, &ExperimentResult::complete);
    return all;
}

void SuiteController::on_host_changed() {
    if (host_.state() == SessionHost::State::open && !host_.closing())
        load();
    else
        Q_EMIT state_changed();
}

void SuiteController::choose(bool quick) {
    if (busy() || quick == quick_)
        return;
    quick_ = quick;
    if (host_.state() == SessionHost::State::open && !host_.closing())
        load();
}

void SuiteController::load() {
    if (busy())
        return;
    if (load_job_)
        host_.records().drop(*load_job_);
    load_job_ = host_.records().start(
        [&source = source_, id = suite_id_, quick = quick_](const StopToken&) -> Result<Saved> {
            ISOLAB_ASSIGN(Suite suite, source.suite(id, quick));
            ISOLAB_ASSIGN(std::vector<ExperimentResult> results, source.saved(suite));
            Saved saved{std::move(suite), {}};
            for (ExperimentResult& result : results)
                saved.results.push_back(std::make_shared<const MeasuredExperiment>(std::move(result)));
            return saved;
        },
        [this](Result<Saved> saved) { on_loaded(std::move(saved)); });
    enter(State::loading);
}

void SuiteController::on_loaded(Result<Saved> saved) {
    load_job_.reset();
    if (!saved) {
        error_ = std::move(saved).error();
        show({});
        enter(State::failed);
    } else {
        error_.reset();
        was_stopped_ = false;
        show(std::move(*saved));
        enter(State::idle);
    }
    Q_EMIT results_changed();
}

void SuiteController::show(Saved saved) {
    suite_ = std::move(saved.suite);
    results_.clear();
    usual_times_.clear();
    for (const MeasuredPointer& each : saved.results)
        keep(each);
}

void SuiteController::keep(const MeasuredPointer& measured) {
    const ExperimentResult& result = measured->result;
    const std::string& id = result.experiment.id;
    const auto planned = std::ranges::find(suite_.experiments, id, &Experiment::id);
    if (planned == suite_.experiments.end())
        return;
    if (ended_by_itself(result) && made_alike(*planned, result.experiment))
        usual_times_[id] = result.finished_at - result.started_at;
    if (!results_.contains(id) || ended_by_itself(result) || tells_something(*measured))
        results_[id] = measured;
}

void SuiteController::start() {
    std::vector<std::string> all;
    for (const Experiment& experiment : suite_.experiments)
        all.push_back(experiment.id);
    if (!can_start())
        return;
    begin(std::move(all));
    host_.measure([&source = source_, suite = suite_,
                   feed = feed_](const StopToken& stop) { return error_of(source.run(suite, *feed, stop)); },
                  [this](const std::optional<Error>& error) { on_finished(error); });
}

void SuiteController::start(const std::string& experiment) {
    const auto found = std::ranges::find(suite_.experiments, experiment, &Experiment::id);
    if (!can_start() || found == suite_.experiments.end())
        return;
    begin({experiment});
    host_.measure([&source = source_, experiment = *found,
                   feed = feed_](const StopToken& stop) { return error_of(source.run(experiment, *feed, stop)); },
                  [this](const std::optional<Error>& error) { on_finished(error); });
}

void SuiteController::begin(std::vector<std::string> planned) {
    error_.reset();
    was_stopped_ = false;
    planned_ = std::move(planned);
    ended_.clear();
    former_times_ = usual_times_;
    live_ = {};
    live_.experiment = planned_.front();
    live_.begun_at = monotonic_now();
    feed_ = std::make_shared<SuiteFeed>();
    state_ = State::running;
    pace_.start(suite_frame);
}

void SuiteController::stop() {
    if (state_ != State::running)
        return;
    host_.stop_measuring();
    enter(State::stopping);
}

void SuiteController::on_finished(const std::optional<Error>& error) {
    poll_feed();
    pace_.stop();
    was_stopped_ = state_ == State::stopping;
    planned_.clear();
    ended_.clear();
    live_ = {};
    if (error && !(was_stopped_ && error->kind == ErrorKind::cancelled))
        error_ = error;
    enter(error_ ? State::failed : State::idle);
    Q_EMIT results_changed();
}

void SuiteController::poll_feed() {
    const auto ended = feed_->take_ended();
    auto live = feed_->take();
    if (live && !live->experiment.empty())
        live_ = std::move(*live);
    for (const MeasuredPointer& measured : ended) {
        const ExperimentResult& result = measured->result;
        ended_[result.experiment.id] = result.finished_at - result.started_at;
        keep(measured);
    }
    if (!ended.empty())
        Q_EMIT results_changed();
    else if (live)
        Q_EMIT live_changed();
}

bool SuiteController::has_ended(const std::string& experiment) const { return ended_.contains(experiment); }

void SuiteController::export_results(const std::string& file, Writer write) {
    if (!has_results())
        return;
    host_.records().start(
        [file, write = std::move(write), all = results()](const StopToken&) -> std::optional<Error> {
            const auto written = write(all, file);
            return written ? std::nullopt : std::optional(written.error().within("export the book", file));
        },
        [this, file](const std::optional<Error>& error) { Q_EMIT export_finished(file, error); });
}

void SuiteController::enter(State state) {
    state_ = state;
    Q_EMIT state_changed();
}

std::optional<Nanoseconds> SuiteController::usual_time(const std::string& experiment) const {
    const auto found = usual_times_.find(experiment);
    return found == usual_times_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Nanoseconds> SuiteController::usual_time() const {
    Nanoseconds sum{0};
    for (const Experiment& experiment : suite_.experiments) {
        const auto one = usual_time(experiment.id);
        if (!one)
            return std::nullopt;
        sum += *one;
    }
    return suite_.experiments.empty() ? std::nullopt : std::optional(sum);
}

Nanoseconds SuiteController::spent_on(const std::string& experiment, Nanoseconds now) const {
    return live_.experiment == experiment ? std::max(Nanoseconds{0}, now - live_.begun_at) : Nanoseconds{0};
}

/// How much longer this run takes than the one before, by what has ended of it.
double SuiteController::pace() const {
    double usual = 0;
    double now = 0;
    for (const auto& [id, time] : ended_)
        if (const auto former = former_times_.find(id); former != former_times_.end()) {
            usual += static_cast<double>(former->second.count());
            now += static_cast<double>(time.count());
        }
    return usual > 0 ? std::clamp(now / usual, 1 / slowest_pace, slowest_pace) : 1;
}

std::optional<Nanoseconds> SuiteController::time_left(Nanoseconds now) const {
    double left = 0;
    const double factor = pace();
    for (const std::string& id : planned_) {
        if (has_ended(id))
            continue;
        const auto former = former_times_.find(id);
        if (former == former_times_.end())
            return std::nullopt;
        left += std::max(0.0, factor * static_cast<double>(former->second.count()) -
                                  static_cast<double>(spent_on(id, now).count()));
    }
    return planned_.empty() ? std::nullopt : std::optional(Nanoseconds(static_cast<std::int64_t>(left)));
}

/// Experiments count by how long they take where that is known, and alike where not.
double SuiteController::share_done(Nanoseconds now) const {
    if (planned_.empty())
        return 0;
    const bool timed = std::ranges::all_of(planned_, [&](const std::string& id) { return former_times_.contains(id); });
    double done = 0;
    double all = 0;
    for (const std::string& id : planned_) {
        const double weight = timed ? std::max(1.0, static_cast<double>(former_times_.at(id).count())) : 1.0;
        const double spent = static_cast<double>(spent_on(id, now).count());
        const double share = has_ended(id) ? 1 : live_.experiment != id ? 0 : timed ? spent / weight : share_of(live_);
        all += weight;
        done += weight * std::min(1.0, share);
    }
    return done / all;
}

double share_of(const SuiteLive& live) {
    if (live.parts == 0)
        return 0;
    const double part = live.expected == 0 ? 0 : std::min(1.0, static_cast<double>(live.finished) / live.expected);
    return std::min(1.0, (static_cast<double>(live.part) + part) / static_cast<double>(live.parts));
}

} // namespace isolab
