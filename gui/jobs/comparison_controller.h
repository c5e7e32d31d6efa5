// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include <QObject>
#include <QTimer>

#include "gui/jobs/comparison_source.h"
#include "gui/jobs/job_queue.h"
#include "gui/jobs/live_feed.h"

namespace isolab {

/// Where the program stands; every page is drawn from it.
enum class Stage {
    opening,  ///< data folder and images are being opened
    unusable, ///< opening failed: error()
    idle,     ///< nothing was run or shown yet
    running,
    stopping, ///< the user asked to stop; the present run is being cleaned up
    finished, ///< result() is there, whole or in part
    failed,   ///< the comparison could not be run at all: error()
};

/// The one owner of what runs: puts the source's blocking calls on worker threads and turns what they say into
/// states and values for the pages. GUI thread only; never blocks. The source must outlive it.
class ComparisonController : public QObject {
    Q_OBJECT
  public:
    explicit ComparisonController(ComparisonSource& source, QObject* parent = nullptr);

    /// Opens, then asks for the status. `wanted`: a workload or image that should be among workloads().
    void open(const std::string& wanted = {});
    void open_again();                      ///< after Stage::unusable, with the same wish
    void start(const ComparisonPlan& plan); ///< ignored unless can_start()
    void stop();                            ///< at any moment; harmless when nothing runs
    void check();                           ///< renews prerequisites()
    void list_history();                    ///< renews history()
    void load(const std::string& id);       ///< shows an older result; ignored while running
    /// Writes result() as JSON; export_finished() tells how it went.
    void export_result(const std::string& file);
    /// Stops everything and gives the source back; closed() follows when nothing runs any more.
    void close();

    Stage stage() const noexcept { return stage_; }
    bool busy() const noexcept { return stage_ == Stage::running || stage_ == Stage::stopping; }
    bool can_start() const noexcept;
    bool closing() const noexcept { return closing_; }
    const std::optional<Error>& error() const noexcept { return error_; }
    const std::vector<Workload>& workloads() const noexcept { return catalogue_.workloads; }
    const Catalogue& catalogue() const noexcept { return catalogue_; }
    const std::optional<SessionStatus>& status() const noexcept { return status_; }
    const std::optional<Error>& status_error() const noexcept { return status_error_; } ///< why there is none
    const ComparisonPlan& plan() const noexcept { return plan_; }                       ///< of what runs or was run
    std::chrono::milliseconds frame() const noexcept; ///< how often live_changed() comes at most
    const LiveComparison& live() const noexcept { return live_; }
    /// While running: so far; null before anything was measured. Never changed, only replaced.
    const std::shared_ptr<const ComparisonResult>& result() const noexcept { return result_; }
    const std::vector<Prerequisite>& prerequisites() const noexcept { return prerequisites_; }
    const std::vector<HistoryEntry>& history() const noexcept { return history_; }
    const std::optional<Error>& history_error() const noexcept { return history_error_; }
    bool history_known() const noexcept { return history_known_; } ///< list_history() has been answered

  Q_SIGNALS:
    void stage_changed();
    void workloads_changed();
    void status_changed();
    void live_changed(); ///< only when something happened; at most 10 times a second, in a race 30
    void result_changed();
    void prerequisites_changed();
    void history_changed();
    void loaded(); ///< result() is an older one, plan() its plan
    void export_finished(const std::string& file, const std::optional<Error>& error);
    void closed();

  private:
    void enter(Stage stage);
    void on_opened(Result<Catalogue> catalogue);
    void ask_status();
    void on_finished(Result<ComparisonResult> result);
    void poll_feed();
    void check_closed();

    ComparisonSource& source_;
    Stage stage_ = Stage::opening;
    bool closing_ = false;
    bool source_closed_ = false;
    std::optional<Error> error_;
    std::string wanted_;
    Catalogue catalogue_;
    std::optional<SessionStatus> status_;
    std::optional<Error> status_error_;
    ComparisonPlan plan_;
    std::shared_ptr<LiveFeed> feed_;
    LiveComparison live_;
    std::shared_ptr<const ComparisonResult> result_;
    std::vector<Prerequisite> prerequisites_;
    std::vector<HistoryEntry> history_;
    std::optional<Error> history_error_;
    bool history_known_ = false;
    std::optional<JobQueue::Id> run_job_;
    std::optional<JobQueue::Id> load_job_;
    QTimer pace_;
    JobQueue runs_;    ///< open, status, run, close: one at a time
    JobQueue records_; ///< check, history, load: beside a run
};

} // namespace isolab
