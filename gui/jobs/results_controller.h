// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <vector>

#include <QObject>

#include "gui/jobs/results_source.h"
#include "gui/jobs/session_host.h"

namespace isolab {

/// The owner of the list of saved results. GUI thread only; never blocks. Host and source must outlive it.
class ResultsController : public QObject {
    Q_OBJECT
  public:
    ResultsController(SessionHost& host, ResultsSource& source, QObject* parent = nullptr);

    void list(); ///< renews entries(); what was asked before and has not been answered is dropped

    SessionHost& host() noexcept { return host_; }
    const std::vector<HistoryEntry>& entries() const noexcept { return entries_; } ///< newest first
    const std::optional<Error>& error() const noexcept { return error_; }          ///< why they could not be read
    bool known() const noexcept { return known_; }                                 ///< list() has been answered

  Q_SIGNALS:
    void changed();

  private:
    SessionHost& host_;
    ResultsSource& source_;
    std::vector<HistoryEntry> entries_;
    std::optional<Error> error_;
    bool known_ = false;
    std::optional<JobQueue::Id> job_;
};

} // namespace isolab
