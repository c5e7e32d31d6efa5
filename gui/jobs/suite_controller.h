// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <QObject>
#include <QTimer>

#include "gui/jobs/experiment_source.h"
#include "gui/jobs/session_host.h"
#include "gui/jobs/suite_feed.h"

namespace isolab {

/// The owner of a suite of experiments, of what was measured of it last, and of the run that measures it again, whole
/// or one experiment. GUI thread only; never blocks. Host and source must outlive it.
class SuiteController : public QObject {
    Q_OBJECT
  public:
    enum class State {
        opening,  ///< the data folder is being opened
        unusable, ///< that failed: error()
        loading,  ///< the suite and its saved results are being read
        idle,     ///< suite() and result() are there
        running,
        stopping, ///< the user asked to stop; the present run is being cleaned up
        failed,   ///< the suite could not be read, or nothing could be begun: error()
    };
    /// Writes a suite's result into a file; runs on a worker thread.
    using Writer = std::function<Result<void>(const SuiteResult&, const std::string& file)>;

    SuiteController(SessionHost& host, ExperimentSource& source, std::string suite = "textbook",
                    QObject* parent = nullptr);

    void choose(bool quick);                   ///< the kind that is shown and measured; ignored while it runs
    void start();                              ///< the whole suite; ignored unless can_start()
    void start(const std::string& experiment); ///< one of it by its id; ignored unless can_start()
    void stop();                               ///< at any moment; harmless when nothing runs
    void load();                               ///< the suite and its saved results again
    /// export_finished() tells how it went.
    void export_results(const std::string& file, Writer write);

    SessionHost& host() noexcept { return host_; }
    State state() const noexcept;
    bool busy() const noexcept { return state_ == State::running || state_ == State::stopping; }
    bool can_start() const noexcept;
    bool quick() const noexcept { return quick_; }
    const std::optional<Error>& error() const noexcept;
    const Suite& suite() const noexcept { return suite_; } ///< empty before it was read
    /// What is known of an experiment: of this run, or saved by an earlier one; null: it was never measured.
    MeasuredPointer result(const std::string& experiment) const;
    bool has_results() const noexcept { return !results_.empty(); }
    /// All of them, in the suite's order, as one result.
    SuiteResult results() const;

    /// Ids of what the present run measures, in its order, those that ended among them; empty: nothing runs.
    const std::vector<std::string>& planned() const noexcept { return planned_; }
    bool has_ended(const std::string& experiment) const; ///< of planned()
    const SuiteLive& live() const noexcept { return live_; }
    bool was_stopped() const noexcept { return was_stopped_; } ///< the last run
    /// How long an experiment took when it was last made as the suite says; empty: it is not known.
    std::optional<Nanoseconds> usual_time(const std::string& experiment) const;
    /// The same of everything, whole; empty when one is not known.
    std::optional<Nanoseconds> usual_time() const;
    /// Until the present run ends, at its own pace; empty: nothing is known of one that is still to be measured.
    std::optional<Nanoseconds> time_left(Nanoseconds now) const;
    double share_done(Nanoseconds now) const; ///< of the present run, 0..1

  Q_SIGNALS:
    void state_changed(); ///< or what decides whether something can be started
    void live_changed();  ///< only when something happened, at most 10 times a second
    void results_changed();
    void export_finished(const std::string& file, const std::optional<Error>& error);

  private:
    struct Saved {
        Suite suite;
        std::vector<MeasuredPointer> results;
    };
    void on_host_changed();
    void on_loaded(Result<Saved> saved);
    void show(Saved saved);
    void begin(std::vector<std::string> planned);
    void on_finished(const std::optional<Error>& error);
    void poll_feed();
    void keep(const MeasuredPointer& measured);
    void enter(State state);
    Nanoseconds spent_on(const std::string& experiment, Nanoseconds now) const;
    double pace() const;

    SessionHost& host_;
    ExperimentSource& source_;
    std::string suite_id_;
    bool quick_ = true;
    State state_ = State::loading; ///< of an open session
    std::optional<Error> error_;
    Suite suite_;
    std::map<std::string, MeasuredPointer> results_;  ///< by experiment
    std::map<std::string, Nanoseconds> usual_times_;  ///< by experiment, as the suite says
    std::map<std::string, Nanoseconds> former_times_; ///< the same when the present run began
    std::vector<std::string> planned_;
    std::map<std::string, Nanoseconds> ended_; ///< of planned_, with how long each took
    bool was_stopped_ = false;
    std::shared_ptr<SuiteFeed> feed_;
    SuiteLive live_;
    std::optional<JobQueue::Id> load_job_;
    QTimer pace_;
};

/// How far an experiment is, 0..1, by its parts and runs. Pure.
double share_of(const SuiteLive& live);

} // namespace isolab
