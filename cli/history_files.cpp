// SPDX-License-Identifier: GPL-3.0-or-later
//
// Results in files: written for other histories, and taken in from them.
#include <algorithm>

#include "cli/history_commands.h"
#include "compare/report/export_json.h"
#include "compare/report/privacy.h"
#include "engine/base/data_folder.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/standard_streams.h"
#include "engine/base/text.h"

namespace isolab {
namespace {

struct ExportOptions {
    std::vector<std::string> ids;
    std::string output;
    bool is_private = false;
};

Result<PortableResult> read_portable(const HistoryReader& history, const std::string& id, const HostIdentity* hidden) {
    ISOLAB_ASSIGN(PortableResult one, portable_result(history, id, host_name()));
    if (hidden == nullptr)
        return one;
    return without_identity(one, *hidden);
}

Result<void> export_history(const GlobalOptions& globals, const ExportOptions& options) {
    ISOLAB_TRY(check_result_file(options.output));
    ISOLAB_ASSIGN(const auto history, open_history(globals));
    ISOLAB_ASSIGN(const HostIdentity identity, host_identity(globals));
    std::vector<PortableResult> results;
    for (const std::string& id : options.ids) {
        ISOLAB_ASSIGN(PortableResult one, read_portable(*history, id, options.is_private ? &identity : nullptr));
        const auto same = [&](const PortableResult& other) { return id_of(other.result) == id_of(one.result); };
        if (std::ranges::none_of(results, same))
            results.push_back(std::move(one));
    }
    return write_result(export_json(results).dump(1, ' ', false, Json::error_handler_t::replace) + "\n",
                        options.output);
}

Result<void> import_history(const GlobalOptions& globals, const std::string& file) {
    ISOLAB_ASSIGN(const std::string text,
                  file == "-" ? read_standard_input(largest_export) : read_file(file, largest_export));
    const std::string subject = file == "-" ? "standard input" : file;
    ISOLAB_ASSIGN(const Json document, parse_json(text, subject));
    ISOLAB_ASSIGN(const std::vector<PortableResult> results, parse_export(document, subject));
    ISOLAB_ASSIGN(const std::filesystem::path root, data_root(globals.session));
    ISOLAB_TRY(open_data_folder(root));
    ISOLAB_ASSIGN(const auto history, open_history_to_write(globals));
    ISOLAB_ASSIGN(const std::vector<ImportOutcome> outcomes, history->import_results(results));
    std::string said;
    for (const ImportOutcome& outcome : outcomes)
        said += outcome.id + (outcome.taken ? " imported\n" : " skipped: it is there already\n");
    return write_result(said, {});
}

} // namespace

Result<HostIdentity> host_identity(const GlobalOptions& globals) {
    ISOLAB_ASSIGN(const std::filesystem::path root, data_root(globals.session));
    return read_host_identity("/", root);
}

void add_history_file_commands(CommandParser group, GlobalOptions& globals, ExitCode& exit_code) {
    auto options = std::make_shared<ExportOptions>();
    const CommandParser out = group.add_subcommand("export", "Write some into one file, for another history");
    out.add_option("id", options->ids, "Their ids or the beginnings of them").required().type_name("ID");
    out.add_option("--output", options->output, "Write into a file").type_name("FILE");
    out.add_flag("--private", options->is_private, private_help);
    out.callback([options, &globals, &exit_code] { exit_code = exit_code_of(export_history(globals, *options)); });

    auto file = std::make_shared<std::string>();
    const CommandParser in = group.add_subcommand("import", "Take in what was exported: all of a file, or nothing");
    in.add_option("file", *file, "What isolab history export wrote; - is standard input").required().type_name("FILE");
    in.callback([file, &globals, &exit_code] { exit_code = exit_code_of(import_history(globals, *file)); });
}

} // namespace isolab
