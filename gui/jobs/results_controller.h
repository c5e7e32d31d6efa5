// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <QObject>

#include "compare/report/document.h"
#include "gui/jobs/result_files.h"
#include "gui/jobs/results_source.h"
#include "gui/jobs/session_host.h"

namespace isolab {

/// What is shown of the chosen results.
struct ShownResults {
    std::vector<HistoryEntry> entries; ///< as they were chosen
    Document document;                 ///< of one: all of it; of several comparisons: one over the other
    std::vector<std::string> figures;  ///< of several: which the picture may show
    std::string figure;                ///< which it shows
    std::size_t parts = 0;             ///< results that belong to these and go with them
};

/// How something that was asked for went.
struct ResultsReport {
    enum class Action { tags, note, removed, exported, imported };
    Action action = Action::tags;
    std::string file = {};         ///< of exported and imported
    std::size_t count = 0;         ///< results that were removed, exported or taken in
    std::size_t there_already = 0; ///< of imported
    std::optional<Error> error = {};
};

/// The owner of the list of saved results, of what is shown of the chosen ones, and of what is done with them. GUI
/// thread only; never blocks. Host and source must outlive it.
class ResultsController : public QObject {
    Q_OBJECT
  public:
    /// The list grows by as many.
    static constexpr std::size_t page = 200;
    /// No more are laid over each other.
    static constexpr std::size_t most_overlaid = 12;

    ResultsController(SessionHost& host, ResultsSource& source, QObject* parent = nullptr);

    /// Renews entries(); what was asked before and has not been answered is dropped. Also done whenever a measurement
    /// has ended. Before the session is open this waits for it.
    void list();
    void set_filter(const HistoryFilter& filter); ///< `most` is this class's business
    void show_more();                             ///< another page of those that the filter lets through

    /// Reads results and makes their document; only the newest wish is answered, by shown_changed().
    void show(std::vector<HistoryEntry> entries);
    void show_figure(const std::string& figure); ///< another picture of the same

    // Each is answered by reported(); what changes the list renews it.
    void change_tags(const std::string& id, const std::vector<std::string>& added,
                     const std::vector<std::string>& removed);
    void set_note(const std::string& id, const std::string& note);
    void remove(const std::vector<std::string>& ids);
    void export_results(const std::vector<std::string>& ids, ResultFormat format, const std::string& file,
                        bool is_private);
    void import_file(const std::string& file);

    SessionHost& host() noexcept { return host_; }
    const std::vector<HistoryEntry>& entries() const noexcept { return entries_; } ///< newest first
    bool has_more() const noexcept { return has_more_; }                           ///< than entries()
    const HistoryFilter& filter() const noexcept { return filter_; }
    const std::optional<Error>& error() const noexcept { return error_; } ///< why they could not be read
    bool known() const noexcept { return known_; }                        ///< list() has been answered
    bool loading() const noexcept { return show_job_.has_value(); }       ///< show() has not been answered
    const ShownResults& shown() const noexcept { return shown_; }
    const std::optional<Error>& shown_error() const noexcept { return shown_error_; } ///< why it has no document

  Q_SIGNALS:
    void changed();
    void shown_changed();
    void reported(const isolab::ResultsReport& report);

  private:
    using Loaded = std::map<std::string, std::shared_ptr<const AnyResult>>; ///< by id
    struct Made {
        ShownResults shown;
        Loaded loaded;
    };
    static Result<Made> make(ResultsSource& source, std::vector<HistoryEntry> entries, const std::string& figure,
                             const Loaded& loaded, const StopToken& stop);
    template <class Work> void change(ResultsReport::Action action, Work work);
    void on_shown(Result<Made> made);
    void load_shown(std::vector<HistoryEntry> entries, const std::string& figure);

    SessionHost& host_;
    ResultsSource& source_;
    HistoryFilter filter_;
    std::vector<HistoryEntry> entries_;
    std::optional<Error> error_;
    bool known_ = false, has_more_ = false;
    bool waits_for_session_ = false; ///< the list was asked for before there was one
    ShownResults shown_;
    Loaded loaded_; ///< of shown_
    std::optional<Error> shown_error_;
    std::optional<JobQueue::Id> list_job_, show_job_;
};

} // namespace isolab
