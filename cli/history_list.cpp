// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/history_commands.h"
#include "compare/report/book_table.h"
#include "compare/report/document_check.h"
#include "compare/report/export_json.h"
#include "compare/report/report.h"
#include "compare/report/text_layout.h"
#include "engine/base/json.h"
#include "engine/base/text.h"

namespace isolab {
namespace {

struct HistoryListOptions {
    HistoryFilter filter;
    std::string format = "table";
    unsigned limit = 0;
};

struct HistoryShowOptions {
    std::string id;
    std::string format = "table";
};

const std::map<std::string, ResultKind> result_kinds{
    {"comparison", ResultKind::comparison}, {"experiment", ResultKind::experiment}, {"suite", ResultKind::suite}};

using HistoryRow = std::vector<std::string>;

HistoryRow history_row(const HistoryEntry& entry) {
    return {entry.id,
            entry.started,
            result_kind_id(entry.kind),
            plain_text(entry.workload),
            std::to_string(entry.runs),
            entry.origin.empty() ? "-" : plain_text(entry.origin),
            entry.tags.empty() ? "-" : plain_text(fmt::format("{}", fmt::join(entry.tags, ","))),
            plain_text(entry.headline) + (entry.complete ? "" : " (incomplete)")};
}

std::string history_table(const std::vector<HistoryEntry>& entries) {
    std::vector<HistoryRow> rows{{"ID", "STARTED", "KIND", "NAME", "RUNS", "ORIGIN", "TAGS", "RESULT"}};
    std::ranges::transform(entries, std::back_inserter(rows), history_row);
    std::vector<std::size_t> widths(rows.front().size());
    for (const HistoryRow& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], columns(row[i]));
    std::string text;
    for (const HistoryRow& row : rows) {
        for (std::size_t i = 0; i + 1 < row.size(); ++i)
            text += padded(row[i], widths[i] + 2);
        text += row.back() + "\n";
    }
    return text;
}

Json entry_json(const HistoryEntry& entry) {
    const auto or_null = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
    return {{"id", entry.id},
            {"started", entry.started},
            {"kind", result_kind_id(entry.kind)},
            {"name", entry.workload},
            {"runs", entry.runs},
            {"complete", entry.complete},
            {"headline", entry.headline},
            {"part_of", or_null(entry.part_of)},
            {"origin", or_null(entry.origin)},
            {"tags", entry.tags},
            {"note", or_null(entry.note)}};
}

Result<void> list_history(const GlobalOptions& globals, const HistoryListOptions& options) {
    ISOLAB_ASSIGN(const auto history, open_history(globals));
    HistoryFilter filter = options.filter;
    filter.most = options.limit;
    ISOLAB_ASSIGN(const std::vector<HistoryEntry> entries, history->list(filter));
    if (options.format == "table")
        return write_result(history_table(entries), {});
    Json list = Json::array();
    std::ranges::transform(entries, std::back_inserter(list), entry_json);
    return write_result(list.dump(2, ' ', false, Json::error_handler_t::replace) + "\n", {});
}

std::string shown_table(const AnyResult& result) {
    const TableOptions options;
    if (const auto* experiment = std::get_if<ExperimentResult>(&result))
        return experiment_table(*experiment, options);
    if (const auto* suite = std::get_if<SuiteResult>(&result))
        return suite_table(*suite, options);
    return report_table(std::get<ComparisonResult>(result), options);
}

Result<void> show_history(const GlobalOptions& globals, const HistoryShowOptions& options) {
    ISOLAB_ASSIGN(const auto history, open_history(globals));
    ISOLAB_ASSIGN(const AnyResult result, load_any(*history, options.id));
    if (options.format == "json")
        return write_result(sealed(any_result_json(result)).dump(2) + "\n", {});
    return write_result(shown_table(result), {});
}

} // namespace

void add_history_list_commands(CommandParser group, GlobalOptions& globals, ExitCode& exit_code) {
    auto list = std::make_shared<HistoryListOptions>();
    const CommandParser ls = group.add_subcommand("ls", "List them, newest first");
    ls.add_choice("--kind", list->filter.kind, result_kinds, "Comparisons, experiments or suites alone")
        .type_name("KIND");
    ls.add_option("--name", list->filter.name, "Of this workload, experiment or suite alone").type_name("NAME");
    ls.add_option("--tag", list->filter.tag, "With this tag alone").type_name("TAG");
    ls.add_option("--text", list->filter.text, "That have this text anywhere").type_name("TEXT");
    ls.add_flag("--all", list->filter.with_parts, "Those too that belong to experiments and suites");
    ls.add_option("--limit", list->limit, "The newest ones alone").type_name("N").range(1, 1'000'000);
    ls.add_option("--format", list->format, "table or json").one_of({"table", "json"}).capture_default_str();
    ls.callback([list, &globals, &exit_code] { exit_code = exit_code_of(list_history(globals, *list)); });

    auto options = std::make_shared<HistoryShowOptions>();
    const CommandParser show = group.add_subcommand("show", "Show one");
    show.add_option("id", options->id, "Its id or the beginning of it").required().type_name("ID");
    show.add_option("--format", options->format, "table or json").one_of({"table", "json"}).capture_default_str();
    show.callback([options, &globals, &exit_code] { exit_code = exit_code_of(show_history(globals, *options)); });
}

} // namespace isolab
