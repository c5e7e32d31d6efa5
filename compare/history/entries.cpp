// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/history/entries.h"

#include <algorithm>
#include <array>
#include <map>

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>

#include "engine/base/text.h"
#include "engine/base/utc_time.h"

namespace isolab {
namespace {

constexpr std::array<const char*, 3> kind_ids{"comparison", "experiment", "suite"};
constexpr std::size_t longest_tag = 64;

constexpr const char* entry_columns = "SELECT id, started_at, name, runs, complete, headline, kind, "
                                      "COALESCE(part_of, ''), COALESCE(origin, ''), COALESCE(note, '') "
                                      "FROM results LEFT JOIN notes ON notes.result = id ";

/// A kind of a later program is shown as a comparison is.
ResultKind kind_of(const std::string& id) {
    const auto found = std::ranges::find(kind_ids, id);
    return found == kind_ids.end() ? ResultKind::comparison : static_cast<ResultKind>(found - kind_ids.begin());
}

HistoryEntry entry_of(const SQLite::Statement& row) {
    HistoryEntry entry;
    entry.id = row.getColumn(0).getString();
    entry.started = utc_text(Nanoseconds(row.getColumn(1).getInt64()), 0);
    entry.workload = row.getColumn(2).getString();
    entry.runs = row.getColumn(3).getUInt();
    entry.complete = row.getColumn(4).getInt() != 0;
    entry.headline = row.getColumn(5).getString();
    entry.kind = kind_of(row.getColumn(6).getString());
    entry.part_of = row.getColumn(7).getString();
    entry.origin = row.getColumn(8).getString();
    entry.note = row.getColumn(9).getString();
    return entry;
}

/// Few results have any, so they are read apart.
void add_tags(SQLite::Database& database, std::vector<HistoryEntry>& entries) {
    std::map<std::string, std::vector<std::string>> tags;
    SQLite::Statement rows(database, "SELECT result, tag FROM tags ORDER BY tag");
    while (rows.executeStep())
        tags[rows.getColumn(0).getString()].push_back(rows.getColumn(1).getString());
    if (tags.empty())
        return;
    for (HistoryEntry& entry : entries)
        if (const auto found = tags.find(entry.id); found != tags.end())
            entry.tags = found->second;
}

/// The condition's SQL; values are bound by name.
std::string conditions(const HistoryFilter& filter) {
    std::string where = filter.with_parts ? "WHERE 1" : "WHERE part_of IS NULL";
    if (filter.kind)
        where += " AND kind = :kind";
    if (!filter.name.empty())
        where += " AND name = :name";
    if (!filter.tag.empty())
        where += " AND id IN (SELECT result FROM tags WHERE tag = :tag)";
    if (!filter.text.empty())
        where += " AND (instr(lower(id || ' ' || name || ' ' || headline || ' ' || COALESCE(origin, '') || ' ' || "
                 "COALESCE(note, '')), lower(:text)) > 0 OR id IN (SELECT result FROM tags WHERE "
                 "instr(lower(tag), lower(:text)) > 0))";
    return where;
}

} // namespace

const char* result_kind_id(ResultKind kind) noexcept { return kind_ids.at(static_cast<std::size_t>(kind)); }

std::vector<HistoryEntry> read_entries(SQLite::Database& database, const HistoryFilter& filter) {
    std::string query = entry_columns + conditions(filter) + " ORDER BY started_at DESC, id DESC";
    if (filter.most > 0)
        query += " LIMIT " + std::to_string(filter.most);
    SQLite::Statement rows(database, query);
    if (filter.kind)
        rows.bind(":kind", result_kind_id(*filter.kind));
    if (!filter.name.empty())
        rows.bind(":name", filter.name);
    if (!filter.tag.empty())
        rows.bind(":tag", filter.tag);
    if (!filter.text.empty())
        rows.bind(":text", filter.text);
    std::vector<HistoryEntry> entries;
    while (rows.executeStep())
        entries.push_back(entry_of(rows));
    add_tags(database, entries);
    return entries;
}

HistoryEntry read_entry(SQLite::Database& database, const std::string& id) {
    SQLite::Statement row(database, std::string(entry_columns) + "WHERE id = ?");
    row.bind(1, id);
    row.executeStep();
    HistoryEntry entry = entry_of(row);
    SQLite::Statement tags(database, "SELECT tag FROM tags WHERE result = ? ORDER BY tag");
    tags.bind(1, id);
    while (tags.executeStep())
        entry.tags.push_back(tags.getColumn(0).getString());
    return entry;
}

bool has_result(SQLite::Database& database, const std::string& id) {
    SQLite::Statement row(database, "SELECT 1 FROM results WHERE id = ?");
    row.bind(1, id);
    return row.executeStep();
}

bool is_tag(const std::string& tag) noexcept {
    return !tag.empty() && tag.size() <= longest_tag && is_utf8(tag) && std::ranges::none_of(tag, [](char letter) {
        return letter == ',' || static_cast<unsigned char>(letter) <= ' ' || letter == 0x7f;
    });
}

bool is_note(const std::string& note) noexcept { return note.size() <= longest_note && is_utf8(note); }

void insert_tag(SQLite::Database& database, const std::string& id, const std::string& tag) {
    SQLite::Statement insert(database, "INSERT OR IGNORE INTO tags VALUES(?, ?)");
    SQLite::bind(insert, id, tag);
    insert.exec();
}

void delete_tag(SQLite::Database& database, const std::string& id, const std::string& tag) {
    SQLite::Statement remove(database, "DELETE FROM tags WHERE result = ? AND tag = ?");
    SQLite::bind(remove, id, tag);
    remove.exec();
}

void write_note(SQLite::Database& database, const std::string& id, const std::string& note) {
    SQLite::Statement remove(database, "DELETE FROM notes WHERE result = ?");
    remove.bind(1, id);
    remove.exec();
    if (note.empty())
        return;
    SQLite::Statement insert(database, "INSERT INTO notes VALUES(?, ?)");
    SQLite::bind(insert, id, note);
    insert.exec();
}

void write_origin(SQLite::Database& database, const std::string& id, const std::string& origin) {
    SQLite::Statement update(database, "UPDATE results SET origin = NULLIF(?, '') WHERE id = ?");
    SQLite::bind(update, origin, id);
    update.exec();
}

void delete_result(SQLite::Database& database, const std::string& id) {
    SQLite::Statement remove(database, "WITH RECURSIVE parts(id) AS (VALUES(?) UNION SELECT results.id FROM results "
                                       "JOIN parts ON results.part_of = parts.id) "
                                       "DELETE FROM results WHERE id IN (SELECT id FROM parts)");
    remove.bind(1, id);
    remove.exec();
}

} // namespace isolab
