// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <memory>

#include <fmt/format.h>

#include "cli/command_line.h"
#include "cli/interrupt.h"
#include "cli/progress_view.h"
#include "compare/measure/environment.h"
#include "compare/measure/guard.h"
#include "compare/measure/noise.h"
#include "compare/model/format.h"
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

/// The folder itself or, where nothing was measured yet, the nearest one above it that exists.
std::filesystem::path existing_folder(std::filesystem::path folder) {
    std::error_code error;
    while (folder.has_relative_path() && !std::filesystem::is_directory(folder, error))
        folder = folder.parent_path();
    return folder;
}

std::string percent_text(double share) { return fmt::format("{:.1f} %", share * 100); }

std::string noise_table(const NoiseReport& report, const std::vector<Notice>& notices) {
    std::string text = fmt::format("watched for {:.1f} s\n{:<42}{:>12}{:>14}{:>12}\n", report.seconds, "", "median",
                                   "1 in 100", "most");
    for (const NoiseFigure& figure : report.figures)
        text += fmt::format("{:<42}{:>12}{:>14}{:>12}\n", english(Fact::said("noise." + figure.id)),
                            format_duration(figure.median), format_duration(figure.p99), format_duration(figure.most));
    text += fmt::format("lost to interruptions {}", percent_text(report.lost_work));
    if (report.foreign_cpu)
        text += fmt::format(", used by others {}", percent_text(*report.foreign_cpu));
    if (report.stolen_cpu)
        text += fmt::format(", taken by a host below {}", percent_text(*report.stolen_cpu));
    text += "\nsmallest difference of starts that can be told:";
    for (const unsigned runs : {5U, 10U, 20U, 50U})
        if (const auto least = smallest_difference(report, runs))
            text += fmt::format("{} {} runs {}", runs == 5 ? "" : ",", runs, percent_text(*least));
    text += '\n';
    for (const Notice& notice : notices)
        text += fmt::format("! {} {}\n", english(notice.text), english(notice.remedy));
    return text + (notices.empty() ? "Nothing here disturbs measurements much.\n" : "");
}

Json noise_document(const NoiseReport& report, const std::vector<Notice>& notices, const Json& load) {
    Json document = noise_json(report);
    document["load"] = load;
    document["notices"] = Json::array();
    for (const Notice& notice : notices)
        document["notices"].push_back(
            {{"id", notice.id}, {"text", english(notice.text)}, {"remedy", english(notice.remedy)}});
    return document;
}

Result<ExitCode> check_noise(const GlobalOptions& globals, const std::string& format) {
    ISOLAB_ASSIGN(const std::filesystem::path root, data_root(globals.session));
    const std::filesystem::path folder = existing_folder(root);
    const Interrupt interrupt;
    ProgressView view(0, globals.quiet);
    const Json load = record_load(folder);
    auto report = watch_noise(folder, view, interrupt.token());
    view.clear();
    if (!report && report.error().kind == ErrorKind::cancelled)
        return ExitCode::interrupted;
    if (!report)
        return fail(std::move(report).error());
    std::vector<Notice> notices = guard(record_environment(folder), load);
    for (Notice& notice : judge_noise(*report))
        notices.push_back(std::move(notice));
    ISOLAB_TRY(write_result(
        format == "json" ? noise_document(*report, notices, load).dump(2) + "\n" : noise_table(*report, notices), {}));
    return ExitCode::ok;
}

} // namespace

void add_check_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code) {
    auto format = std::make_shared<std::string>("table");
    const CommandParser sub = app.add_subcommand("check", "Look for every prerequisite: found, missing or unusable");
    sub.add_option("--format", *format, "table or json").one_of({"table", "json"}).capture_default_str();
    auto noise = std::make_shared<bool>(false);
    sub.add_flag("--noise", *noise,
                 "Watch this machine for eight seconds instead: what does it do to times by itself?");
    sub.callback([format, noise, &globals, &exit_code] {
        if (!*noise) {
            exit_code = check(globals, *format);
            return;
        }
        const auto ended = check_noise(globals, *format);
        exit_code = ended ? *ended : report_error(ended.error());
    });
}

} // namespace isolab
