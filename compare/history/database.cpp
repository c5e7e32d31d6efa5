// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/history/database.h"

#include <thread>
#include <utility>

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>

#include "compare/history/schema.h"
#include "engine/base/file_tree.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;
using Connection = std::unique_ptr<SQLite::Database>;

constexpr const char* open_operation = "open the history";
constexpr std::chrono::milliseconds busy_pause{2};

/// Extended result codes hold the primary one in the low byte (sqlite.org/rescode.html).
int primary_code(const SQLite::Exception& error) { return error.getErrorCode() & 0xff; }

Connection connect(const std::string& name, int flags, std::chrono::milliseconds patience) {
    return std::make_unique<SQLite::Database>(name, flags, static_cast<int>(patience.count()));
}

/// The switch needs the file alone for a moment, and SQLite does not ask its busy handler there: it fails at once
/// while another connection of a new history reads or switches (sqlite.org/wal.html, "Sometimes Queries Return
/// SQLITE_BUSY In WAL Mode").
void use_write_ahead_log(SQLite::Database& database, std::chrono::milliseconds patience) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (;;) {
        try {
            database.exec("PRAGMA journal_mode = WAL");
            return;
        } catch (const SQLite::Exception& error) {
            if (primary_code(error) != SQLITE_BUSY || std::chrono::steady_clock::now() >= deadline)
                throw;
        }
        std::this_thread::sleep_for(busy_pause);
    }
}

template <class Work>
Result<HistoryDatabase> guarded_open(const fs::path& file, const Connection& connection, Work&& work) {
    try {
        return work();
    } catch (const SQLite::Exception& error) {
        return fail(database_error(error, connection.get(), open_operation, file));
    }
}

/// Reads something, so that it fails here and not later.
Connection tried(Connection connection) {
    (void)connection->execAndGet("SELECT COUNT(*) FROM sqlite_master");
    return connection;
}

/// The name of a file as a URI that tells SQLite that nobody changes it (sqlite.org/uri.html).
std::string unchanging(const fs::path& file) {
    std::string uri = "file:";
    for (const char letter : file.string())
        uri += letter == '%' || letter == '?' || letter == '#'
                   ? fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(letter)))
                   : std::string(1, letter);
    return uri + "?immutable=1";
}

fs::path log_of(const fs::path& file) { return file.string() + "-wal"; }

bool has_log(const fs::path& file) {
    std::error_code missing;
    const auto size = fs::file_size(log_of(file), missing);
    return !missing && size > 0;
}

/// SQLite makes files by the umask, and gives the log and its index the mode of the database. The file is never opened
/// here when it exists: closing it would drop the locks that SQLite has in this process (sqlite.org/howtocorrupt.html).
Result<void> close_to_others(const fs::path& file, bool create) {
    if (create) {
        const UniqueFd made(::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!made && errno != EEXIST)
            return fail_errno(errno, open_operation, file.string());
    }
    for (const char* ending : {"", "-wal", "-shm"})
        keep_others_out(file.string() + ending);
    return {};
}

/// A log without its index can be read only where the index can be made.
Result<HistoryDatabase> open_copy(const fs::path& file, std::chrono::milliseconds patience) {
    ISOLAB_ASSIGN(fs::path folder, make_temporary_directory(fs::temp_directory_path(), "isolab-history-"));
    TemporaryTree tree(std::move(folder));
    const fs::path copy = tree.path() / "history.sqlite";
    std::error_code error;
    if (!fs::copy_file(file, copy, error) || !fs::copy_file(log_of(file), log_of(copy), error))
        return fail_errno(error.value(), "copy the history to", tree.path().string());
    fs::permissions(copy, fs::perms(0600), error);
    fs::permissions(log_of(copy), fs::perms(0600), error);
    ISOLAB_ASSIGN(HistoryDatabase opened, open_writable(copy, patience, false));
    opened.file = file;
    opened.copy.emplace(std::move(tree));
    return opened;
}

