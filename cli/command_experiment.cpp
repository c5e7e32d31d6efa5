// SPDX-License-Identifier: GPL-3.0-or-later
#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "cli/command_line.h"
#include "cli/experiment_view.h"
#include "cli/history_commands.h"
#include "cli/interrupt.h"
#include "cli/terminal.h"
#include "compare/report/book_table.h"
#include "compare/report/document_check.h"
#include "compare/report/experiment_json.h"
#include "compare/textbook/claims.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

struct RunOptions {
    std::string name; ///< of the catalogue, or a file
    bool quick = false;
    std::vector<std::string> worlds;
    std::string format = "table";
    std::string output;
};

/// What stands in a file wins over a name of the catalogue only where it is written as a path.
bool is_file(const std::string& name) { return name.find('/') != std::string::npos || name.ends_with(".json"); }

Result<Experiment> find_experiment(const Session& session, const RunOptions& options) {
    if (is_file(options.name)) {
        ISOLAB_ASSIGN(const Json document, read_json_file(options.name));
        ISOLAB_ASSIGN(Experiment experiment, parse_experiment(document, options.name, options.quick));
        ISOLAB_TRY(check_claim(experiment.claim, options.name));
        return experiment;
    }
    ISOLAB_ASSIGN(const ExperimentCatalogue catalogue, session.experiments(options.quick));
    return catalogue.find(options.name);
}

Result<ExitCode> run(const GlobalOptions& globals, const RunOptions& options) {
    ISOLAB_TRY(check_result_file(options.output));
    const Interrupt interrupt;
    NoProgress silent;
    ISOLAB_ASSIGN(const auto session, Session::open(globals.session, silent, interrupt.token()));
    ISOLAB_ASSIGN(Experiment experiment, find_experiment(*session, options));
    if (!options.worlds.empty())
        experiment.worlds = options.worlds;
    ExperimentView view(globals.quiet);
    const ExperimentResult result = session->run(experiment, view, interrupt.token());
    view.clear();
    ISOLAB_TRY(write_result(options.format == "json" ? sealed(experiment_result_json(result)).dump(2) + "\n"
                                                     : experiment_table(result, terminal_table_options(options.output)),
                            options.output));
    if (interrupt.token().stop_requested())
        return ExitCode::interrupted;
    if (result.error)
        return fail(*result.error);
    return ExitCode::ok;
}

/// The same document with the same seed again, and how the two differ.
Result<ExitCode> repeat(const GlobalOptions& globals, const std::string& id) {
    const Interrupt interrupt;
    NoProgress silent;
    ISOLAB_ASSIGN(const auto session, Session::open(globals.session, silent, interrupt.token()));
    ISOLAB_ASSIGN(const ExperimentResult before, session->history().load_experiment(id));
    ExperimentView view(globals.quiet);
    const ExperimentResult again = session->run(before.experiment, view, interrupt.token());
    view.clear();
    ISOLAB_ASSIGN(const ResultDifference difference, difference_of(before, again));
    ISOLAB_TRY(write_result(difference_text(difference), {}));
    if (interrupt.token().stop_requested())
        return ExitCode::interrupted;
    if (again.error)
        return fail(*again.error);
    return ExitCode::ok;
}

Result<void> list(const GlobalOptions& globals) {
    NoProgress silent;
    ISOLAB_ASSIGN(const auto session, Session::open(globals.session, silent, {}));
    ISOLAB_ASSIGN(const ExperimentCatalogue catalogue, session->experiments(false));
    std::string text;
    for (const Experiment& experiment : catalogue.experiments())
        text +=
            fmt::format("{:<14} {:<13} {}\n", experiment.id, method_id(experiment.method), english(experiment.summary));
    return write_result(text, {});
}

Result<void> show(const GlobalOptions& globals, const RunOptions& options) {
    NoProgress silent;
    ISOLAB_ASSIGN(const auto session, Session::open(globals.session, silent, {}));
    ISOLAB_ASSIGN(const Experiment experiment, find_experiment(*session, options));
    return write_result(experiment_json(experiment).dump(2) + "\n", {});
}

} // namespace

void add_experiment_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code) {
    const CommandParser group = app.add_subcommand("experiment", "Experiments: workloads by worlds by factors");
    group.require_subcommand(1);
    const CommandParser ls = group.add_subcommand("ls", "List the experiments that come with Isolab");
    ls.callback([&globals, &exit_code] { exit_code = exit_code_of(list(globals)); });

    auto shown = std::make_shared<RunOptions>();
    const CommandParser show_command = group.add_subcommand("show", "Print an experiment's document");
    show_command.add_option("name", shown->name, "Experiment, or a document").required().type_name("NAME|FILE");
    show_command.callback([shown, &globals, &exit_code] { exit_code = exit_code_of(show(globals, *shown)); });

    auto options = std::make_shared<RunOptions>();
    const CommandParser run_command = group.add_subcommand("run", "Make an experiment");
    run_command.add_option("name", options->name, "Experiment, or a document").required().type_name("NAME|FILE");
    run_command.add_flag("--quick", options->quick, "With what its document says for a first look");
    run_command.add_option("--sides", options->worlds, "Worlds in place of the document's, first the baseline")
        .delimiter(',')
        .allow_extra_args(false)
        .type_name("LIST");
    run_command.add_option("--format", options->format, "table or json")
        .one_of({"table", "json"})
        .capture_default_str();
    run_command.add_option("--output", options->output, "Write the result into a file").type_name("FILE");
    run_command.callback([options, &globals, &exit_code] {
        const auto result = run(globals, *options);
        exit_code = result ? *result : report_error(result.error());
    });

    auto repeated = std::make_shared<std::string>();
    const CommandParser repeat_command =
        group.add_subcommand("repeat", "Make an experiment again as it was made, and tell how the two differ");
    repeat_command.add_option("id", *repeated, "The result's id or the beginning of it").required().type_name("RESULT");
    repeat_command.callback([repeated, &globals, &exit_code] {
        const auto result = repeat(globals, *repeated);
        exit_code = result ? *result : report_error(result.error());
    });
}

} // namespace isolab
