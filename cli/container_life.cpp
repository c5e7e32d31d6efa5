// SPDX-License-Identifier: GPL-3.0-or-later
//
// Verbs that end, change and remove: stop restart kill pause unpause rm rename wait update prune.
#include "cli/container_commands.h"
#include "cli/container_options.h"
#include "cli/interrupt.h"
#include "cli/terminal.h"
#include "engine/base/signal_name.h"

namespace isolab {
namespace {

using References = std::shared_ptr<std::vector<std::string>>;

/// A verb that does one thing to each of several containers.
CommandParser add_verb(const VerbPlace& place, const std::string& name, const std::string& help,
                       References& references) {
    references = std::make_shared<std::vector<std::string>>();
    const CommandParser verb = place.group.add_subcommand(name, help);
    verb.add_option("container", *references, "Names or ids").required().type_name("CONTAINER");
    return verb;
}

using Act = Result<void> (Containers::*)(const std::string& reference, const StopToken& stop);
void add_simple_verb(const VerbPlace& place, const std::string& name, const std::string& help, Act act) {
    References references;
    const CommandParser verb = add_verb(place, name, help, references);
    place.on_run(verb, [references, act, &globals = place.globals]() -> Result<void> {
        ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals));
        const Interrupt interrupt;
        return for_each_container(*references,
                                  [&](const auto& one) { return (open.containers.*act)(one, interrupt.token()); });
    });
}

void add_stop_verbs(const VerbPlace& place) {
    for (const bool starts_again : {false, true}) {
        References references;
        auto seconds = std::make_shared<std::optional<int>>();
        const CommandParser verb = starts_again
                                       ? add_verb(place, "restart", "Stop containers and start them again", references)
                                       : add_verb(place, "stop", "Stop containers", references);
        verb.add_option("-t,--time,--timeout", *seconds, "Seconds until SIGKILL; -1: never").type_name("SECONDS");
        place.on_run(verb, [references, seconds, starts_again, &globals = place.globals]() -> Result<void> {
            ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals, starts_again));
            const Interrupt interrupt;
            return for_each_container(*references, [&](const std::string& one) -> Result<void> {
                std::optional<std::chrono::seconds> timeout;
                if (*seconds)
                    timeout = std::chrono::seconds(**seconds);
                ISOLAB_TRY(open.containers.stop(one, timeout, interrupt.token()));
                std::vector<std::string> warnings;
                return starts_again ? open.containers.start(one, nullptr, warnings, interrupt.token()) : Result<void>{};
            });
        });
    }
}

void add_kill_verb(const VerbPlace& place) {
    References references;
    auto name = std::make_shared<std::string>("KILL");
    const CommandParser verb = add_verb(place, "kill", "Send a signal to the first process of containers", references);
    verb.add_option("-s,--signal", *name, "Which").type_name("SIGNAL").capture_default_str();
    place.on_run(verb, [references, name, &globals = place.globals]() -> Result<void> {
        const auto number = signal_number(*name);
        if (!number)
            return fail(ErrorKind::invalid_argument, "use signal", *name, "there is no such signal");
        ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals));
        const Interrupt interrupt;
        return for_each_container(
            *references, [&](const auto& one) { return open.containers.kill(one, *number, interrupt.token()); });
    });
}

/// The kernel takes a container down in its own time, which is spent on several at once.
constexpr unsigned removers = 8;

Result<void> check_references(const std::vector<std::string>& references, bool all) {
    if (references.empty() != all)
        return fail(ErrorKind::invalid_argument, "remove containers", {},
                    all ? "--all and names contradict each other" : "none was named", "Give names, or --all");
    return {};
}

