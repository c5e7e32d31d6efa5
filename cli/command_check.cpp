// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "cli/command_line.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

const char* state_id(Prerequisite::State state) {
    switch (state) {
    case Prerequisite::State::found:
        return "found";
    case Prerequisite::State::missing:
        return "missing";
    case Prerequisite::State::unusable:
        return "unusable";
    }
    return "";
}

std::string check_table(const std::vector<Prerequisite>& all) {
    std::size_t width = 0;
    for (const Prerequisite& one : all)
        width = std::max(width, one.title.size());
    std::string text;
    for (const Prerequisite& one : all) {
        text += fmt::format("{:<9} {:<{}}  {}\n", state_id(one.state), one.title, width, one.detail);
        if (!one.remedy.empty())
            text += fmt::format("{:<9} {:<{}}  → {}\n", one.required ? "" : "(optional)", "", width, one.remedy);
    }
    return text;
}

Json check_json(const std::vector<Prerequisite>& all) {
    Json list = Json::array();
    for (const Prerequisite& one : all)
        list.push_back({{"id", one.id},
                        {"title", one.title},
                        {"state", state_id(one.state)},
                        {"required", one.required},
                        {"detail", one.detail},
                        {"remedy", one.remedy}});
    return {{"schema", "isolab.check/1"}, {"prerequisites", list}};
}

ExitCode check(const GlobalOptions& globals, const std::string& format) {
    const std::vector<Prerequisite> all = Session::check(globals.session);
    const auto written = write_result(format == "json" ? check_json(all).dump(2) + "\n" : check_table(all), {});
    if (!written)
        return report_error(written.error());
    const bool ready = std::ranges::all_of(
        all, [](const Prerequisite& one) { return !one.required || one.state == Prerequisite::State::found; });
    return ready ? ExitCode::ok : ExitCode::unavailable;
}

} // namespace

void add_check_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code) {
    auto format = std::make_shared<std::string>("table");
    const CommandParser sub = app.add_subcommand("check", "Look for every prerequisite: found, missing or unusable");
    sub.add_option("--format", *format, "table or json").one_of({"table", "json"}).capture_default_str();
    sub.callback([format, &globals, &exit_code] { exit_code = check(globals, *format); });
}

} // namespace isolab
