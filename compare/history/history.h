// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "compare/model/comparison.h"

namespace isolab {

struct HistoryEntry {
    std::string id;
    std::string started; ///< ISO 8601 UTC
    std::string workload;
    unsigned runs = 0; ///< measured runs per side, finished
    bool complete = false;
    std::string headline; ///< "container 11.8 ms, vm 1.42 s (120x)"
};

/// How long to wait for other writers of a history before it counts as locked.
inline constexpr std::chrono::milliseconds history_patience = std::chrono::seconds(10);

/// Results in one SQLite file (docs/history.md), to look at. Safe beside writers in other processes (WAL, busy
/// timeout); thread-safe.
class HistoryReader {
  public:
    /// Makes nothing: where there is no file, the history is empty. A file or a folder that cannot be written to is
    /// read nevertheless, and a file of an earlier version in it too; elsewhere that is brought up to date.
    static Result<std::unique_ptr<HistoryReader>> open(const std::filesystem::path& file,
                                                       std::chrono::milliseconds patience = history_patience);
    virtual ~HistoryReader() = default;
    virtual Result<std::vector<HistoryEntry>> list() const = 0; ///< newest first
    /// By id or unambiguous prefix. Summaries of a comparison that was cut off in the middle are made of the runs that
    /// it has.
    virtual Result<ComparisonResult> load(const std::string& id) const = 0;
};

/// The same, to write into.
class History : public HistoryReader {
  public:
    /// Makes the file, or brings it up to date. Waits up to `patience` for other writers, here and when saving; then
    /// the error is of kind unavailable. permission_denied where it can only be read.
    static Result<std::unique_ptr<History>> open(const std::filesystem::path& file,
                                                 std::chrono::milliseconds patience = history_patience);
    /// The file that was opened; the comparisons' data folder is the one it lies in.
    virtual const std::filesystem::path& file() const noexcept = 0;

    /// Takes in a new comparison with all that it has by now. When the history has one of that id, `result` gets
    /// another id; after a failure it may be begun again.
    virtual Result<void> begin(ComparisonResult& result) = 0;
    /// Saves the runs that a begun comparison has more than the history, and its line in the list. What is written
    /// depends on these runs only, however many came before. They outlive the process at once, but perhaps not a power
    /// cut.
    virtual Result<void> save_runs(const ComparisonResult& result) = 0;
    /// The same and all the rest: sides, summaries, contract, notices, environment. It outlives a power cut.
    virtual Result<void> save(const ComparisonResult& result) = 0;
};

} // namespace isolab
