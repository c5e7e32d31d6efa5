// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>

#include "engine/base/error.h"
#include "engine/base/file_tree.h"

namespace SQLite {
class Database;
class Exception;
} // namespace SQLite

namespace isolab {

/// A database of the newest version, open.
struct HistoryDatabase {
    HistoryDatabase(std::filesystem::path opened_file, std::unique_ptr<SQLite::Database> opened_database);
    HistoryDatabase(HistoryDatabase&&) noexcept;
    ~HistoryDatabase();

    std::filesystem::path file;        ///< the one that was asked for
    std::optional<TemporaryTree> copy; ///< where it lies instead
    std::unique_ptr<SQLite::Database> database;
};

/// Makes the file when it is missing and `create` is set, brings it up to date when it is of an earlier version, and
/// writes nothing otherwise. permission_denied when the file can only be read.
Result<HistoryDatabase> open_writable(const std::filesystem::path& file, std::chrono::milliseconds patience,
                                      bool create);

/// Opens a file that exists, without writing to it or beside it. Where SQLite refuses that because it cannot make the
/// files of its log, the file is taken for one that nobody changes, or copied with its log; an earlier version is
/// brought up to date in memory.
Result<HistoryDatabase> open_read_only(const std::filesystem::path& file, std::chrono::milliseconds patience);

/// An empty one in memory.
Result<HistoryDatabase> open_nothing(const std::filesystem::path& file);

/// Tells what an exception of a database means. `database` may be null.
Error database_error(const SQLite::Exception& error, const SQLite::Database* database, const char* operation,
                     const std::filesystem::path& file);

} // namespace isolab
