// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/history/history.h"

#include <mutex>

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include "compare/history/database.h"
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
        ComparisonLine line = line_of(result);
        return written("FULL",
                       [&]() -> Result<void> {
                           while (!insert_comparison(database_, line, "")) {
                               line.id = utc_stamp(result.started_at) + "-" + random_hex(second_try_digits);
                           }
                           ComparisonResult named = result;
                           named.id = line.id;
                           append_runs(database_, named.id, named.runs);
                           update_header(database_, named.id, header_of(named), named.runs.size());
                           return {};
                       })
            .map([&] { result.id = line.id; });
    }

    Result<void> save_runs(const ComparisonResult& result) override {
        return written("NORMAL", [&] { return save_rows(result); });
    }

    Result<void> save(const ComparisonResult& result) override {
        const std::string header = header_of(result);
        return written("FULL", [&]() -> Result<void> {
            ISOLAB_TRY(save_rows(result));
            update_header(database_, result.id, header, result.runs.size());
            return {};
        });
    }

    Result<std::vector<HistoryEntry>> list() const override {
        return guarded<std::vector<HistoryEntry>>("list the history", [&]() -> Result<std::vector<HistoryEntry>> {
            SQLite::Statement rows(database_, "SELECT id, started_at, workload, runs, complete, headline "
                                              "FROM experiments ORDER BY started_at DESC, id DESC");
            std::vector<HistoryEntry> entries;
            while (rows.executeStep())
                entries.push_back({rows.getColumn(0).getString(),
                                   utc_text(Nanoseconds(rows.getColumn(1).getInt64()), 0),
                                   rows.getColumn(2).getString(), rows.getColumn(3).getUInt(),
                                   rows.getColumn(4).getInt() != 0, rows.getColumn(5).getString()});
            return entries;
        });
    }

    Result<ComparisonResult> load(const std::string& id) const override {
        ISOLAB_ASSIGN(const StoredComparison stored,
                      guarded<StoredComparison>("read the history", [&]() -> Result<StoredComparison> {
                          const SQLite::Transaction one_moment(database_);
                          ISOLAB_ASSIGN(const std::string whole, find_id(id));
                          return read_comparison(database_, whole);
                      }));
        return parse_comparison(stored, "comparison " + id);
    }

  private:
    Result<void> save_rows(const ComparisonResult& result) {
        if (!update_line(database_, line_of(result)))
            return fail(ErrorKind::not_found, "save comparison", result.id, "the history has none of that id");
        append_runs(database_, result.id, result.runs);
        return {};
    }

    Result<std::string> find_id(const std::string& id) const {
        SQLite::Statement rows(database_, "SELECT id FROM experiments WHERE substr(id, 1, length(?1)) = ?1 "
                                          "ORDER BY id = ?1 DESC LIMIT 2");
        SQLite::bind(rows, id);
        if (id.empty() || !rows.executeStep())
            return fail(ErrorKind::not_found, "find comparison", id, "the history has none of that id",
                        "List them: isolab history ls");
        std::string whole = rows.getColumn(0).getString();
        if (whole != id && rows.executeStep())
            return fail(ErrorKind::invalid_argument, "find comparison", id, "more than one id begins like this",
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
