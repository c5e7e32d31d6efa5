// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "cli/history_commands.h"
#include "cli/interrupt.h"
#include "cli/paper.h"
#include "compare/report/any_result.h"
#include "compare/report/document_check.h"
#include "compare/report/html_report.h"
#include "compare/report/privacy.h"
#include "compare/report/report.h"
#include "compare/report/report_csv.h"
#include "compare/report/report_markdown.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

struct ReportOptions {
    std::vector<std::string> ids;
    std::string format = "markdown";
    std::string language = "en";
    std::string output;
    bool is_private = false;
};

std::string json_text(const std::vector<AnyResult>& results) {
    if (results.size() == 1)
        return sealed(any_result_json(results.front())).dump(2) + "\n";
    Json list = Json::array();
    for (const AnyResult& result : results)
        list.push_back(sealed(any_result_json(result)));
    return list.dump(2) + "\n";
}

std::string text_of(const std::vector<AnyResult>& results, const std::string& format) {
    if (format == "json")
        return json_text(results);
    if (format == "csv")
        return report_csv(comparisons_of(results));
    if (format == "summary")
        return summary_csv(comparisons_of(results));
    std::string text;
    for (const ComparisonResult& result : comparisons_of(results))
        text += (text.empty() ? "" : "\n") + report_markdown(result);
    return text;
}

bool is_document(const std::string& format) { return format == "html" || format == "pdf"; }

/// What was asked for, as far as it can be known before results are read.
Result<Speech> checked_options(const ReportOptions& options) {
    if (options.language != "en" && !is_document(options.format))
        return fail(ErrorKind::invalid_argument, "write in another language", options.format,
                    "only html and pdf speak in sentences", "Choose --format html or pdf, or leave --language out");
    if (options.format == "pdf")
        ISOLAB_TRY(check_binary_output(options.output));
    ISOLAB_TRY(check_result_file(options.output));
    return speech_in(options.language);
}

/// The whole report. Nothing is written before it is complete.
Result<std::string> rendered(const std::vector<AnyResult>& results, const ReportOptions& options, const Speech& speech,
                             const StopToken& stop) {
    if (!is_document(options.format))
        return text_of(results, options.format);
    const Document document = joined_document(results, speech);
    if (options.format == "html")
        return html_report(document);
    return pdf_of_document(document, stop);
}

/// `hidden`: what it is read without; null: nothing.
Result<AnyResult> reported_result(const HistoryReader& history, const std::string& id, const HostIdentity* hidden) {
    ISOLAB_ASSIGN(AnyResult result, load_any(history, id));
    if (hidden == nullptr)
        return result;
    ISOLAB_ASSIGN(const HistoryEntry entry, history.find(id));
    ISOLAB_ASSIGN(PortableResult plain, without_identity(PortableResult{std::move(result), entry.origin}, *hidden));
    return std::move(plain.result);
}

Result<void> write_report(const GlobalOptions& globals, const ReportOptions& options) {
    ISOLAB_ASSIGN(const Speech speech, checked_options(options));
    ISOLAB_ASSIGN(const auto history, open_history(globals));
    ISOLAB_ASSIGN(const HostIdentity identity, host_identity(globals));
    std::vector<AnyResult> results;
    for (const std::string& id : options.ids) {
        ISOLAB_ASSIGN(AnyResult result, reported_result(*history, id, options.is_private ? &identity : nullptr));
        results.push_back(std::move(result));
    }
    const Interrupt interrupt;
    ISOLAB_ASSIGN(const std::string report, rendered(results, options, speech, interrupt.token()));
    return write_result(report, options.output);
}

} // namespace

void add_report_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code) {
    auto options = std::make_shared<ReportOptions>();
    const CommandParser sub = app.add_subcommand("report", "Write results for papers, spreadsheets and other programs");
    sub.add_option("id", options->ids, "Their ids or the beginnings of them (see isolab history ls)")
        .required()
        .type_name("ID");
    sub.add_option("--format", options->format,
                   "markdown; html: one file with pictures; pdf: the same on paper, A4; csv: every figure of every "
                   "run; summary: a CSV of medians and "
                   "ratios; json: everything")
        .one_of({"markdown", "html", "pdf", "csv", "summary", "json"})
        .capture_default_str();
    sub.add_option("--language", options->language, "Of html and pdf: en or zh (Chinese)")
        .one_of({"en", "zh"})
        .capture_default_str();
    sub.add_option("--output", options->output, "Write the report into a file").type_name("FILE");
    sub.add_flag("--private", options->is_private, private_help);
    sub.callback([options, &globals, &exit_code] { exit_code = exit_code_of(write_report(globals, *options)); });
}

} // namespace isolab
