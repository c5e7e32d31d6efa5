// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include <fmt/format.h>

#include "cli/command_line.h"
#include "compare/history/history.h"
#include "compare/report/book_table.h"
#include "compare/report/experiment_json.h"
#include "compare/report/report.h"
#include "engine/base/data_folder.h"
#include "engine/base/json.h"
#include "engine/base/text.h"

namespace isolab {
namespace {

struct ShowOptions {
    std::string id;
    std::string format = "table";
};

Result<std::unique_ptr<HistoryReader>> open_history(const GlobalOptions& globals) {
    ISOLAB_ASSIGN(const std::filesystem::path root, data_root(globals.session));
    return HistoryReader::open(DataFolder(root).history_file());
}

Result<void> list_history(const GlobalOptions& globals, const HistoryFilter& filter) {
    ISOLAB_ASSIGN(const auto history, open_history(globals));
    ISOLAB_ASSIGN(const std::vector<HistoryEntry> entries, history->list(filter));
    std::string text =
        fmt::format("{:<22}  {:<20}  {:<10}  {:<16}  {:>4}  {}\n", "ID", "STARTED", "KIND", "NAME", "RUNS", "RESULT");
    for (const HistoryEntry& entry : entries)
        text += fmt::format("{:<22}  {:<20}  {:<10}  {:<16}  {:>4}  {}{}\n", entry.id, entry.started,
                            result_kind_id(entry.kind), plain_text(entry.workload), entry.runs,
                            plain_text(entry.headline), entry.complete ? "" : " (incomplete)");
    return write_result(text, {});
}

Result<std::string> text_of(const HistoryReader& history, const HistoryEntry& entry, bool as_json) {
    const TableOptions options;
    switch (entry.kind) {
    case ResultKind::experiment: {
        ISOLAB_ASSIGN(const ExperimentResult result, history.load_experiment(entry.id));
        return as_json ? experiment_result_json(result).dump(2) + "\n" : experiment_table(result, options);
    }
    case ResultKind::suite: {
        ISOLAB_ASSIGN(const SuiteResult result, history.load_suite(entry.id));
        return as_json ? suite_result_json(result).dump(2) + "\n" : suite_table(result, options);
    }
    case ResultKind::comparison:
        break;
    }
    ISOLAB_ASSIGN(const ComparisonResult result, history.load(entry.id));
    return as_json ? report_json(result).dump(2) + "\n" : report_table(result, options);
}

Result<void> show_history(const GlobalOptions& globals, const ShowOptions& options) {
    ISOLAB_ASSIGN(const auto history, open_history(globals));
    ISOLAB_ASSIGN(const HistoryEntry entry, history->find(options.id));
    ISOLAB_ASSIGN(const std::string text, text_of(*history, entry, options.format == "json"));
    return write_result(text, {});
}

} // namespace

void add_history_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code) {
    const CommandParser group = app.add_subcommand("history", "Results of earlier comparisons, experiments and suites");
    group.require_subcommand(1);
    auto filter = std::make_shared<HistoryFilter>();
    const CommandParser ls = group.add_subcommand("ls", "List them, newest first");
    ls.add_option("--name", filter->name, "Of this workload, experiment or suite alone").type_name("NAME");
    ls.add_option("--tag", filter->tag, "With this tag alone").type_name("TAG");
    ls.add_option("--text", filter->text, "That have this text anywhere").type_name("TEXT");
    ls.add_flag("--all", filter->with_parts, "Those too that belong to experiments and suites");
    ls.callback([filter, &globals, &exit_code] { exit_code = exit_code_of(list_history(globals, *filter)); });

    auto options = std::make_shared<ShowOptions>();
    const CommandParser show = group.add_subcommand("show", "Show one");
    show.add_option("id", options->id, "Its id or the beginning of it").required().type_name("ID");
    show.add_option("--format", options->format, "table or json").one_of({"table", "json"}).capture_default_str();
    show.callback([options, &globals, &exit_code] { exit_code = exit_code_of(show_history(globals, *options)); });
}

} // namespace isolab
