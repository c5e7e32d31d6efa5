// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/history/history.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <fmt/format.h>

#include "compare/model/format.h"
#include "compare/report/report.h"
#include "engine/base/json.h"
#include "engine/base/utc_time.h"

namespace isolab {
namespace {

constexpr int newest_version = 1;
// Extended result codes hold the primary one in the low byte (sqlite.org/rescode.html).
constexpr int sqlite_code_busy = 5, sqlite_code_corrupt = 11, sqlite_code_full = 13, sqlite_code_not_a_database = 26;
constexpr std::chrono::milliseconds busy_pause{2};

constexpr const char* schema_version_1 = R"(
CREATE TABLE experiments(
  id TEXT PRIMARY KEY, started_at INTEGER NOT NULL, workload TEXT NOT NULL, runs INTEGER NOT NULL,
  complete INTEGER NOT NULL, headline TEXT NOT NULL, document TEXT NOT NULL);
CREATE INDEX experiments_by_time ON experiments(started_at);
CREATE INDEX experiments_by_workload ON experiments(workload);
CREATE TABLE runs(
  experiment TEXT NOT NULL REFERENCES experiments(id) ON DELETE CASCADE, number INTEGER NOT NULL,
  side TEXT NOT NULL, idx INTEGER NOT NULL, warmup INTEGER NOT NULL, mode TEXT NOT NULL, ready_ns INTEGER,
  exit_code INTEGER, error TEXT, PRIMARY KEY(experiment, number));
)";

unsigned finished_runs(const ExperimentResult& result) {
    unsigned most = 0;
    for (const SideResult& side : result.sides)
        most = std::max(most, static_cast<unsigned>(std::ranges::count_if(result.runs, [&](const RunResult& run) {
                            return run.side == side.side && !run.warmup && !run.error;
                        })));
    return most;
}

std::string headline_of(const ExperimentResult& result) {
    std::string text;
    for (const SideResult& side : result.sides) {
        const MetricSummary* ready = result.find_metric(side.side, "ready");
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", side.side,
                            ready != nullptr ? format_duration(ready->summary.median) : "-");
    }
    const MetricRatio* ratio = result.find_ratio("ready");
    return ratio != nullptr ? fmt::format("{} ({})", text, format_ratio(ratio->summary.ratio)) : text;
}

int primary_code(const SQLite::Exception& error) { return error.getErrorCode() & 0xff; }

Error database_error(const SQLite::Exception& error, const char* operation, const std::filesystem::path& file) {
    const int code = primary_code(error);
    if (code == sqlite_code_busy)
        return {ErrorKind::unavailable, operation, file.string(), "another program keeps it locked",
                "End what else uses this data folder, then try again"};
    if (code == sqlite_code_corrupt || code == sqlite_code_not_a_database)
        return {ErrorKind::corrupt, operation, file.string(), error.what(),
                "Move the file away; a new history is begun then"};
    if (code == sqlite_code_full)
        return {ErrorKind::no_space, operation, file.string(), "the disk is full", "Make room, then try again"};
    return {ErrorKind::system, operation, file.string(), error.what(), ""};
}

/// One connection; a mutex serialises its users.
class SqliteHistory final : public History {
  public:
    SqliteHistory(const std::filesystem::path& file, std::chrono::milliseconds patience)
        : file_(file), patience_(patience),
          database_(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, static_cast<int>(patience.count())) {}

    Result<void> prepare() {
        return guarded<void>("open the history", [&]() -> Result<void> {
            const int version = database_.execAndGet("PRAGMA user_version").getInt();
            if (version > newest_version)
                return fail(ErrorKind::unsupported, "open the history", file_.string(),
                            fmt::format("it has version {}, this program knows up to {}", version, newest_version),
                            "Use a newer Isolab, or move the file away");
            use_write_ahead_log();
            database_.exec("PRAGMA foreign_keys = ON");
            migrate();
            return {};
        });
    }

    const std::filesystem::path& file() const noexcept override { return file_; }

