// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include <fmt/format.h>

#include "cli/command_line.h"
#include "compare/history/history.h"
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

Result<void> list_history(const GlobalOptions& globals) {
    ISOLAB_ASSIGN(const auto history, open_history(globals));
    ISOLAB_ASSIGN(const std::vector<HistoryEntry> entries, history->list());
    std::string text =
        fmt::format("{:<22}  {:<20}  {:<16}  {:>4}  {}\n", "ID", "STARTED", "WORKLOAD", "RUNS", "RESULT");
    for (const HistoryEntry& entry : entries)
        text +=
            fmt::format("{:<22}  {:<20}  {:<16}  {:>4}  {}{}\n", entry.id, entry.started, plain_text(entry.workload),
                        entry.runs, entry.headline, entry.complete ? "" : " (incomplete)");
    return write_result(text, {});
}

Result<void> show_history(const GlobalOptions& globals, const ShowOptions& options) {
    ISOLAB_ASSIGN(const auto history, open_history(globals));
    ISOLAB_ASSIGN(const ComparisonResult result, history->load(options.id));
    return write_result(options.format == "json" ? report_json(result).dump(2) + "\n" : report_table(result, {}), {});
}

} // namespace

void add_history_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code) {
    const CommandParser group = app.add_subcommand("history", "Results of earlier comparisons");
    group.require_subcommand(1);
    group.add_subcommand("ls", "List them, newest first").callback([&globals, &exit_code] {
        exit_code = exit_code_of(list_history(globals));
    });

    auto options = std::make_shared<ShowOptions>();
    const CommandParser show = group.add_subcommand("show", "Show one");
    show.add_option("id", options->id, "Its id or the beginning of it").required().type_name("ID");
    show.add_option("--format", options->format, "table or json").one_of({"table", "json"}).capture_default_str();
    show.callback([options, &globals, &exit_code] { exit_code = exit_code_of(show_history(globals, *options)); });
}

} // namespace isolab
