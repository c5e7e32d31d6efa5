// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "cli/command_line.h"
#include "compare/history/history.h"
#include "compare/report/report.h"
#include "compare/report/report_csv.h"
#include "compare/report/report_markdown.h"
#include "engine/base/data_folder.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

struct ReportOptions {
    std::vector<std::string> ids;
    std::string format = "markdown";
    std::string output;
};

/// One document, or a list of them.
std::string json_text(const std::vector<ComparisonResult>& results) {
    if (results.size() == 1)
        return report_json(results.front()).dump(2) + "\n";
    Json list = Json::array();
    for (const ComparisonResult& result : results)
        list.push_back(report_json(result));
    return list.dump(2) + "\n";
}

std::string text_of(const std::vector<ComparisonResult>& results, const std::string& format) {
    if (format == "json")
        return json_text(results);
    if (format == "csv")
        return report_csv(results);
    if (format == "summary")
        return summary_csv(results);
    std::string text;
    for (const ComparisonResult& result : results)
        text += (text.empty() ? "" : "\n") + report_markdown(result);
    return text;
}

Result<void> write_report(const GlobalOptions& globals, const ReportOptions& options) {
    ISOLAB_TRY(check_result_file(options.output));
    ISOLAB_ASSIGN(const std::filesystem::path root, data_root(globals.session));
    ISOLAB_ASSIGN(const auto history, HistoryReader::open(DataFolder(root).history_file()));
    std::vector<ComparisonResult> results;
    for (const std::string& id : options.ids) {
        ISOLAB_ASSIGN(ComparisonResult result, history->load(id));
        results.push_back(std::move(result));
    }
    return write_result(text_of(results, options.format), options.output);
}

} // namespace

void add_report_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code) {
    auto options = std::make_shared<ReportOptions>();
    const CommandParser sub = app.add_subcommand("report", "Write results for papers, spreadsheets and other programs");
    sub.add_option("id", options->ids, "Their ids or the beginnings of them (see isolab history ls)")
        .required()
        .type_name("ID");
    sub.add_option("--format", options->format,
                   "markdown; csv: every figure of every run; summary: a CSV of medians and ratios; json: everything")
        .one_of({"markdown", "csv", "summary", "json"})
        .capture_default_str();
    sub.add_option("--output", options->output, "Write the report into a file").type_name("FILE");
    sub.callback([options, &globals, &exit_code] { exit_code = exit_code_of(write_report(globals, *options)); });
}

} // namespace isolab
