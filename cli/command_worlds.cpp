// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "cli/command_line.h"
#include "cli/interrupt.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

std::string worlds_table(const std::vector<WorldStatus>& all) {
    std::size_t width = 0;
    for (const WorldStatus& one : all)
        width = std::max(width, one.world.id.size());
    std::string text;
    for (const WorldStatus& one : all) {
        text += fmt::format("{:<{}}  {:<9} {}\n", one.world.id, width, one.trouble ? "unusable" : "usable",
                            english(one.world.meaning));
        if (!one.trouble)
            continue;
        text += fmt::format("{:<{}}            {}\n", "", width, one.trouble->cause);
        if (!one.trouble->remedy.empty())
            text += fmt::format("{:<{}}            → {}\n", "", width, one.trouble->remedy);
    }
    return text;
}

Json worlds_json(const std::vector<WorldStatus>& all) {
    Json list = Json::array();
    for (const WorldStatus& one : all) {
        Json phases = Json::array();
        for (const Phase phase : one.world.phases)
            phases.push_back(phase_id(phase));
        list.push_back({{"id", one.world.id},
                        {"title", english(one.world.title)},
                        {"meaning", english(one.world.meaning)},
                        {"colour", one.world.colour},
                        {"phases", std::move(phases)},
                        {"usable", !one.trouble.has_value()},
                        {"cause", one.trouble ? one.trouble->message() : ""},
                        {"remedy", one.trouble ? one.trouble->remedy : ""}});
    }
    return {{"schema", "isolab.worlds/1"}, {"worlds", list}};
}

Result<ExitCode> list_worlds(const GlobalOptions& globals, const std::string& format) {
    const Interrupt interrupt;
    NoProgress silent;
    ISOLAB_ASSIGN(const auto session, Session::open(globals.session, silent, interrupt.token()));
    const std::vector<WorldStatus> all = session->worlds(interrupt.token());
    if (interrupt.token().stop_requested())
        return ExitCode::interrupted;
    ISOLAB_TRY(write_result(format == "json" ? worlds_json(all).dump(2) + "\n" : worlds_table(all), {}));
    return ExitCode::ok;
}

} // namespace

void add_worlds_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code) {
    auto format = std::make_shared<std::string>("table");
    const CommandParser sub =
        app.add_subcommand("worlds", "List what a workload can be run in here: usable, or why not");
    sub.add_option("--format", *format, "table or json").one_of({"table", "json"}).capture_default_str();
    sub.callback([format, &globals, &exit_code] {
        const auto result = list_worlds(globals, *format);
        exit_code = result ? *result : report_error(result.error());
    });
}

} // namespace isolab
