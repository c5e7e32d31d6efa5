// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "compare/model/experiment.h"

namespace isolab {

struct HistoryEntry {
    std::string id;
    std::string started; ///< ISO 8601 UTC
    std::string workload;
    unsigned runs = 0; ///< measured runs per side, finished
    bool complete = false;
    std::string headline; ///< "container 11.8 ms, vm 1.42 s (120x)"
};

/// Results in one SQLite file (docs/history.md). Safe between processes (WAL, busy timeout); thread-safe.
class History {
  public:
    /// Waits up to `patience` for other writers, here and in save(); then the error is of kind unavailable.
    static Result<std::unique_ptr<History>> open(const std::filesystem::path& file,
                                                 std::chrono::milliseconds patience = std::chrono::seconds(10));
    virtual ~History() = default;
    /// The file that was opened; the experiments' data folder is the one it lies in.
    virtual const std::filesystem::path& file() const noexcept = 0;
    /// Inserts or replaces the experiment and its runs in one transaction.
    virtual Result<void> save(const ExperimentResult& result) = 0;
    virtual Result<std::vector<HistoryEntry>> list() const = 0; ///< newest first
    /// By id or unambiguous prefix.
    virtual Result<ExperimentResult> load(const std::string& id) const = 0;
};

} // namespace isolab
