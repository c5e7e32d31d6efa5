// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/history/entries.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>
#include <tuple>
#include <unordered_map>

#include <SQLiteCpp/SQLiteCpp.h>
#include <SQLiteCpp/VariadicBind.h>
#include <sqlite3.h>

#include "engine/base/text.h"
#include "engine/base/utc_time.h"

namespace isolab {
namespace {

constexpr std::array<const char*, 3> kind_ids{"comparison", "experiment", "suite"};
constexpr std::size_t longest_tag = 64;

constexpr const char* entry_columns = "SELECT id, started_at, name, runs, complete, headline, kind, part_of, origin "
                                      "FROM results ";

/// A kind of a later program is shown as a comparison is.
ResultKind kind_of(std::string_view id) {
    const auto found = std::ranges::find(kind_ids, id);
    return found == kind_ids.end() ? ResultKind::comparison : static_cast<ResultKind>(found - kind_ids.begin());
}

/// A prepared statement whose columns are read without a copy: a list has very many.
class FastRows {
  public:
    FastRows(SQLite::Database& database, const std::string& query) : database_(database) {
        check(::sqlite3_prepare_v2(database.getHandle(), query.c_str(), -1, &statement_, nullptr));
    }
    FastRows(const FastRows&) = delete;
    FastRows& operator=(const FastRows&) = delete;
    ~FastRows() { ::sqlite3_finalize(statement_); }

    /// Where the query has it; `value` must live as long as the rows.
    void bind(const char* name, std::string_view value) {
        if (const int place = ::sqlite3_bind_parameter_index(statement_, name); place > 0)
            check(::sqlite3_bind_text(statement_, place, value.data(), static_cast<int>(value.size()), nullptr));
    }
    bool next() {
        const int code = ::sqlite3_step(statement_);
        if (code != SQLITE_ROW && code != SQLITE_DONE)
            throw SQLite::Exception(database_.getHandle(), code);
        return code == SQLITE_ROW;
    }
    std::int64_t number(int column) const { return ::sqlite3_column_int64(statement_, column); }
    /// Valid until next(); empty for null.
    std::string_view text(int column) const {
        const void* bytes = ::sqlite3_column_text(statement_, column);
        return bytes == nullptr
                   ? std::string_view()
                   : std::string_view(static_cast<const char*>(bytes),
                                      static_cast<std::size_t>(::sqlite3_column_bytes(statement_, column)));
    }

  private:
    void check(int code) const {
        if (code != SQLITE_OK)
            throw SQLite::Exception(database_.getHandle(), code);
    }

    SQLite::Database& database_;
    sqlite3_stmt* statement_ = nullptr;
};

HistoryEntry entry_of(const FastRows& row) {
    HistoryEntry entry;
    entry.id = row.text(0);
    entry.started = utc_text(Nanoseconds(row.number(1)), 0);
    entry.workload = row.text(2);
    entry.runs = static_cast<unsigned>(row.number(3));
    entry.complete = row.number(4) != 0;
    entry.headline = row.text(5);
    entry.kind = kind_of(row.text(6));
    entry.part_of = row.text(7);
    entry.origin = row.text(8);
    return entry;
}

/// Few results have tags or notes, so they are read apart.
void add_words(SQLite::Database& database, std::vector<HistoryEntry>& entries) {
    std::unordered_map<std::string, std::pair<std::vector<std::string>, std::string>> words;
    FastRows tags(database, "SELECT result, tag FROM tags ORDER BY result, tag");
    while (tags.next())
        words[std::string(tags.text(0))].first.emplace_back(tags.text(1));
    FastRows notes(database, "SELECT result, note FROM notes");
    while (notes.next())
        words[std::string(notes.text(0))].second = notes.text(1);
    if (words.empty())
        return;
    for (HistoryEntry& entry : entries)
        if (const auto found = words.find(entry.id); found != words.end())
            std::tie(entry.tags, entry.note) = std::move(found->second);
}

/// The condition's SQL; values are bound by name. A "+" keeps the index by time out, where the order is another one.
std::string conditions(const HistoryFilter& filter) {
    std::string where = "WHERE 1";
    if (!filter.with_parts)
        where += filter.most > 0 ? " AND part_of IS NULL" : " AND +part_of IS NULL";
    if (filter.kind)
        where += " AND kind = :kind";
    if (!filter.name.empty())
        where += " AND name = :name";
    if (!filter.tag.empty())
        where += " AND id IN (SELECT result FROM tags WHERE tag = :tag)";
    if (!filter.text.empty())
        where +=
            " AND (instr(lower(id || ' ' || name || ' ' || headline || ' ' || COALESCE(origin, '')), lower(:text)) "
            "> 0 OR id IN (SELECT result FROM tags WHERE instr(lower(tag), lower(:text)) > 0 UNION "
            "SELECT result FROM notes WHERE instr(lower(note), lower(:text)) > 0))";
    return where;
}

/// The newest first; `times` are their beginnings, in ns. Rows come as they were written, the last first, which nearly
/// always is that order: then nothing is sorted.
void sort_entries(std::vector<HistoryEntry>& entries, const std::vector<std::int64_t>& times) {
    const auto key = [&](std::size_t place) { return std::tie(times[place], entries[place].id); };
    std::vector<std::size_t> order(entries.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    if (std::ranges::is_sorted(order, std::ranges::greater(), key))
        return;
    std::ranges::sort(order, std::ranges::greater(), key);
    std::vector<HistoryEntry> sorted;
    sorted.reserve(entries.size());
    for (const std::size_t place : order)
        sorted.push_back(std::move(entries[place]));
    entries = std::move(sorted);
}

} // namespace

const char* result_kind_id(ResultKind kind) noexcept { return kind_ids.at(static_cast<std::size_t>(kind)); }

std::vector<HistoryEntry> read_entries(SQLite::Database& database, const HistoryFilter& filter) {
    std::string query = entry_columns + conditions(filter);
    query += filter.most > 0 ? " ORDER BY started_at DESC, id DESC LIMIT " + std::to_string(filter.most)
                             : " ORDER BY results.rowid DESC";
    FastRows rows(database, query);
    if (filter.kind)
        rows.bind(":kind", result_kind_id(*filter.kind));
    rows.bind(":name", filter.name);
    rows.bind(":tag", filter.tag);
    rows.bind(":text", filter.text);
    std::vector<HistoryEntry> entries;
    std::vector<std::int64_t> times;
    while (rows.next()) {
        times.push_back(rows.number(1));
        entries.push_back(entry_of(rows));
    }
    if (filter.most == 0)
        sort_entries(entries, times);
    add_words(database, entries);
    return entries;
}

HistoryEntry read_entry(SQLite::Database& database, const std::string& id) {
    FastRows row(database, std::string(entry_columns) + "WHERE id = :id");
    row.bind(":id", id);
    row.next();
    HistoryEntry entry = entry_of(row);
    FastRows tags(database, "SELECT tag FROM tags WHERE result = :id ORDER BY tag");
    tags.bind(":id", id);
    while (tags.next())
        entry.tags.emplace_back(tags.text(0));
    FastRows note(database, "SELECT note FROM notes WHERE result = :id");
    note.bind(":id", id);
    if (note.next())
        entry.note = note.text(0);
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
