// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/oci/state_folder.h"

#include <algorithm>
#include <cerrno>
#include <sstream>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/file_lock.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/process_identity.h"
#include "engine/base/unix_socket.h"
#include "engine/launcher/setup/setup_channel.h"
#include "engine/runtime/spec_json.h"

namespace isolab::launcher {
namespace {

constexpr const char* state_file = "state.json";
constexpr const char* spec_file = "config.json";
constexpr const char* gate_file = "start.gate";

tl::unexpected<Error> no_container(const std::string& id) {
    return fail(ErrorKind::not_found, "find container", id, "container does not exist");
}

/// The folder itself, neither a link's target nor another user's.
Result<UniqueFd> open_folder(const std::filesystem::path& path, const std::string& id) {
    UniqueFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!folder && errno == ENOENT)
        return no_container(id);
    if (!folder)
        return fail_errno(errno, "open container state", path.string());
    struct stat status {};
    if (::fstat(folder.get(), &status) != 0 || status.st_uid != ::geteuid())
        return fail(ErrorKind::permission_denied, "use container state", path.string(), "it belongs to another user");
    return folder;
}

Result<ContainerRecord> read_record(const std::filesystem::path& folder, const std::string& id) {
    auto document = read_json_file(folder / state_file);
    if (!document && document.error().kind == ErrorKind::not_found)
        return no_container(id);
    if (!document)
        return tl::unexpected(document.error());
    return record_from_json(*document, (folder / state_file).string());
}

ContainerStatus status_of(const std::filesystem::path& folder, const ContainerRecord& record) {
    if (record.pid == 0)
        return ContainerStatus::creating;
    if (!open_first_process(record))
        return ContainerStatus::stopped;
    return ::access((folder / gate_file).c_str(), F_OK) == 0 ? ContainerStatus::created : ContainerStatus::running;
}

} // namespace

Result<StateFolder> StateFolder::create(const std::filesystem::path& root, const std::string& id) {
    ISOLAB_TRY(make_private_directory(root));
    const std::filesystem::path path = root / id;
    if (::mkdir(path.c_str(), 0700) != 0) {
        if (errno != EEXIST)
            return fail_errno(errno, "create container state", path.string());
        return fail(ErrorKind::already_exists, "create container", id, "container with that id exists already",
                    "Choose another id, or delete it first");
    }
    ISOLAB_ASSIGN(StateFolder folder, open(root, id));
    return folder;
}

Result<StateFolder> StateFolder::open(const std::filesystem::path& root, const std::string& id) {
    ISOLAB_ASSIGN(UniqueFd folder, open_folder(root / id, id));
    ISOLAB_TRY(wait_for_lock(folder, LockKind::exclusive, "container " + id));
    struct stat status {};
    if (::fstat(folder.get(), &status) != 0 || status.st_nlink == 0) // deleted while this process waited
        return no_container(id);
    return StateFolder(root / id, std::move(folder));
}

Result<ContainerRecord> StateFolder::read() const { return read_record(path_, path_.filename().string()); }

Result<void> StateFolder::write(const ContainerRecord& record) const {
    return write_file_atomically(path_ / state_file, record_to_json(record).dump(), 0600);
}

Result<void> StateFolder::write_spec(const std::string& text) const {
    return write_file_atomically(path_ / spec_file, text, 0600);
}

Result<UniqueFd> StateFolder::make_start_gate() const {
    UniqueFd gate(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    if (!gate)
        return fail_errno(errno, "create socket");
    ISOLAB_TRY(bind_socket(gate, path_ / gate_file));
    if (::listen(gate.get(), 1) != 0)
        return fail_errno(errno, "listen on", (path_ / gate_file).string());
    return gate;
}

Result<UniqueFd> StateFolder::open_start_gate() const {
    const auto started_before = [this] {
        return fail(ErrorKind::invalid_argument, "start container", path_.filename().string(), "it was started before");
    };
    UniqueFd gate(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    if (!gate)
        return fail_errno(errno, "create socket");
    const auto connected = connect_socket(gate, path_ / gate_file);
    if (!connected && connected.error().kind == ErrorKind::not_found)
        return started_before();
    if (connected)
        ISOLAB_TRY(tell(gate.get(), {&workload_may_go, 1}));
    // Only after the word: a `start` that was killed before it leaves a gate that can still be opened.
    if (::unlinkat(folder_.get(), gate_file, 0) != 0)
        return fail_errno(errno, "remove", (path_ / gate_file).string());
    if (!connected) // a `start` that was killed left the gate behind
        return started_before();
    return gate;
}

ContainerStatus StateFolder::status(const ContainerRecord& record) const {
    return record.pid == 0 ? ContainerStatus::stopped : status_of(path_, record); // nobody is creating it: we lock it
}

Result<void> StateFolder::remove() const { return remove_tree(path_); }

Result<ContainerView> look_at(const std::filesystem::path& root, const std::string& id) {
    ISOLAB_ASSIGN(const UniqueFd folder, open_folder(root / id, id));
    ISOLAB_ASSIGN(ContainerRecord record, read_record(root / id, id));
    ContainerStatus status = status_of(root / id, record);
    // The creator holds the lock to its end, so nobody is creating what can be locked.
    if (status == ContainerStatus::creating && try_lock(folder, LockKind::shared))
        status = ContainerStatus::stopped;
    return ContainerView{std::move(record), status};
}

Result<RuntimeSpec> read_kept_spec(const std::filesystem::path& root, const std::string& id) {
    const std::string file = (root / id / spec_file).string();
    ISOLAB_ASSIGN(const Json document, read_json_file(file));
    return parse_runtime_spec(document, file);
}

std::vector<std::string> container_ids(const std::filesystem::path& root) {
    std::vector<std::string> ids;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(root, failed))
        if (std::error_code missing; std::filesystem::exists(entry.path() / state_file, missing))
            ids.push_back(entry.path().filename());
    std::ranges::sort(ids);
    return ids;
}

Result<UniqueFd> open_first_process(const ContainerRecord& record) {
    auto process = open_process({record.pid, record.start_time});
    if (!process && process.error().kind == ErrorKind::not_found)
        return fail(ErrorKind::not_found, "reach container", record.id, "container not running");
    return process;
}

} // namespace isolab::launcher
