// SPDX-License-Identifier: GPL-3.0-or-later
//
// Verbs that save containers while they run, and go on from there: checkpoint restore.
#include "cli/container_commands.h"
#include "cli/interrupt.h"
#include "cli/terminal.h"

namespace isolab {
namespace {

struct CheckpointArguments {
    std::vector<std::string> references;
    CheckpointRequest save;
    RestoreRequest restore;
};

Result<void> check_folder(const std::vector<std::string>& references, const std::filesystem::path& folder) {
    if (folder.empty() || references.size() == 1)
        return {};
    return fail(ErrorKind::invalid_argument, "use --checkpoint-dir for",
                std::to_string(references.size()) + " containers", "a folder holds one checkpoint",
                "Name one container, or leave --checkpoint-dir out");
}

CommandParser add_verb(const VerbPlace& place, const char* name, const char* help, CheckpointArguments& arguments,
                       std::filesystem::path& folder, std::string& criu) {
    const CommandParser verb = place.group.add_subcommand(name, help);
    verb.add_option("container", arguments.references, "Names or ids").required().type_name("CONTAINER");
    verb.add_option("--checkpoint-dir", folder, "Where the files are; default: with the container").type_name("DIR");
    verb.add_option("--criu", criu, "CRIU's program; default: that of PATH").type_name("PROGRAM");
    return verb;
}

} // namespace

void add_checkpoint_verbs(const VerbPlace& place) {
    auto saved = std::make_shared<CheckpointArguments>();
    CheckpointRequest& save = saved->save;
    const CommandParser checkpoint =
        add_verb(place, "checkpoint", "Save running containers in files, and end them", *saved, save.folder, save.criu);
    checkpoint.add_flag("-R,--leave-running", save.leave_running, "Do not end them");
    checkpoint.add_flag("--tcp-established", save.tcp_established, "With their open TCP connections");
    checkpoint.add_flag("--file-locks", save.file_locks, "With the file locks that they hold");
    checkpoint.add_flag("--ext-unix-sk", save.external_unix_sockets, "With their connections to sockets outside");
    place.on_run(checkpoint, [saved, &globals = place.globals]() -> Result<void> {
        ISOLAB_TRY(check_folder(saved->references, saved->save.folder));
        ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals));
        const Interrupt interrupt;
        return for_each_container(saved->references, [&](const auto& one) {
            return open.containers.checkpoint(one, saved->save, interrupt.token());
        });
    });

    auto wanted = std::make_shared<CheckpointArguments>();
    RestoreRequest& request = wanted->restore;
    const CommandParser restore = add_verb(place, "restore", "Start containers where their checkpoints left them",
                                           *wanted, request.folder, request.criu);
    restore.add_flag("-k,--keep", request.keep, "Keep the files, to go on from them again");
    place.on_run(restore, [wanted, &globals = place.globals]() -> Result<void> {
        ISOLAB_TRY(check_folder(wanted->references, wanted->restore.folder));
        ISOLAB_ASSIGN(OpenContainers open, OpenContainers::open(globals, true));
        const Interrupt interrupt;
        return for_each_container(wanted->references, [&](const std::string& one) -> Result<void> {
            std::vector<std::string> warnings;
            auto done = open.containers.restore(one, wanted->restore, warnings, interrupt.token());
            warn_all(warnings);
            return done;
        });
    });
}

} // namespace isolab