void add_remove_verbs(const VerbPlace& place) {
    References references;
    auto force = std::make_shared<bool>(false);
    auto volumes = std::make_shared<bool>(false);
    const CommandParser verb = add_verb(place, "rm", "Remove containers", references);
    verb.add_flag("-f,--force", *force, "Also those that run, which are killed");
    verb.add_flag("-v,--volumes", *volumes, "Their volumes without a name too");
    auto all = std::make_shared<bool>(false);
    verb.add_flag("-a,--all", *all, "All that there are");
    verb.get_option("container").required(false);
    place.on_run(verb, [references, force, volumes, all, &globals = place.globals]() -> Result<void> {
        ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals));
        const Interrupt interrupt;
        ISOLAB_TRY(check_references(*references, *all));
        if (*all) {
            ISOLAB_ASSIGN(*references, open.containers.ids());
        }
        return for_each_container(
            *references,
            [&](const auto& one) { return open.containers.remove(one, *force, *volumes, interrupt.token()); },
            removers);
    });

    const CommandParser prune = place.group.add_subcommand("prune", "Remove all containers that do not run");
    prune.add_flag("-f,--force", *force, "For scripts made for docker: nothing is asked anyway");
    place.on_run(prune, [&globals = place.globals]() -> Result<void> {
        ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals));
        const Interrupt interrupt;
        ISOLAB_ASSIGN(const std::vector<std::string> ended, open.containers.ended(interrupt.token()));
        return for_each_container(
            ended, [&](const auto& one) { return open.containers.remove(one, false, false, interrupt.token()); },
            removers);
    });
}

void add_change_verbs(const VerbPlace& place) {
    auto names = std::make_shared<std::pair<std::string, std::string>>();
    const CommandParser rename = place.group.add_subcommand("rename", "Give a container another name");
    rename.add_option("container", names->first, "Name or id").required().type_name("CONTAINER");
    rename.add_option("name", names->second, "The new name").required().type_name("NAME");
    place.on_run(rename, [names, &globals = place.globals]() -> Result<void> {
        ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals));
        const Interrupt interrupt;
        return open.containers.rename(names->first, names->second, interrupt.token());
    });

    References references;
    auto options = std::make_shared<ContainerOptions>();
    auto restart = std::make_shared<std::optional<std::string>>();
    const CommandParser update = add_verb(place, "update", "Change limits, also of running containers", references);
    add_limit_options(update, *options);
    update.add_option("--restart", *restart, "Restart policy").type_name("POLICY");
    place.on_run(update, [references, options, restart, &globals = place.globals]() -> Result<void> {
        UpdateRequest request;
        ISOLAB_ASSIGN(request.resources, resources_of(*options));
        if (*restart) {
            ISOLAB_ASSIGN(request.restart, parse_restart_policy(**restart));
        }
        if (request.resources.empty() && !request.restart)
            return fail(ErrorKind::invalid_argument, "update containers", {}, "nothing to change was given",
                        "See isolab container update --help");
        ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals));
        const Interrupt interrupt;
        return for_each_container(*references, [&](const std::string& one) -> Result<void> {
            std::vector<std::string> warnings;
            auto done = open.containers.update(one, request, warnings, interrupt.token());
            warn_all(warnings);
            return done;
        });
    });
}

void add_wait_verb(const VerbPlace& place) {
    References references;
    const CommandParser verb =
        add_verb(place, "wait", "Wait until containers have ended and print their exit codes", references);
    place.on_run(verb, [references, &globals = place.globals]() -> Result<void> {
        ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals));
        const Interrupt interrupt;
        for (const std::string& one : *references) {
            ISOLAB_ASSIGN(const int code, open.containers.wait(one, interrupt.token()));
            ISOLAB_TRY(write_result(std::to_string(code) + "\n", {}));
        }
        return {};
    });
}

} // namespace

void add_life_verbs(const VerbPlace& place) {
    add_stop_verbs(place);
    add_kill_verb(place);
    add_simple_verb(place, "pause", "Freeze all processes of containers", &Containers::pause);
    add_simple_verb(place, "unpause", "Let them go on", &Containers::unpause);
    add_remove_verbs(place);
    add_change_verbs(place);
    add_wait_verb(place);
}

} // namespace isolab
