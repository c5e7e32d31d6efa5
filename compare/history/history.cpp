// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/history/history.h"

#include <mutex>

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include "compare/history/database.h"
#include "compare/history/entries.h"
#include "compare/history/exchange.h"
#include "compare/history/experiment_records.h"
#include "compare/history/records.h"
#include "engine/base/random_id.h"
#include "engine/base/utc_time.h"

namespace isolab {
namespace {

constexpr std::size_t second_try_digits = 8; ///< of the random part of an id, when the first one was taken

/// One connection; a mutex serialises its users.
class SqliteHistory final : public History {
  public:
    explicit SqliteHistory(HistoryDatabase opened) : opened_(std::move(opened)), database_(*opened_.database) {}

    const std::filesystem::path& file() const noexcept override { return opened_.file; }

    Result<void> begin(ComparisonResult& result) override {
        return begun(result, [&](const ComparisonResult& named) {
            append_runs(database_, named.id, named.runs);
            update_header(database_, named.id, header_of(named), named.runs.size());
        });
    }
    Result<void> begin(ExperimentResult& result) override {
        return begun(result, [&](const ExperimentResult& named) {
            append_observations(database_, named);
            update_header(database_, named.id, header_of(named), named.observations.size());
        });
    }
    Result<void> begin(SuiteResult& result) override {
        return begun(result,
                     [&](const SuiteResult& named) { update_header(database_, named.id, header_of(named), 0); });
    }

    Result<void> save_runs(const ComparisonResult& result) override {
        return written("NORMAL", [&] { return save_rows(result); });
    }
    Result<void> save_observations(const ExperimentResult& result) override {
        return written("NORMAL", [&] { return save_rows(result); });
    }

    Result<void> save(const ComparisonResult& result) override { return saved(result, result.runs.size()); }
    Result<void> save(const ExperimentResult& result) override { return saved(result, result.observations.size()); }
    Result<void> save(const SuiteResult& result) override { return saved(result, 0); }

    Result<void> add_tag(const std::string& id, const std::string& tag) override { return change_tags(id, {tag}, {}); }
    Result<void> remove_tag(const std::string& id, const std::string& tag) override {
        return change_tags(id, {}, {tag});
    }
    Result<void> change_tags(const std::string& id, const std::vector<std::string>& added,
                             const std::vector<std::string>& removed) override {
        for (const std::string& tag : added)
            if (!is_tag(tag))
                return fail(ErrorKind::invalid_argument, "tag", tag,
                            "it must be a word without spaces and commas, of 64 bytes at most");
        return annotated(id, [&] {
            for (const std::string& tag : removed)
                delete_tag(database_, id, tag);
            for (const std::string& tag : added)
                insert_tag(database_, id, tag);
        });
    }
    Result<void> set_note(const std::string& id, const std::string& note) override {
        if (!is_note(note))
            return fail(ErrorKind::invalid_argument, "write the note of", id,
                        "it must be UTF-8 text of 64 KiB at most");
        return annotated(id, [&] { write_note(database_, id, note); });
    }
    Result<std::vector<ImportOutcome>> import_results(const std::vector<PortableResult>& results) override {
        std::vector<ImportOutcome> outcomes;
        ISOLAB_TRY(written("FULL", [&]() -> Result<void> {
            for (const PortableResult& one : results) {
                ISOLAB_ASSIGN(const bool taken, take_in(database_, one));
                outcomes.push_back({id_of(one.result), taken});
            }
            return {};
        }));
        return outcomes;
    }
    Result<void> set_origin(const std::string& id, const std::string& origin) override {
        return annotated(id, [&] { write_origin(database_, id, origin); });
    }
    Result<void> remove(const std::string& id) override { return remove_all({id}); }
    Result<void> remove_all(const std::vector<std::string>& ids) override {
        return written("FULL", [&]() -> Result<void> {
            for (const std::string& id : ids)
                ISOLAB_TRY(require_result(id));
            for (const std::string& id : ids)
                delete_result(database_, id);
            return {};
        });
    }

    Result<std::vector<HistoryEntry>> list(const HistoryFilter& filter) const override {
        return guarded<std::vector<HistoryEntry>>("list the history", [&]() -> Result<std::vector<HistoryEntry>> {
            const SQLite::Transaction one_moment(database_);
            return read_entries(database_, filter);
        });
    }

    Result<HistoryEntry> find(const std::string& id) const override {
        return guarded<HistoryEntry>("read the history", [&]() -> Result<HistoryEntry> {
            const SQLite::Transaction one_moment(database_);
            ISOLAB_ASSIGN(const std::string whole, find_id(id));
            return read_entry(database_, whole);
        });
    }

    Result<ComparisonResult> load(const std::string& id) const override {
        ISOLAB_ASSIGN(const StoredComparison stored,
                      guarded<StoredComparison>("read the history", [&]() -> Result<StoredComparison> {
                          const SQLite::Transaction one_moment(database_);
                          ISOLAB_ASSIGN(const std::string whole, find_of_kind(id, ResultKind::comparison));
                          return read_comparison(database_, whole);
                      }));
        return parse_comparison(stored, "comparison " + id);
    }

    Result<ExperimentResult> load_experiment(const std::string& id) const override {
        ISOLAB_ASSIGN(const StoredExperiment stored,
                      guarded<StoredExperiment>("read the history", [&]() -> Result<StoredExperiment> {
                          const SQLite::Transaction one_moment(database_);
                          ISOLAB_ASSIGN(const std::string whole, find_of_kind(id, ResultKind::experiment));
                          return read_experiment(database_, whole);
                      }));
        return parse_experiment_record(stored, "experiment " + id);
    }