Connection upgraded_in_memory(SQLite::Database& source) {
    Connection memory = connect(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, {});
    SQLite::Backup(*memory, source).executeStep();
    upgrade_history(*memory);
    return memory;
}

} // namespace

HistoryDatabase::HistoryDatabase(fs::path opened_file, Connection opened_database)
    : file(std::move(opened_file)), database(std::move(opened_database)) {}
HistoryDatabase::HistoryDatabase(HistoryDatabase&&) noexcept = default;
HistoryDatabase::~HistoryDatabase() = default;

Result<HistoryDatabase> open_writable(const fs::path& file, std::chrono::milliseconds patience, bool create) {
    Connection connection;
    ISOLAB_TRY(close_to_others(file, create));
    return guarded_open(file, connection, [&]() -> Result<HistoryDatabase> {
        connection = connect(file.string(), SQLite::OPEN_READWRITE | (create ? SQLite::OPEN_CREATE : 0), patience);
        if (::sqlite3_db_readonly(connection->getHandle(), "main") == 1)
            return fail(ErrorKind::permission_denied, open_operation, file.string(), "it can only be read",
                        "Let this user write to it, or use another data folder");
        ISOLAB_ASSIGN(const int version, history_version(*connection, file));
        use_write_ahead_log(*connection, patience);
        connection->exec("PRAGMA synchronous = NORMAL");
        if (version < newest_history_version)
            upgrade_history(*connection);
        connection->exec("PRAGMA foreign_keys = ON");
        return HistoryDatabase(file, std::move(connection));
    });
}

Result<HistoryDatabase> open_read_only(const fs::path& file, std::chrono::milliseconds patience) {
    Connection connection;
    return guarded_open(file, connection, [&]() -> Result<HistoryDatabase> {
        try {
            connection = tried(connect(file.string(), SQLite::OPEN_READONLY, patience));
        } catch (const SQLite::Exception& error) {
            if (primary_code(error) == SQLITE_BUSY)
                throw;
            if (has_log(file))
                return open_copy(file, patience);
            connection = tried(connect(unchanging(file), SQLite::OPEN_READONLY | SQLite::OPEN_URI, patience));
        }
        ISOLAB_ASSIGN(const int version, history_version(*connection, file));
        if (version < newest_history_version)
            connection = upgraded_in_memory(*connection);
        return HistoryDatabase(file, std::move(connection));
    });
}

Result<HistoryDatabase> open_nothing(const fs::path& file) {
    Connection connection;
    return guarded_open(file, connection, [&]() -> Result<HistoryDatabase> {
        connection = connect(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, {});
        upgrade_history(*connection);
        return HistoryDatabase(file, std::move(connection));
    });
}

Error database_error(const SQLite::Exception& error, const SQLite::Database* database, const char* operation,
                     const fs::path& file) {
    switch (primary_code(error)) {
    case SQLITE_BUSY:
        return {ErrorKind::unavailable, operation, file.string(), "another program keeps it locked",
                "End what else uses this data folder, then try again"};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return {ErrorKind::corrupt, operation, file.string(), error.what(),
                "Move the file away; a new history is begun then"};
    case SQLITE_FULL:
        return {ErrorKind::no_space, operation, file.string(), "the disk is full", "Make room, then try again"};
    case SQLITE_READONLY:
        return {ErrorKind::permission_denied, operation, file.string(), "it can only be read",
                "Let this user write to it, or use another data folder"};
    default:
        break;
    }
    const int number = database != nullptr ? ::sqlite3_system_errno(database->getHandle()) : 0;
    Error told = system_error(number, operation, file.string());
    if (number == 0)
        told.cause = error.what();
    else
        told.cause = fmt::format("{} ({})", told.cause, error.what());
    if (told.kind == ErrorKind::no_space)
        told.remedy = "Make room, then try again";
    return told;
}

} // namespace isolab
