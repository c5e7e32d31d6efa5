// SPDX-License-Identifier: GPL-3.0-or-later
//
// The list of results, and what people say of them: tags, notes, where they come from. All functions run in a
// transaction of their caller and throw SQLite::Exception.
#pragma once

#include <string>
#include <vector>

#include "compare/history/history.h"

namespace SQLite {
class Database;
}

namespace isolab {

std::vector<HistoryEntry> read_entries(SQLite::Database& database, const HistoryFilter& filter);
/// The id must be whole and exist.
HistoryEntry read_entry(SQLite::Database& database, const std::string& id);
bool has_result(SQLite::Database& database, const std::string& id);

/// Whether it is a word without spaces and commas, of 64 bytes at most.
bool is_tag(const std::string& tag) noexcept;
/// Whether it is UTF-8 of longest_note bytes at most.
bool is_note(const std::string& note) noexcept;
void insert_tag(SQLite::Database& database, const std::string& id, const std::string& tag);
void delete_tag(SQLite::Database& database, const std::string& id, const std::string& tag);
void write_note(SQLite::Database& database, const std::string& id, const std::string& note);
void write_origin(SQLite::Database& database, const std::string& id, const std::string& origin);
/// With all that is part of it.
void delete_result(SQLite::Database& database, const std::string& id);

} // namespace isolab