    Result<SuiteResult> load_suite(const std::string& id) const override {
        ISOLAB_ASSIGN(const StoredSuite stored, guarded<StoredSuite>("read the history", [&]() -> Result<StoredSuite> {
                          const SQLite::Transaction one_moment(database_);
                          ISOLAB_ASSIGN(const std::string whole, find_of_kind(id, ResultKind::suite));
                          return read_suite(database_, whole);
                      }));
        return parse_suite_record(stored, "suite " + id);
    }

  private:
    /// `fill`: writes all that it has by now, under its final id.
    template <class T, class Fill> Result<void> begun(T& result, Fill&& fill) {
        ResultLine line = line_of(result);
        return written("FULL",
                       [&]() -> Result<void> {
                           while (!insert_result(database_, line, "")) {
                               line.id = utc_stamp(result.started_at) + "-" + random_hex(second_try_digits);
                           }
                           T named = result;
                           named.id = line.id;
                           fill(named);
                           return {};
                       })
            .map([&] { result.id = line.id; });
    }

    /// `rows`: runs or observations that the header's summaries know.
    template <class T> Result<void> saved(const T& result, std::size_t rows) {
        const std::string header = header_of(result);
        return written("FULL", [&]() -> Result<void> {
            ISOLAB_TRY(save_rows(result));
            update_header(database_, result.id, header, rows);
            return {};
        });
    }

    template <class T> Result<void> save_rows(const T& result) {
        if (!update_line(database_, line_of(result)))
            return fail(ErrorKind::not_found, "save result", result.id, "the history has none of that id");
        append_rows(result);
        return {};
    }
    void append_rows(const ComparisonResult& result) { append_runs(database_, result.id, result.runs); }
    void append_rows(const ExperimentResult& result) { append_observations(database_, result); }
    void append_rows(const SuiteResult& /*result*/) {}

    template <class Work> Result<void> annotated(const std::string& id, Work&& work) {
        return written("FULL", [&]() -> Result<void> {
            ISOLAB_TRY(require_result(id));
            work();
            return {};
        });
    }

    Result<void> require_result(const std::string& id) const {
        if (!has_result(database_, id))
            return fail(ErrorKind::not_found, "find result", id, "the history has none of that id",
                        "List them: isolab history ls");
        return {};
    }

    Result<std::string> find_of_kind(const std::string& id, ResultKind kind) const {
        ISOLAB_ASSIGN(std::string whole, find_id(id));
        const HistoryEntry entry = read_entry(database_, whole);
        if (entry.kind != kind)
            return fail(ErrorKind::invalid_argument, std::string("read ") + result_kind_id(kind), id,
                        std::string("it is of another kind: ") + result_kind_id(entry.kind));
        return whole;
    }

    Result<std::string> find_id(const std::string& id) const {
        SQLite::Statement rows(database_, "SELECT id FROM results WHERE substr(id, 1, length(?1)) = ?1 "
                                          "ORDER BY id = ?1 DESC LIMIT 2");
        SQLite::bind(rows, id);
        if (id.empty() || !rows.executeStep())
            return fail(ErrorKind::not_found, "find result", id, "the history has none of that id",
                        "List them: isolab history ls");
        std::string whole = rows.getColumn(0).getString();
        if (whole != id && rows.executeStep())
            return fail(ErrorKind::invalid_argument, "find result", id, "more than one id begins like this",
                        "Write more of it");
        return whole;
    }

    /// Does `work` in a transaction. `synchronous`: whether it waits for the disk, see PRAGMA synchronous; FULL brings
    /// there what earlier transactions have left to the kernel, too.
    template <class Work> Result<void> written(const std::string& synchronous, Work&& work) {
        return guarded<void>("save to the history", [&]() -> Result<void> {
            database_.exec("PRAGMA synchronous = " + synchronous);
            SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
            ISOLAB_TRY(work());
            transaction.commit();
            return {};
        });
    }

    template <class T, class Work> Result<T> guarded(const char* operation, Work&& work) const {
        const std::lock_guard lock(mutex_);
        try {
            return work();
        } catch (const SQLite::Exception& error) {
            return fail(database_error(error, &database_, operation, opened_.file));
        }
    }

    HistoryDatabase opened_;
    SQLite::Database& database_; ///< statements are prepared on it by const members too
    mutable std::mutex mutex_;
};

/// Whether the file may be fine, and only cannot be written to.
bool is_unwritable(const Error& error) {
    return error.kind == ErrorKind::permission_denied || error.kind == ErrorKind::no_space ||
           error.kind == ErrorKind::system;
}

bool is_missing(const std::filesystem::path& file) {
    std::error_code error;
    return std::filesystem::status(file, error).type() == std::filesystem::file_type::not_found;
}

Result<HistoryDatabase> open_to_read(const std::filesystem::path& file, std::chrono::milliseconds patience) {
    if (is_missing(file))
        return open_nothing(file);
    auto writable = open_writable(file, patience, false);
    return writable || !is_unwritable(writable.error()) ? std::move(writable) : open_read_only(file, patience);
}

} // namespace

Result<std::unique_ptr<HistoryReader>> HistoryReader::open(const std::filesystem::path& file,
                                                           std::chrono::milliseconds patience) {
    ISOLAB_ASSIGN(HistoryDatabase opened, open_to_read(file, patience));
    return std::make_unique<SqliteHistory>(std::move(opened));
}

Result<std::unique_ptr<History>> History::open(const std::filesystem::path& file, std::chrono::milliseconds patience) {
    ISOLAB_ASSIGN(HistoryDatabase opened, open_writable(file, patience, true));
    return std::make_unique<SqliteHistory>(std::move(opened));
}

} // namespace isolab
