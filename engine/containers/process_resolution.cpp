// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/process_resolution.h"

#include <algorithm>
#include <csignal>

#include "engine/base/signal_name.h"
#include "engine/base/text.h"
#include "engine/rootfs/process_user.h"

namespace isolab {
namespace {

constexpr std::string_view default_path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

auto find_variable(std::vector<std::string>& env, std::string_view variable) {
    const std::string_view name = variable.substr(0, variable.find('=') + 1);
    return std::ranges::find_if(env, [name](const std::string& entry) { return entry.starts_with(name); });
}

void set_variable(std::vector<std::string>& env, const std::string& variable) {
    const auto present = find_variable(env, variable);
    if (present != env.end())
        *present = variable;
    else
        env.push_back(variable);
}

void set_default(std::vector<std::string>& env, std::string variable) {
    if (find_variable(env, variable) == env.end())
        env.push_back(std::move(variable));
}

Result<void> check_text(const std::string& text, const std::string& what) {
    if (text.find('\0') != std::string::npos)
        return fail(ErrorKind::invalid_argument, "use " + what, {}, "it contains a NUL byte");
    if (!is_utf8(text)) // configurations are JSON, which cannot hold it
        return fail(ErrorKind::invalid_argument, "use " + what, plain_text(text, longest_quote),
                    "it is not valid UTF-8");
    return {};
}

Result<void> check_process(const ProcessSpec& process) {
    if (process.args.empty() || process.args.front().empty())
        return fail(ErrorKind::invalid_argument, "run the image", {}, "it names no command", "Give a command after --");
    ISOLAB_TRY(check_text(process.cwd, "working directory"));
    if (!process.cwd.starts_with("/"))
        return fail(ErrorKind::invalid_argument, "use working directory", process.cwd, "it is not an absolute path");
    for (const std::string& argument : process.args)
        ISOLAB_TRY(check_text(argument, "command argument"));
    for (const std::string& variable : process.env) {
        ISOLAB_TRY(check_text(variable, "environment variable"));
        if (variable.find('=') == std::string::npos || variable.front() == '=')
            return fail(ErrorKind::invalid_argument, "use environment variable", variable, "it is not NAME=value");
    }
    return {};
}

Result<int> choose_stop_signal(const std::string& image_wish, const std::string& override_wish) {
    const std::string& name = override_wish.empty() ? image_wish : override_wish;
    if (name.empty())
        return SIGTERM;
    if (const auto number = signal_number(name))
        return *number;
    return fail(ErrorKind::invalid_argument, "use stop signal", name, "there is no such signal",
                override_wish.empty() ? "Correct the image's STOPSIGNAL, such as SIGTERM or SIGRTMIN+3"
                                      : "Use one such as SIGTERM or SIGRTMIN+3");
}

} // namespace

Result<ProcessSpec> merge_process(const ImageConfig& config, const ProcessOverrides& overrides, std::string_view passwd,
                                  std::string_view group) {
    ProcessSpec process;
    process.args = overrides.command;
    if (process.args.empty()) {
        process.args = config.entrypoint;
        process.args.insert(process.args.end(), config.command.begin(), config.command.end());
    }
    if (const std::string& wanted = overrides.cwd ? *overrides.cwd : config.working_directory; !wanted.empty())
        process.cwd = wanted;
    process.env = config.env;
    for (const std::string& variable : overrides.env)
        set_variable(process.env, variable);
    ISOLAB_TRY(check_process(process));
    ISOLAB_ASSIGN(process.stop_signal, choose_stop_signal(config.stop_signal, overrides.stop_signal));
    ISOLAB_ASSIGN(const ProcessUser user, resolve_user(passwd, group, overrides.user.value_or(config.user)));
    process.uid = user.uid;
    process.gid = user.gid;
    process.additional_gids = user.additional_gids;
    for (const std::string& further : overrides.groups) {
        ISOLAB_ASSIGN(const std::uint32_t gid, resolve_group(group, further));
        if (std::ranges::find(process.additional_gids, gid) == process.additional_gids.end())
            process.additional_gids.push_back(gid);
    }
    set_default(process.env, std::string(default_path));
    set_default(process.env, std::string("HOME=").append(user.home));
    ISOLAB_TRY(check_text(process.env.back(), "environment variable"));
    return process;
}

} // namespace isolab
