// SPDX-License-Identifier: GPL-3.0-or-later
#include <memory>

#include "cli/command_line.h"
#include "cli/compare_options.h"
#include "cli/experiment_view.h"
#include "cli/interrupt.h"
#include "cli/progress_view.h"
#include "cli/terminal.h"
#include "compare/report/book_table.h"
#include "compare/report/document_check.h"
#include "compare/report/experiment_json.h"
#include "compare/report/report.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

struct CompareCommand {
    CompareOptions options;
    std::string format = "table";
    std::string output;
    std::string suite; ///< empty: one workload
    bool quick = false;
};

void declare_options(CommandParser command, CompareCommand& compare) {
    declare_compare_options(command, compare.options);
    command.add_option("--format", compare.format, "table or json").one_of({"table", "json"}).capture_default_str();
    command.add_option("--suite", compare.suite, "Make the experiments of a suite instead: textbook").type_name("NAME");
    command.add_flag("--quick", compare.quick, "Of a suite: with less repetitions, in a quarter of an hour");
    command.add_option("--output", compare.output, "Write the result into a file").type_name("FILE");
}

/// A suite says itself what is run, and how: an option that it would not heed is a mistake.
Result<void> check_suite_options(const GlobalOptions& globals, const CompareCommand& command) {
    if (command.suite.empty() && command.quick)
        return fail(ErrorKind::invalid_argument, "compare", command.options.workload, "--quick is for a suite",
                    "Write --suite NAME beside it, or --runs N");
    if (!command.suite.empty() && (command.options != CompareOptions{} || !globals.after_dashes.empty()))
        return fail(ErrorKind::invalid_argument, "compare suite", command.suite,
                    "options of a single comparison stand beside it",
                    "A suite's experiments say what is run; change one with isolab experiment show and run");
    return {};
}

Result<ExitCode> compare_suite(Session& session, const GlobalOptions& globals, const CompareCommand& command,
                               const StopToken& stop) {
    ISOLAB_ASSIGN(const ExperimentCatalogue catalogue, session.experiments(command.quick));
    ISOLAB_ASSIGN(const Suite suite, catalogue.find_suite(command.suite));
    ExperimentView view(globals.quiet);
    const SuiteResult result = session.run(suite, view, stop);
    view.clear();
    ISOLAB_TRY(write_result(command.format == "json" ? sealed(suite_result_json(result)).dump(2) + "\n"
                                                     : suite_table(result, terminal_table_options(command.output)),
                            command.output));
    return stop.stop_requested() ? ExitCode::interrupted : ExitCode::ok;
}

Result<ExitCode> compare(const GlobalOptions& globals, const CompareCommand& command) {
    ISOLAB_TRY(check_suite_options(globals, command));
    ISOLAB_TRY(check_result_file(command.output));
    const Interrupt interrupt;
    NoProgress silent;
    ISOLAB_ASSIGN(const auto session, Session::open(globals.session, silent, interrupt.token()));
    if (session->leftovers_error())
        report_warning(*session->leftovers_error());
    if (!command.suite.empty())
        return compare_suite(*session, globals, command, interrupt.token());
    ISOLAB_ASSIGN(Workload workload, session->find_workload(command.options.workload));
    CompareOptions options = command.options;
    options.command = globals.after_dashes;
    ISOLAB_ASSIGN(const ComparisonPlan plan, make_plan(std::move(workload), options));

    const auto total = static_cast<unsigned>(plan.sides.size()) * (plan.runs + plan.warmup);
    ProgressView progress(total, globals.quiet);
    ISOLAB_ASSIGN(const ComparisonResult result, session->run(plan, progress, interrupt.token()));
    progress.clear();
    const std::string text = command.format == "json" ? sealed(report_json(result)).dump(2) + "\n"
                                                      : report_table(result, terminal_table_options(command.output));
    ISOLAB_TRY(write_result(text, command.output));
    for (const SideResult& side : result.sides)
        if (side.error)
            report_error(*side.error);
    return interrupt.token().stop_requested() ? ExitCode::interrupted : exit_code_for(result);
}

} // namespace

void add_compare_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code) {
    auto command = std::make_shared<CompareCommand>();
    const CommandParser sub = app.add_subcommand("compare", "Run a workload on both sides and compare");
    sub.footer("A command for the image stands behind --, as in: isolab compare isolab/default -- sleep 1");
    declare_options(sub, *command);
    sub.callback([command, &globals, &exit_code] {
        const auto result = compare(globals, *command);
        exit_code = result ? *result : report_error(result.error());
    });
}

} // namespace isolab
