// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include "cli/container_commands.h"
#include "cli/container_values.h"
#include "cli/interrupt.h"
#include "engine/base/json.h"

namespace isolab {
namespace {

Result<void> create(const GlobalOptions& globals, const std::string& name, const std::vector<std::string>& labels) {
    ISOLAB_ASSIGN(const OpenContainers open, OpenContainers::open(globals));
    ISOLAB_ASSIGN(const VolumeStore store, open.containers.volumes());
    std::map<std::string, std::string> pairs;
    for (const std::string& label : labels)
        pairs.insert(split_pair(label));
    ISOLAB_ASSIGN(const Volume volume, store.create(name.empty() ? std::nullopt : std::optional(name), pairs));
    return write_result(volume.name + "\n", {});
}

Result<void> list_volumes(const GlobalOptions& globals, bool quiet) {
    ISOLAB_ASSIGN(const OpenContainers open, OpenContainers::open(globals));
    ISOLAB_ASSIGN(const VolumeStore store, open.containers.volumes());
    std::vector<Error> damaged;
    ISOLAB_ASSIGN(const std::vector<Volume> all, store.list(&damaged));
    for (const Error& error : damaged)
        report_warning(error);
    std::string text = quiet ? "" : "CREATED                USED BY                NAME\n";
    for (const Volume& volume : all) {
        ISOLAB_ASSIGN(const std::vector<std::string> users, open.containers.users_of_volume(volume.name));
        std::string names;
        for (const std::string& user : users)
            names += (names.empty() ? "" : ",") + user;
        text += quiet ? volume.name + "\n" : fmt::format("{:<22} {:<22} {}\n", volume.created, names, volume.name);
    }
    return write_result(text, {});
}

Result<void> inspect_volumes(const GlobalOptions& globals, const std::vector<std::string>& names) {
    ISOLAB_ASSIGN(const OpenContainers open, OpenContainers::open(globals));
    ISOLAB_ASSIGN(const VolumeStore store, open.containers.volumes());
    Json documents = Json::array();
    for (const std::string& name : names) {
        ISOLAB_ASSIGN(const Volume volume, store.find(name));
        documents.push_back({{"Name", volume.name},
                             {"CreatedAt", volume.created},
                             {"Driver", "local"},
                             {"Mountpoint", volume.data.string()},
                             {"Labels", volume.labels},
                             {"Anonymous", volume.anonymous}});
    }
    return write_result(documents.dump(4) + "\n", {});
}

Result<void> remove(const OpenContainers& open, const std::string& name) {
    ISOLAB_ASSIGN(const std::vector<std::string> users, open.containers.users_of_volume(name));
    if (!users.empty())
        return fail(ErrorKind::invalid_argument, "remove volume", name, "container " + users.front() + " has it",
                    "Remove that container first");
    ISOLAB_ASSIGN(const VolumeStore store, open.containers.volumes());
    return store.remove(name);
}

Result<void> prune_volumes(const GlobalOptions& globals, bool all) {
    ISOLAB_ASSIGN(const OpenContainers open, OpenContainers::open(globals));
    ISOLAB_ASSIGN(const VolumeStore store, open.containers.volumes());
    ISOLAB_ASSIGN(const std::vector<Volume> volumes, store.list());
    std::vector<std::string> unused;
    for (const Volume& volume : volumes) {
        ISOLAB_ASSIGN(const std::vector<std::string> users, open.containers.users_of_volume(volume.name));
        if (users.empty() && (all || volume.anonymous))
            unused.push_back(volume.name);
    }
    return for_each_container(unused, [&](const std::string& name) { return store.remove(name); });
}

} // namespace

void add_volume_command(CommandParser app, GlobalOptions& globals, ExitCode& exit_code) {
    const CommandParser group = app.add_subcommand("volume", "Manage files that outlive containers");
    group.require_subcommand(1);
    const VerbPlace place{group, globals, exit_code};

    auto labels = std::make_shared<std::vector<std::string>>();
    auto name = std::make_shared<std::string>();
    const CommandParser creates = group.add_subcommand("create", "Make a volume");
    creates.add_option("name", *name, "Its name; default: random digits").type_name("NAME");
    creates.add_option("-l,--label", *labels, "A label").type_name("KEY[=VALUE]").allow_extra_args(false);
    place.on_run(creates, [name, labels, &globals] { return create(globals, *name, *labels); });

    auto quiet = std::make_shared<bool>(false);
    const CommandParser lists = group.add_subcommand("ls", "List volumes");
    lists.add_flag("-q,--quiet", *quiet, "Names only");
    place.on_run(lists, [quiet, &globals] { return list_volumes(globals, *quiet); });

    auto names = std::make_shared<std::vector<std::string>>();
    const CommandParser inspects = group.add_subcommand("inspect", "Show all that is known of volumes, as JSON");
    inspects.add_option("volume", *names, "Names").required().type_name("VOLUME");
    place.on_run(inspects, [names, &globals] { return inspect_volumes(globals, *names); });

    const CommandParser removes = group.add_subcommand("rm", "Remove volumes that no container has");
    removes.add_option("volume", *names, "Names").required().type_name("VOLUME");
    place.on_run(removes, [names, &globals]() -> Result<void> {
        ISOLAB_ASSIGN(const OpenContainers open, OpenContainers::open(globals));
        return for_each_container(*names, [&](const std::string& one) { return remove(open, one); });
    });

    auto all = std::make_shared<bool>(false);
    const CommandParser prunes = group.add_subcommand("prune", "Remove volumes without a name that no container has");
    prunes.add_flag("-a,--all", *all, "Those with a name too");
    place.on_run(prunes, [all, &globals] { return prune_volumes(globals, *all); });
}

} // namespace isolab
