// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/image/config_changes.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "engine/base/duration.h"
#include "engine/base/json.h"
#include "engine/base/signal_name.h"

namespace isolab {
namespace {

/// An instruction that is being applied.
struct Instruction {
    std::string name; ///< upper case
    std::string rest; ///< without blanks around it
    const std::string& shown;

    tl::unexpected<Error> wrong(std::string cause) const {
        return fail(ErrorKind::invalid_argument, "apply change", shown, std::move(cause));
    }
};

std::string trim(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t\n");
    const auto end = text.find_last_not_of(" \t\n");
    return begin == std::string_view::npos ? "" : std::string(text.substr(begin, end - begin + 1));
}

Instruction parse_instruction(const std::string& text) {
    const std::string trimmed = trim(text);
    const auto blank = std::min(trimmed.find_first_of(" \t\n"), trimmed.size());
    std::string name = trimmed.substr(0, blank);
    std::ranges::transform(name, name.begin(), [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
    return {std::move(name), trim(trimmed.substr(blank)), text};
}

std::vector<std::string> variables(const Json& config) {
    Result<std::vector<std::string>> env = json_strings(config, "Env", "image configuration");
    return env ? std::move(*env) : std::vector<std::string>{};
}

Result<std::vector<std::string>> words(const Instruction& one, const Json& config) {
    ISOLAB_ASSIGN(auto found, split_words(one.rest, variables(config)));
    if (found.empty())
        return one.wrong("it has no argument");
    return found;
}

/// A JSON array of texts, if it is one.
std::optional<std::vector<std::string>> exec_form(const std::string& text) {
    if (!text.starts_with('['))
        return std::nullopt;
    const Result<Json> parsed = parse_json(text, "change");
    if (!parsed || !parsed->is_array() || !std::ranges::all_of(*parsed, [](const Json& i) { return i.is_string(); }))
        return std::nullopt;
    return parsed->get<std::vector<std::string>>();
}

Result<void> set_command(Json& config, const Instruction& one) {
    const char* const field = one.name == "CMD" ? "Cmd" : "Entrypoint";
    std::vector<std::string> command;
    if (const auto exact = exec_form(one.rest)) {
        command = *exact;
    } else if (!one.rest.empty()) {
        ISOLAB_ASSIGN(command, json_strings(config, "Shell", "image configuration"));
        if (command.empty())
            command = {"/bin/sh", "-c"};
        command.push_back(one.rest);
    }
    config[field] = command;
    return {};
}

/// "NAME=value NAME=value", or "NAME value" of old.
Result<std::vector<std::pair<std::string, std::string>>> pairs(const Instruction& one, const Json& config) {
    ISOLAB_ASSIGN(const auto found, words(one, config));
    std::vector<std::pair<std::string, std::string>> result;
    if (found.front().find('=') == std::string::npos) {
        const auto blank = one.rest.find_first_of(" \t");
        if (blank == std::string::npos)
            return one.wrong("it has a name without a value");
        const std::string value = trim(one.rest.substr(blank));
        result.emplace_back(one.rest.substr(0, blank), value);
        return result;
    }
    for (const std::string& word : found) {
        const auto equals = word.find('=');
        if (equals == std::string::npos || equals == 0)
            return one.wrong("\"" + word + "\" is not NAME=value");
        result.emplace_back(word.substr(0, equals), word.substr(equals + 1));
    }
    return result;
}

Result<void> set_variables(Json& config, const Instruction& one) {
    ISOLAB_ASSIGN(const auto found, pairs(one, config));
    std::vector<std::string> env = variables(config);
    for (const auto& [name, value] : found) {
        const std::string prefix = name + "=";
        const auto former = std::ranges::find_if(env, [&prefix](const auto& v) { return v.starts_with(prefix); });
        if (former != env.end())
            *former = prefix + value;
        else
            env.push_back(prefix + value);
    }
    config["Env"] = env;
    return {};
}

/// The object `field`, made when there is none.
Json& object_in(Json& config, const char* field) {
    if (!config.contains(field) || !config[field].is_object())
        config[field] = Json::object();
    return config[field];
}

Result<void> set_labels(Json& config, const Instruction& one) {
    ISOLAB_ASSIGN(const auto found, pairs(one, config));
    for (const auto& [name, value] : found)
        object_in(config, "Labels")[name] = value;
    return {};
}

bool is_port(std::string_view text) {
    const bool digits =
        !text.empty() && text.size() <= 5 && text.find_first_not_of("0123456789") == std::string_view::npos;
    return digits && std::stoi(std::string(text)) >= 1 && std::stoi(std::string(text)) <= 65535;
}

/// "80", "80/udp" or "8000-8010/tcp".
Result<void> expose(Json& ports, const Instruction& one, const std::string& word) {
    const auto slash = std::min(word.find('/'), word.size());
    const auto dash = std::min(word.find('-'), slash);
    const std::string protocol = slash < word.size() ? word.substr(slash + 1) : "tcp";
    const std::string first = word.substr(0, dash);
    const std::string last = dash < slash ? word.substr(dash + 1, slash - dash - 1) : first;
    const bool known = protocol == "tcp" || protocol == "udp" || protocol == "sctp";
    if (!is_port(first) || !is_port(last) || std::stoi(first) > std::stoi(last) || !known)
        return one.wrong("\"" + word + "\" is not PORT[-PORT][/tcp|udp|sctp]");
    for (int port = std::stoi(first); port <= std::stoi(last); ++port)
        ports[std::to_string(port) + "/" + protocol] = Json::object();
    return {};
}

Result<void> set_ports(Json& config, const Instruction& one) {
    ISOLAB_ASSIGN(const auto found, words(one, config));
    for (const std::string& word : found)
        ISOLAB_TRY(expose(object_in(config, "ExposedPorts"), one, word));
    return {};
}

Result<void> set_volumes(Json& config, const Instruction& one) {
    std::vector<std::string> paths;
    if (const auto exact = exec_form(one.rest)) {
        paths = *exact;
    } else {
        ISOLAB_ASSIGN(paths, words(one, config));
    }
    for (const std::string& path : paths) {
        if (path.empty())
            return one.wrong("a path is empty");
        object_in(config, "Volumes")[path] = Json::object();
    }
    return {};
}

Result<void> set_stop_signal(Json& config, const Instruction& one) {
    ISOLAB_ASSIGN(const auto found, words(one, config));
    if (found.size() != 1 || signal_number(found.front()).value_or(0) == 0)
        return one.wrong("it names no signal");
    config["StopSignal"] = found.front();
    return {};
}

Result<void> set_user(Json& config, const Instruction& one) {
    ISOLAB_ASSIGN(const auto found, words(one, config));
    if (found.size() != 1)
        return one.wrong("a user is one word");
    config["User"] = found.front();
    return {};
}

Result<void> set_directory(Json& config, const Instruction& one) {
    ISOLAB_ASSIGN(const auto found, words(one, config));
    if (found.size() != 1)
        return one.wrong("a directory is one word; quote one with blanks");
    ISOLAB_ASSIGN(const auto former, json_optional_string(config, "WorkingDir", "image configuration"));
    const std::filesystem::path base = std::filesystem::path("/") / former.value_or("");
    std::string path = (base / found.front()).lexically_normal().string();
    if (path.size() > 1 && path.ends_with('/'))
        path.pop_back();
    config["WorkingDir"] = path;
    return {};
}

Result<void> set_shell(Json& config, const Instruction& one) {
    const auto exact = exec_form(one.rest);
    if (!exact || exact->empty())
        return one.wrong("a shell is a list of texts");
    config["Shell"] = *exact;
    return {};
}

/// "--interval=30s", and where its value goes.
Result<void> set_health_option(Json& check, const Instruction& one, const std::string& word) {
    constexpr std::array fields{std::pair("--interval", "Interval"), std::pair("--timeout", "Timeout"),
                                std::pair("--start-period", "StartPeriod"),
                                std::pair("--start-interval", "StartInterval"), std::pair("--retries", "Retries")};
    const auto equals = std::min(word.find('='), word.size());
    const auto field =
        std::ranges::find_if(fields, [&](const auto& known) { return word.substr(0, equals) == known.first; });
    if (field == fields.end() || equals == word.size())
        return one.wrong("\"" + word +
                         "\" is not --interval, --timeout, --start-period, --start-interval or "
                         "--retries with a value");
    const std::string value = word.substr(equals + 1);
    ISOLAB_ASSIGN(const std::chrono::nanoseconds duration, parse_duration(value));
    const bool counts = std::string_view(field->second) == "Retries";
    if (counts && value.find_first_not_of("0123456789") != std::string::npos)
        return one.wrong("\"" + value + "\" is no number of retries");
    check[field->second] =
        counts ? std::chrono::duration_cast<std::chrono::seconds>(duration).count() : duration.count();
    return {};
}

Result<void> set_health_check(Json& config, const Instruction& one) {
    Json check = Json::object();
    std::string rest = one.rest;
    while (rest.starts_with("--")) {
        const auto blank = std::min(rest.find_first_of(" \t"), rest.size());
        ISOLAB_TRY(set_health_option(check, one, rest.substr(0, blank)));
        rest = trim(std::string_view(rest).substr(blank));
    }
    const Instruction command = parse_instruction(rest);
    if (command.name == "NONE" && command.rest.empty())
        check = {{"Test", Json::array({"NONE"})}};
    else if (command.name != "CMD" || command.rest.empty())
        return one.wrong("it is neither NONE nor CMD with a command");
    else if (const auto exact = exec_form(command.rest); exact && !exact->empty()) {
        check["Test"] = *exact;
        check["Test"].insert(check["Test"].begin(), "CMD");
    } else
        check["Test"] = Json::array({"CMD-SHELL", command.rest});
    config["Healthcheck"] = std::move(check);
    return {};
}

struct KnownInstruction {
    std::string_view name;
    Result<void> (*apply)(Json&, const Instruction&);
};
constexpr std::array known{
    KnownInstruction{"CMD", set_command},       KnownInstruction{"ENTRYPOINT", set_command},
    KnownInstruction{"ENV", set_variables},     KnownInstruction{"EXPOSE", set_ports},
    KnownInstruction{"LABEL", set_labels},      KnownInstruction{"STOPSIGNAL", set_stop_signal},
    KnownInstruction{"USER", set_user},         KnownInstruction{"VOLUME", set_volumes},
    KnownInstruction{"WORKDIR", set_directory}, KnownInstruction{"HEALTHCHECK", set_health_check},
    KnownInstruction{"SHELL", set_shell},
};

} // namespace

Result<void> apply_config_changes(Json& config, const std::vector<std::string>& instructions) {
    Json changed = config.is_object() ? config : Json::object();
    bool has_command = false;
    bool has_entrypoint = false;
    for (const std::string& text : instructions) {
        const Instruction one = parse_instruction(text);
        const auto* const found = std::ranges::find(known, one.name, &KnownInstruction::name);
        if (found == known.end())
            return fail(
                ErrorKind::invalid_argument, "apply change", text, "no such change is known",
                "Known are CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, SHELL, STOPSIGNAL, USER, VOLUME and "
                "WORKDIR");
        ISOLAB_TRY(found->apply(changed, one));
        has_command = has_command || one.name == "CMD";
        has_entrypoint = has_entrypoint || one.name == "ENTRYPOINT";
    }
    if (has_entrypoint && !has_command)
        changed.erase("Cmd"); // it was meant for the former entrypoint
    config = std::move(changed);
    return {};
}

} // namespace isolab
