// SPDX-License-Identifier: GPL-3.0-or-later
//
// Containers: saved while they run, and started again from there.
#include <csignal>

#include <unistd.h>

#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/utc_time.h"
#include "engine/containers/containers.h"
#include "engine/runtime/spec_fields.h"

namespace isolab {
namespace {

constexpr const char* notes_file = "isolab-checkpoint.json"; // beside the images of CRIU
constexpr std::chrono::seconds after_dump{15};               // the kernel's time to take what was saved down

/// What a restore must know of the time of the checkpoint.
struct CheckpointNotes {
    std::string address; ///< of the container in its first network; its connections have it
    bool tcp_established = false;
    bool external_unix_sockets = false;
    bool file_locks = false;
};

Result<void> write_notes(const std::filesystem::path& folder, const CheckpointNotes& notes) {
    const Json document{{"created", utc_text(realtime_now())},
                        {"address", notes.address},
                        {"tcpEstablished", notes.tcp_established},
                        {"externalUnixSockets", notes.external_unix_sockets},
                        {"fileLocks", notes.file_locks}};
    return write_file_atomically(folder / notes_file, document.dump(), 0600);
}

Result<CheckpointNotes> read_notes(const std::filesystem::path& folder, const std::string& name) {
    const auto file = folder / notes_file;
    const auto document = read_json_file(file);
    if (!document && document.error().kind == ErrorKind::not_found)
        return fail(ErrorKind::not_found, "restore container", name, "there is no checkpoint in " + folder.string(),
                    "Make one with isolab container checkpoint, or start it from the beginning");
    if (!document)
        return fail(document.error());
    const std::string subject = file.string();
    CheckpointNotes notes;
    ISOLAB_ASSIGN(notes.address, spec::text_of(*document, "address", subject));
    ISOLAB_ASSIGN(notes.tcp_established, spec::flag_of(*document, "tcpEstablished", subject));
    ISOLAB_ASSIGN(notes.external_unix_sockets, spec::flag_of(*document, "externalUnixSockets", subject));
    ISOLAB_ASSIGN(notes.file_locks, spec::flag_of(*document, "fileLocks", subject));
    return notes;
}

Result<void> check_root(const char* operation, const std::string& name) {
    if (::geteuid() == 0)
        return {};
    return fail(ErrorKind::permission_denied, operation, name, "CRIU needs root", "Call it as root");
}

/// A folder of the user's is not written over.
Result<void> check_unused(const std::filesystem::path& folder, const std::string& name) {
    std::error_code failed;
    if (!std::filesystem::exists(folder, failed) || std::filesystem::is_empty(folder, failed))
        return {};
    return fail(ErrorKind::already_exists, "checkpoint container", name, folder.string() + " exists and is not empty",
                "Name a folder that is not there yet");
}

std::vector<std::string> dump_words(const CheckpointRequest& request, const std::filesystem::path& images) {
    std::vector<std::string> words{"--image-path", images.string()};
    for (const auto& [asked, flag] :
         {std::pair(request.leave_running, "--leave-running"), std::pair(request.tcp_established, "--tcp-established"),
          std::pair(request.external_unix_sockets, "--ext-unix-sk"), std::pair(request.file_locks, "--file-locks")})
        if (asked)
            words.emplace_back(flag);
    if (!request.criu.empty())
        words.insert(words.end(), {"--criu", request.criu});
    return words;
}

/// Another container has the address now, or its network has become another.
bool is_about_address(const Error& error) {
    return error.operation == "attach container" &&
           (error.kind == ErrorKind::already_exists || error.kind == ErrorKind::invalid_argument);
}

/// The launcher knows ids only.
Error with_container_name(Error error, const std::string& name) {
    if (error.operation == "checkpoint container")
        error.subject = name;
    return error;
}

std::string address_of(const ContainerInfo& container) {
    if (!container.network || container.network->endpoints.empty())
        return {};
    return container.network->endpoints.front().address.text();
}

} // namespace

Result<void> Containers::checkpoint(const std::string& reference, const CheckpointRequest& request,
                                    const StopToken& stop) {
    ISOLAB_ASSIGN(const std::string id, store_.resolve(reference));
    ISOLAB_ASSIGN(ContainerStore::Lock lock, store_.lock(id, stop));
    ISOLAB_TRY(supervised(id, "checkpoint container"));
    ISOLAB_ASSIGN(const ContainerInfo container, look_tidily(id, stop));
    const ContainerSettings& settings = container.settings;
    if (container.phase != ContainerPhase::running && container.phase != ContainerPhase::paused)
        return fail(ErrorKind::unavailable, "checkpoint container", settings.name,
                    "it is " + std::string(container_phase_id(container.phase)), "Start it first");
    ISOLAB_TRY(check_root("checkpoint container", settings.name));
    if (settings.auto_remove && !request.leave_running)
        return fail(ErrorKind::invalid_argument, "checkpoint container", settings.name,
                    "it is removed when it ends (--rm), and its files with it", "Use --leave-running");
    const bool own = request.folder.empty();
    const std::filesystem::path images = own ? checkpoint_folder(settings) : std::filesystem::absolute(request.folder);
    if (!own)
        ISOLAB_TRY(check_unused(images, settings.name));
    const std::filesystem::path partial = images.string() + ".partial";
    ISOLAB_TRY(remove_tree(partial));

    ISOLAB_ASSIGN(SupervisorClient client, SupervisorClient::connect(folder(settings)));
    const auto set_policy = [&](const RestartPolicy& policy) {
        return client.send(ClientWord::policy, restart_policy_text(policy));
    };
    if (!request.leave_running) // it is not to be started again
        ISOLAB_TRY(set_policy({}));
    const auto saved = [&]() -> Result<void> {
        ISOLAB_TRY(run_launcher("checkpoint", id, dump_words(request, partial), stop));
        ISOLAB_TRY(write_notes(partial, {address_of(container), request.tcp_established, request.external_unix_sockets,
                                         request.file_locks}));
        return sync_file_system(partial);
    }();
    if (!saved) {
        [[maybe_unused]] const auto removed = remove_tree(partial);
        if (!request.leave_running) [[maybe_unused]]
            const auto reset = set_policy(settings.supervision.restart);
        return fail(with_container_name(saved.error(), settings.name));
    }
    if (own)
        ISOLAB_TRY(remove_tree(images));
    std::error_code failed;
    std::filesystem::rename(partial, images, failed); // also over an empty folder
    if (failed)
        return fail_errno(failed.value(), "name checkpoint", images.string());
    if (request.leave_running)
        return {};
    lock = ContainerStore::Lock(); // who tidies up needs it
    if (auto ended = client.await_end(stop, after_dump); !ended && ended.error().kind == ErrorKind::timeout)
        return fail(ended.error());
    return tidy_up(id, stop);
}

Result<void> Containers::restore(const std::string& reference, const RestoreRequest& request,
                                 std::vector<std::string>& warnings, const StopToken& stop) {
    ISOLAB_ASSIGN(const std::string id, store_.resolve(reference));
    ISOLAB_ASSIGN(const ContainerStore::Lock lock, store_.lock(id, stop));
    ISOLAB_ASSIGN(ContainerInfo container, look_tidily(id, stop));
    ContainerSettings settings = container.settings;
    if (container.is_up())
        return fail(ErrorKind::already_exists, "restore container", settings.name, "it is running already",
                    "Stop it first");
    ISOLAB_TRY(check_root("restore container", settings.name));
    const bool own = request.folder.empty();
    const std::filesystem::path images = own ? checkpoint_folder(settings) : std::filesystem::absolute(request.folder);
    ISOLAB_ASSIGN(const CheckpointNotes notes, read_notes(images, settings.name));
    const RestoreOrder order{images.string(), request.criu, notes.tcp_established, notes.external_unix_sockets,
                             notes.file_locks};
    const bool wants_address = !notes.address.empty() && settings.address.empty();
    if (wants_address)
        settings.address = notes.address;
    auto started = start_locked(settings, lock, nullptr, order, warnings, stop);
    if (!started && wants_address && is_about_address(started.error())) {
        warnings.push_back("it gets another address than it had: " + notes.address + ": " + started.error().cause);
        settings.address.clear();
        started = start_locked(settings, lock, nullptr, order, warnings, stop);
    }
    ISOLAB_TRY(started);
    return own && !request.keep ? remove_tree(images) : Result<void>{};
}

} // namespace isolab
