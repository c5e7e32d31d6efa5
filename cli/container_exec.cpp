// SPDX-License-Identifier: GPL-3.0-or-later
#include <cerrno>
#include <csignal>

#include <unistd.h>

#include "cli/container_commands.h"
#include "cli/container_values.h"
#include "engine/base/standard_streams.h"

namespace isolab {
namespace {

struct ExecOptions {
    ExecRequest request;
    std::vector<std::string> env, env_files;
    bool interactive = false;
};

Result<int> exec(const GlobalOptions& globals, ExecOptions options, std::vector<std::string> words) {
    if (words.size() < 2)
        return fail(ErrorKind::invalid_argument, "run a command in a container", {},
                    "a container and a command are needed", "See isolab container exec --help");
    ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals, true));
    options.request.command.assign(words.begin() + 1, words.end());
    for (const std::string& file : options.env_files) {
        ISOLAB_ASSIGN(const auto lines, read_value_lines(file));
        options.env.insert(options.env.begin(), lines.begin(), lines.end()); // those that are given by name win
    }
    for (const std::string& text : options.env)
        for (const std::string& variable : variable_of(text))
            options.request.env.push_back(variable);
    if (options.request.terminal && options.interactive && ::isatty(STDIN_FILENO) == 0)
        return fail(ErrorKind::invalid_argument, "use --tty", {}, "standard input is no terminal",
                    "Leave --tty out, or --interactive");
    ISOLAB_ASSIGN(const Command command, open.containers.exec_command(words.front(), options.request));
    if (!options.interactive || options.request.detach) // nothing of ours is the command's input
        if (std::freopen("/dev/null", "r", stdin) == nullptr)
            return fail_errno(errno, "open", "/dev/null");
    return become(command);
}

} // namespace

Result<int> become(const Command& command) {
    std::vector<char*> argv;
    for (const std::string& word : command.argv)
        argv.push_back(const_cast<char*>(word.c_str())); // NOLINT: execv(3) does not write to it
    argv.push_back(nullptr);
    std::signal(SIGPIPE, SIG_DFL);
    ::execv(argv.front(), argv.data());
    return fail_errno(errno, "run", command.argv.front());
}

void add_exec_verbs(const VerbPlace& place) {
    auto options = std::make_shared<ExecOptions>();
    const CommandParser verb = place.group.add_subcommand("exec", "Run a command in a running container");
    verb.fallthrough(false).prefix_command();
    verb.footer("CONTAINER COMMAND… follow the options.");
    verb.add_flag("-i,--interactive", options->interactive, "Give it standard input");
    verb.add_flag("-t,--tty", options->request.terminal, "Give it a terminal");
    verb.add_flag("-d,--detach", options->request.detach, "Do not wait for its end");
    verb.add_flag("--privileged", options->request.privileged, "With all capabilities");
    verb.add_option("-e,--env", options->env, "A variable").type_name("NAME[=VALUE]").allow_extra_args(false);
    verb.add_option("--env-file", options->env_files, "A file of variables").type_name("FILE").allow_extra_args(false);
    verb.add_option("-w,--workdir", options->request.cwd, "Working directory").type_name("DIR");
    verb.add_option("-u,--user", options->request.user, "User, and group").type_name("NAME[:GROUP]");
    place.on_run_with_code(verb, [options, verb, &globals = place.globals] {
        return exec(globals, *options, words_of(verb.remaining(), globals.after_dashes));
    });

    const CommandParser tops = place.group.add_subcommand("top", "Show a container's processes, as ps(1) does");
    tops.fallthrough(false).prefix_command();
    tops.footer("CONTAINER [PS OPTIONS…] follow.");
    place.on_run_with_code(tops, [tops, &globals = place.globals]() -> Result<int> {
        const auto words = words_of(tops.remaining(), globals.after_dashes);
        if (words.empty())
            return fail(ErrorKind::invalid_argument, "show processes", {}, "a container is needed");
        ISOLAB_TRY(check_standard_output());
        ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals));
        ISOLAB_ASSIGN(const Command command,
                      open.containers.processes_command(words.front(), {words.begin() + 1, words.end()}));
        return become(command);
    });
}

} // namespace isolab
