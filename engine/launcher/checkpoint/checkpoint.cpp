// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/checkpoint/checkpoint.h"

#include <cerrno>

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/checkpoint/criu_check.h"
#include "engine/launcher/checkpoint/checkpoint_notes.h"
#include "engine/launcher/oci/container_lookup.h"
#include "engine/launcher/oci/lifecycle.h"
#include "engine/launcher/setup/namespaces.h"

namespace isolab::launcher {
namespace {

constexpr const char* checkpoint_operation = "checkpoint container";
constexpr const char* dump_log = "dump.log";

Result<UniqueFd> open_folder(const std::filesystem::path& path, bool make) {
    if (make)
        ISOLAB_TRY(make_private_directory(path));
    UniqueFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder)
        return fail_errno(errno, "open folder", path.string());
    return folder;
}

/// A network that was joined by its path is the caller's, and made anew, or found, by the caller.
Result<void> name_external_network(CriuOptions& request, const RuntimeSpec& spec) {
    for (const JoinedNamespace& joined : spec.joined) {
        if (joined.type != "network")
            continue;
        struct stat status {};
        const std::string file = "/proc/" + std::to_string(*request.pid) + "/ns/net";
        if (::stat(file.c_str(), &status) != 0)
            return fail_errno(errno, "look at", file);
        request.external.push_back("net[" + std::to_string(status.st_ino) + "]:" + external_network);
    }
    return {};
}

Result<CriuOptions> dump_options(const Options& options, const CheckpointFolders& folders, const RuntimeSpec& spec,
                                 const ContainerRecord& record, const CheckpointNotes& notes) {
    ISOLAB_ASSIGN(CriuOptions request, common_criu_options(options, folders));
    request.log_file = dump_log;
    request.pid = record.pid;
    request.root = record.root_path;
    request.leave_running = options.checkpoint.leave_running || options.checkpoint.pre_dump;
    request.track_memory = options.checkpoint.pre_dump || options.checkpoint.parent.has_value();
    if (options.checkpoint.parent)
        request.parent_images = options.checkpoint.parent->string();
    request.orphan_terminals = spec.process.terminal;
    if (const auto group = group_of(record); group && group->exists())
        request.freezer_group = group->directory(CgroupController::freezer);
    for (const ExternalMount& mount : notes.mounts)
        request.external.push_back("mnt[" + mount.target + "]:" + mount.target);
    for (const std::string& stream : notes.streams)
        if (is_outside_file(stream))
            request.external.push_back(stream);
    ISOLAB_TRY(name_external_network(request, spec));
    return request;
}

Result<void> check_tracking(const Options& options, const CriuStatus& criu) {
    if ((options.checkpoint.pre_dump || options.checkpoint.parent) && !criu.features.track_memory)
        return fail(ErrorKind::unsupported, checkpoint_operation, options.id,
                    "this kernel or CRIU does not track which memory was changed",
                    "Leave --pre-dump and --parent-path out");
    return {};
}

/// CRIU has killed them all; those of a paused group end when it goes on.
Result<void> await_end(const ContainerRecord& record) {
    if (const auto group = group_of(record); group && group->is_frozen())
        ISOLAB_TRY(group->thaw());
    if (const auto process = open_first_process(record))
        return await_death(*process, record.id);
    return {};
}

} // namespace

Result<CheckpointFolders> open_checkpoint_folders(const Options& options, bool make) {
    std::error_code failed;
    CheckpointFolders folders;
    folders.images = std::filesystem::absolute(options.checkpoint.images, failed);
    folders.work = std::filesystem::absolute(options.checkpoint.work.value_or(folders.images), failed);
    ISOLAB_ASSIGN(folders.images_fd, open_folder(folders.images, make));
    ISOLAB_ASSIGN(folders.work_fd, open_folder(folders.work, folders.work != folders.images));
    return folders;
}

Result<CriuOptions> common_criu_options(const Options& options, const CheckpointFolders& folders) {
    const CheckpointOptions& asked = options.checkpoint;
    if (::geteuid() != 0)
        return fail(ErrorKind::unsupported, "use CRIU for", options.id, "it needs root", "Call it as root");
    CriuOptions request;
    request.images_fd = folders.images_fd.get();
    request.work_fd = folders.work_fd.get();
    request.notify = true;
    request.tcp_established = asked.tcp_established;
    request.external_unix_sockets = asked.external_unix_sockets;
    request.shell_job = asked.shell_job;
    request.file_locks = asked.file_locks;
    request.groups = *criu_group_mode(asked.group_mode);
    request.empty_namespaces = asked.empty_network ? CLONE_NEWNET : 0;
    return request;
}

Result<void> checkpoint_container(const Options& options, Events& /*events*/) {
    ISOLAB_ASSIGN(const auto states, states_of(options));
    ISOLAB_ASSIGN(const ContainerView view, look_with_group(states, options.id));
    if (view.status != ContainerStatus::running && view.status != ContainerStatus::paused)
        return wrong_status(checkpoint_operation, options, view.status, "Only a running container can be checkpointed");
    ISOLAB_ASSIGN(const StateFolder folder, StateFolder::open(states, options.id));
    ISOLAB_ASSIGN(const RuntimeSpec spec, folder.read_spec());
    ISOLAB_ASSIGN(const Criu criu, Criu::find(options.checkpoint.criu));
    ISOLAB_ASSIGN(const CriuStatus usable, check_criu(criu));
    ISOLAB_TRY(check_tracking(options, usable));
    ISOLAB_ASSIGN(const CheckpointFolders folders, open_checkpoint_folders(options, true));
    ISOLAB_ASSIGN(const CheckpointNotes notes, take_notes(view.record.pid));
    ISOLAB_ASSIGN(const CriuOptions request, dump_options(options, folders, spec, view.record, notes));
    const auto type = options.checkpoint.pre_dump ? CriuMessageType::pre_dump : CriuMessageType::dump;
    auto response = criu.ask({type, request, {}, {}});
    if (!response)
        return fail(response.error().within(checkpoint_operation, options.id));
    if (!response->success)
        return fail(criu_failure(checkpoint_operation, options.id, *response, folders.work / dump_log));
    if (options.checkpoint.pre_dump)
        return {};
    ISOLAB_TRY(write_notes(folders.images, notes));
    return options.checkpoint.leave_running ? Result<void>{} : await_end(view.record);
}

} // namespace isolab::launcher
