// SPDX-License-Identifier: GPL-3.0-or-later
#include "compare/history/exchange.h"

#include <algorithm>

#include <SQLiteCpp/SQLiteCpp.h>

#include "compare/history/entries.h"
#include "compare/history/experiment_records.h"
#include "compare/history/records.h"
#include "compare/report/document_check.h"
#include "engine/base/json.h"
#include "engine/base/text.h"

namespace isolab {
namespace {

constexpr std::size_t longest_origin = 255; ///< bytes; a host name has 64 at most, a full domain name 253

std::size_t rows_of(const ComparisonResult& result) { return result.runs.size(); }
std::size_t rows_of(const ExperimentResult& result) { return result.observations.size(); }
std::size_t rows_of(const SuiteResult& /*result*/) { return 0; }

void write_rows(SQLite::Database& database, const ComparisonResult& result) {
    append_runs(database, result.id, result.runs);
}
void write_rows(SQLite::Database& database, const ExperimentResult& result) { append_observations(database, result); }
void write_rows(SQLite::Database& /*database*/, const SuiteResult& /*result*/) {}

template <class T> Result<void> write_one(SQLite::Database& database, const T& result, const std::string& origin) {
    ResultLine line = line_of(result);
    line.origin = origin;
    if (!insert_result(database, line, ""))
        return fail(ErrorKind::already_exists, "import result", result.id, "the history has another one of that id");
    write_rows(database, result);
    update_header(database, result.id, header_of(result), rows_of(result));
    return {};
}

Result<void> write_all(SQLite::Database& database, const ComparisonResult& result, const std::string& origin) {
    return write_one(database, result, origin);
}
Result<void> write_all(SQLite::Database& database, const ExperimentResult& result, const std::string& origin) {
    ISOLAB_TRY(write_one(database, result, origin));
    for (const CellResult& cell : result.cells)
        if (cell.comparison)
            ISOLAB_TRY(write_one(database, *cell.comparison, origin));
    return {};
}
Result<void> write_all(SQLite::Database& database, const SuiteResult& result, const std::string& origin) {
    ISOLAB_TRY(write_one(database, result, origin));
    for (const ExperimentResult& part : result.experiments)
        ISOLAB_TRY(write_all(database, part, origin));
    return {};
}

Result<void> write_words(SQLite::Database& database, const std::string& id, const ResultWords& words) {
    if (!std::ranges::all_of(words.tags, is_tag) || !is_note(words.note))
        return fail(ErrorKind::invalid_argument, "import result", id, "a tag or the note of it is none");
    for (const std::string& tag : words.tags)
        insert_tag(database, id, tag);
    write_note(database, id, words.note);
    return {};
}

Result<AnyResult> stored_result(SQLite::Database& database, const std::string& id) {
    switch (read_entry(database, id).kind) {
    case ResultKind::experiment: {
        ISOLAB_ASSIGN(ExperimentResult result, parse_experiment_record(read_experiment(database, id), id));
        return result;
    }
    case ResultKind::suite: {
        ISOLAB_ASSIGN(SuiteResult result, parse_suite_record(read_suite(database, id), id));
        return result;
    }
    case ResultKind::comparison:
        break;
    }
    ISOLAB_ASSIGN(ComparisonResult result, parse_comparison(read_comparison(database, id), id));
    return result;
}

ResultWords words_of(const HistoryEntry& entry) { return {entry.tags, entry.note}; }

} // namespace

Result<bool> take_in(SQLite::Database& database, const PortableResult& portable) {
    const std::string& id = id_of(portable.result);
    if (portable.origin.size() > longest_origin || !is_utf8(portable.origin))
        return fail(ErrorKind::invalid_argument, "import result", id, "its origin is no name of a machine");
    if (has_result(database, id)) {
        ISOLAB_ASSIGN(const AnyResult present, stored_result(database, id));
        if (content_sha256(any_result_json(present)) == content_sha256(any_result_json(portable.result)))
            return false;
        return fail(ErrorKind::already_exists, "import result", id,
                    "the history has it with another content (a private export is another one too)",
                    "Keep one of them: isolab history rm " + id);
    }
    const std::string origin = portable.origin.empty() ? unknown_origin : portable.origin;
    ISOLAB_TRY(std::visit([&](const auto& result) { return write_all(database, result, origin); }, portable.result));
    ISOLAB_TRY(write_words(database, id, portable.words));
    const std::vector<std::string> parts = part_ids(portable.result);
    for (const auto& [part, words] : portable.part_words) {
        if (std::ranges::find(parts, part) == parts.end())
            return fail(ErrorKind::corrupt, "import result", id, "it has words about a part that it does not have");
        ISOLAB_TRY(write_words(database, part, words));
    }
    return true;
}

Result<AnyResult> load_any(const HistoryReader& history, const std::string& id) {
    ISOLAB_ASSIGN(const HistoryEntry entry, history.find(id));
    switch (entry.kind) {
    case ResultKind::experiment:
        return history.load_experiment(entry.id).map([](ExperimentResult one) { return AnyResult(std::move(one)); });
    case ResultKind::suite:
        return history.load_suite(entry.id).map([](SuiteResult one) { return AnyResult(std::move(one)); });
    case ResultKind::comparison:
        break;
    }
    return history.load(entry.id).map([](ComparisonResult one) { return AnyResult(std::move(one)); });
}

Result<PortableResult> portable_result(const HistoryReader& history, const std::string& id,
                                       const std::string& this_host) {
    ISOLAB_ASSIGN(const HistoryEntry entry, history.find(id));
    if (!entry.part_of.empty())
        return fail(ErrorKind::invalid_argument, "export result", entry.id, "it belongs to result " + entry.part_of,
                    "Export that one");
    ISOLAB_ASSIGN(AnyResult result, load_any(history, entry.id));
    PortableResult portable{std::move(result), entry.origin.empty() ? this_host : entry.origin, words_of(entry), {}};
    for (const std::string& part : part_ids(portable.result)) {
        ISOLAB_ASSIGN(const HistoryEntry one, history.find(part));
        if (words_of(one) != ResultWords{})
            portable.part_words[part] = words_of(one);
    }
    return portable;
}

} // namespace isolab