    Result<void> save(const ExperimentResult& result) override {
        const std::string document = report_json(result).dump();
        return guarded<void>("save to the history", [&]() -> Result<void> {
            SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
            SQLite::Statement erase(database_, "DELETE FROM experiments WHERE id = ?");
            SQLite::bind(erase, result.id);
            erase.exec();
            SQLite::Statement insert(database_, "INSERT INTO experiments VALUES(?, ?, ?, ?, ?, ?, ?)");
            SQLite::bind(insert, result.id, static_cast<std::int64_t>(result.started_at.count()),
                         result.plan.workload.id, finished_runs(result), result.complete ? 1 : 0, headline_of(result),
                         document);
            insert.exec();
            insert_runs(result);
            transaction.commit();
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

    Result<ExperimentResult> load(const std::string& id) const override {
        ISOLAB_ASSIGN(const std::string text, find_document(id));
        ISOLAB_ASSIGN(const Json document, parse_json(text, "comparison " + id));
        return parse_report(document, "comparison " + id);
    }

  private:
    /// The switch needs the file alone for a moment, and SQLite does not ask its busy handler there: it fails at once
    /// while another connection of a new history reads or switches (sqlite.org/wal.html, "Sometimes Queries Return
    /// SQLITE_BUSY In WAL Mode").
    void use_write_ahead_log() {
        const auto deadline = std::chrono::steady_clock::now() + patience_;
        for (;;) {
            try {
                database_.exec("PRAGMA journal_mode = WAL");
                return;
            } catch (const SQLite::Exception& error) {
                if (primary_code(error) != sqlite_code_busy || std::chrono::steady_clock::now() >= deadline)
                    throw;
            }
            std::this_thread::sleep_for(busy_pause);
        }
    }

    void migrate() {
        SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
        if (database_.execAndGet("PRAGMA user_version").getInt() < 1)
            database_.exec(schema_version_1);
        database_.exec(fmt::format("PRAGMA user_version = {}", newest_version));
        transaction.commit();
    }

    void insert_runs(const ExperimentResult& result) {
        SQLite::Statement insert(database_, "INSERT INTO runs VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)");
        for (std::size_t number = 0; number < result.runs.size(); ++number) {
            const RunResult& run = result.runs[number];
            SQLite::bind(insert, result.id, static_cast<std::int64_t>(number), run.side, run.index, run.warmup ? 1 : 0,
                         run.mode == Mode::race ? "race" : "measure");
            if (run.ready)
                insert.bind(7, static_cast<std::int64_t>(run.ready->count()));
            if (run.exit)
                insert.bind(8, run.exit->code);
            if (run.error)
                insert.bind(9, run.error->message());
            insert.exec();
            insert.reset();
            insert.clearBindings();
        }
    }

    Result<std::string> find_document(const std::string& id) const {
        return guarded<std::string>("read the history", [&]() -> Result<std::string> {
            SQLite::Statement rows(database_,
                                   "SELECT id, document FROM experiments WHERE substr(id, 1, length(?1)) = ?1 "
                                   "ORDER BY id = ?1 DESC LIMIT 2");
            SQLite::bind(rows, id);
            if (id.empty() || !rows.executeStep())
                return fail(ErrorKind::not_found, "find comparison", id, "the history has none of that id",
                            "List them: isolab history ls");
            const bool exact = rows.getColumn(0).getString() == id;
            std::string document = rows.getColumn(1).getString();
            if (!exact && rows.executeStep())
                return fail(ErrorKind::invalid_argument, "find comparison", id, "more than one id begins like this",
                            "Write more of it");
            return document;
        });
    }

    template <class T, class Work> Result<T> guarded(const char* operation, Work&& work) const {
        const std::lock_guard lock(mutex_);
        try {
            return work();
        } catch (const SQLite::Exception& error) {
            return fail(database_error(error, operation, file_));
        }
    }

    const std::filesystem::path file_;
    const std::chrono::milliseconds patience_;
    mutable std::mutex mutex_;
    mutable SQLite::Database database_; ///< statements are prepared on it by const members too
};

} // namespace

Result<std::unique_ptr<History>> History::open(const std::filesystem::path& file, std::chrono::milliseconds patience) {
    try {
        auto history = std::make_unique<SqliteHistory>(file, patience);
        ISOLAB_TRY(history->prepare());
        return std::unique_ptr<History>(std::move(history));
    } catch (const SQLite::Exception& error) {
        return fail(database_error(error, "open the history", file));
    }
}

} // namespace isolab
