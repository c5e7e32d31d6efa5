// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compare/experiment/experiment_result.h"
#include "compare/model/comparison.h"
#include "compare/report/export_json.h"

namespace isolab {

enum class ResultKind { comparison, experiment, suite };
/// "comparison", "experiment", "suite".
const char* result_kind_id(ResultKind kind) noexcept;

/// A note is no longer than this, bytes.
inline constexpr std::size_t longest_note = 64U << 10U;

struct HistoryEntry {
    std::string id;
    std::string started;  ///< ISO 8601 UTC
    std::string workload; ///< or the experiment's, or the suite's id
    /// Measured runs per side, finished; of an experiment its observations, or the most runs of its comparisons.
    unsigned runs = 0;
    bool complete = false;
    std::string headline; ///< "container 11.8 ms, vm 1.42 s (120x)"
    ResultKind kind = ResultKind::comparison;
    std::string part_of = {}; ///< the result that it belongs to; empty: none
    std::string origin = {};  ///< the machine that it was made on; empty: this one
    std::vector<std::string> tags = {};
    std::string note = {};
};

/// Which results a list has; all conditions must hold.
struct HistoryFilter {
    std::optional<ResultKind> kind = {};
    std::string name = {};   ///< of the workload, experiment or suite; empty: any
    std::string tag = {};    ///< empty: any
    std::string text = {};   ///< occurs in id, name, headline, origin, tags or note, in whatever case
    bool with_parts = false; ///< those that belong to others too
    std::size_t most = 0;    ///< the newest ones; 0: all
};

struct ImportOutcome {
    std::string id;
    bool taken = false; ///< false: it was there already
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
    virtual Result<std::vector<HistoryEntry>> list(const HistoryFilter& filter = {}) const = 0; ///< newest first
    /// The entry of a whole id, or of an unambiguous prefix.
    virtual Result<HistoryEntry> find(const std::string& id) const = 0;
    /// By id or unambiguous prefix. Summaries of a comparison that was cut off in the middle are made of the runs that
    /// it has. invalid_argument when it is of another kind.
    virtual Result<ComparisonResult> load(const std::string& id) const = 0;
    virtual Result<ExperimentResult> load_experiment(const std::string& id) const = 0; ///< with its comparisons
    virtual Result<SuiteResult> load_suite(const std::string& id) const = 0;           ///< with its experiments
};

/// A result as another history takes it in, with what people say of it and of its parts; by id or unambiguous prefix.
/// `this_host`: the origin of what was made here. invalid_argument for a part of another result.
Result<PortableResult> portable_result(const HistoryReader& history, const std::string& id,
                                       const std::string& this_host);

/// The result of an id or unambiguous prefix, whatever its kind.
Result<AnyResult> load_any(const HistoryReader& history, const std::string& id);

/// What a runner needs: where a comparison is saved while it runs.
class ComparisonStore {
  public:
    virtual ~ComparisonStore() = default;
    /// The file that was opened; the comparisons' data folder is the one it lies in.
    virtual const std::filesystem::path& file() const noexcept = 0;
    /// Takes in a new comparison with all that it has by now. When there is one of that id, `result` gets another id;
    /// after a failure it may be begun again.
    virtual Result<void> begin(ComparisonResult& result) = 0;
    /// Saves the runs that a begun comparison has more than the store, and its line in the list. What is written
    /// depends on these only, however many came before. They outlive the process at once, but perhaps not a power cut.
    virtual Result<void> save_runs(const ComparisonResult& result) = 0;
    /// The same and all the rest: sides, summaries, contract, notices, environment. It outlives a power cut.
    virtual Result<void> save(const ComparisonResult& result) = 0;
};

/// A history to write into.
class History : public HistoryReader, public ComparisonStore {
  public:
    using ComparisonStore::begin;
    using ComparisonStore::save;
    /// Makes the file, or brings it up to date. Waits up to `patience` for other writers, here and when saving; then
    /// the error is of kind unavailable. permission_denied where it can only be read.
    static Result<std::unique_ptr<History>> open(const std::filesystem::path& file,
                                                 std::chrono::milliseconds patience = history_patience);
    /// As ComparisonStore does it, for results whose parts are results themselves: these are not saved with them.
    virtual Result<void> begin(ExperimentResult& result) = 0;
    virtual Result<void> begin(SuiteResult& result) = 0;
    virtual Result<void> save_observations(const ExperimentResult& result) = 0;
    virtual Result<void> save(const ExperimentResult& result) = 0;
    virtual Result<void> save(const SuiteResult& result) = 0;

    /// What people say of a result; by whole id. Tags are words without spaces and commas, 64 bytes at most.
    virtual Result<void> add_tag(const std::string& id, const std::string& tag) = 0;
    virtual Result<void> remove_tag(const std::string& id, const std::string& tag) = 0;
    /// All of it or, after an error, nothing. A tag that is there already, or is not there to be removed, is no error.
    virtual Result<void> change_tags(const std::string& id, const std::vector<std::string>& added,
                                     const std::vector<std::string>& removed) = 0;
    virtual Result<void> set_note(const std::string& id, const std::string& note) = 0; ///< UTF-8; empty: none
    /// Takes in results under their own ids: all of them or, after an error, none. One that is there already with the
    /// same content is left as it is, tags and note too; already_exists when its content or that of a part is another.
    /// What tells no origin gets unknown_origin. invalid_argument for a word that is no tag or a note that is none.
    virtual Result<std::vector<ImportOutcome>> import_results(const std::vector<PortableResult>& results) = 0;
    virtual Result<void> set_origin(const std::string& id, const std::string& origin) = 0;
    /// Removes a result and its parts; by whole id.
    virtual Result<void> remove(const std::string& id) = 0;
    /// The same for several: all of them or, after an error, none.
    virtual Result<void> remove_all(const std::vector<std::string>& ids) = 0;
};

} // namespace isolab
