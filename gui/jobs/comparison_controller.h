// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include <QObject>
#include <QTimer>

#include "gui/jobs/comparison_source.h"
#include "gui/jobs/live_feed.h"
#include "gui/jobs/session_host.h"

namespace isolab {

/// Where the compare page stands; all of it is drawn from this.
enum class Stage {
    opening,  ///< data folder and images are being opened
    unusable, ///< opening failed: error()
    idle,     ///< nothing was run or shown yet
    running,
    stopping, ///< the user asked to stop; the present run is being cleaned up
    finished, ///< result() is there, whole or in part
    failed,   ///< the comparison could not be run at all: error()
};

/// The owner of the comparison that runs or is shown: turns what its source says on other threads into states and
/// values for the page. GUI thread only; never blocks. Host and source must outlive it.
class ComparisonController : public QObject {
    Q_OBJECT
  public:
    ComparisonController(SessionHost& host, ComparisonSource& source, QObject* parent = nullptr);

    void start(const ComparisonPlan& plan); ///< ignored unless can_start()
    void stop();                            ///< at any moment; harmless when nothing runs
    void load(const std::string& id);       ///< shows an older result; ignored while running
    /// Writes result() as JSON; export_finished() tells how it went.
    void export_result(const std::string& file);

    SessionHost& host() noexcept { return host_; }
    Stage stage() const noexcept;
    bool busy() const noexcept { return stage_ == Stage::running || stage_ == Stage::stopping; }
    bool can_start() const noexcept { return host_.can_measure() && !busy(); }
    const std::optional<Error>& error() const noexcept;
    const ComparisonPlan& plan() const noexcept { return plan_; } ///< of what runs or was run
    std::chrono::milliseconds frame() const noexcept;             ///< how often live_changed() comes at most
    const LiveComparison& live() const noexcept { return live_; }
    /// While running: so far; null before anything was measured. Never changed, only replaced.
    const std::shared_ptr<const ComparisonResult>& result() const noexcept { return result_; }

  Q_SIGNALS:
    void stage_changed(); ///< or what decides whether something can be started
    void live_changed();  ///< only when something happened; at most 10 times a second, in a race 30
    void result_changed();
    void loaded(); ///< result() is an older one, plan() its plan
    void export_finished(const std::string& file, const std::optional<Error>& error);

  private:
    void enter(Stage stage);
    void on_finished(Result<ComparisonResult> result);
    void on_loaded(Result<ComparisonResult> result);
    void poll_feed();

    SessionHost& host_;
    ComparisonSource& source_;
    Stage stage_ = Stage::idle; ///< of an open session
    std::optional<Error> error_;
    ComparisonPlan plan_;
    std::shared_ptr<LiveFeed> feed_;
    LiveComparison live_;
    std::shared_ptr<const ComparisonResult> result_;
    std::optional<JobQueue::Id> load_job_;
    QTimer pace_;
};

} // namespace isolab
