// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdlib>
#include <memory>

#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/command_line.h"
#include "cli/compare_options.h"
#include "cli/interrupt.h"
#include "cli/progress_view.h"
#include "compare/report/report.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

struct CompareCommand {
    CompareOptions options;
    std::string format = "table";
    std::string output;
};

void declare_options(CommandParser command, CompareCommand& compare) {
    declare_compare_options(command, compare.options);
    command.add_option("--format", compare.format, "table or json").one_of({"table", "json"}).capture_default_str();
    command.add_option("--output", compare.output, "Write the result into a file").type_name("FILE");
}

TableOptions table_options(bool to_terminal) {
    winsize size{};
    TableOptions options;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread runs and nobody sets variables
    options.colour = to_terminal && std::getenv("NO_COLOR") == nullptr;
    if (to_terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 60)
        options.width = size.ws_col;
    return options;
}

Result<ExitCode> compare(const GlobalOptions& globals, const CompareCommand& command) {
    ISOLAB_TRY(check_result_file(command.output));
    const Interrupt interrupt;
    NoProgress silent;
    ISOLAB_ASSIGN(const auto session, Session::open(globals.session, silent, interrupt.token()));
    if (session->leftovers_error())
        report_warning(*session->leftovers_error());
    ISOLAB_ASSIGN(Workload workload, session->find_workload(command.options.workload));
    CompareOptions options = command.options;
    options.command = globals.after_dashes;
    ISOLAB_ASSIGN(const ComparisonPlan plan, make_plan(std::move(workload), options));

    const auto total = static_cast<unsigned>(plan.sides.size()) * (plan.runs + plan.warmup);
    ProgressView progress(total, globals.quiet);
    ISOLAB_ASSIGN(const ComparisonResult result, session->run(plan, progress, interrupt.token()));
    progress.clear();
    const bool to_terminal = command.output.empty() && ::isatty(STDOUT_FILENO) == 1;
    const std::string text = command.format == "json" ? report_json(result).dump(2) + "\n"
                                                      : report_table(result, table_options(to_terminal));
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
