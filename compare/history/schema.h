// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include "engine/base/error.h"

namespace SQLite {
class Database;
}

namespace isolab {

/// The version of the tables that this program reads and writes (docs/history.md).
inline constexpr int newest_history_version = 3;

/// What PRAGMA user_version tells: 0 of an empty database. unsupported when it is newer; `file` is named then. Throws
/// SQLite::Exception.
Result<int> history_version(SQLite::Database& database, const std::filesystem::path& file);

/// Makes the tables, or those of an earlier version into today's, in one transaction; does nothing when another program
/// has done it meanwhile. Throws SQLite::Exception.
void upgrade_history(SQLite::Database& database);

} // namespace isolab
