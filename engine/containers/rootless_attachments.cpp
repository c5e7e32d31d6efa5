// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/containers/rootless_attachments.h"

#include <cerrno>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/base/file_lock.h"
#include "engine/base/file_tree.h"
#include "engine/base/json.h"
#include "engine/base/pipe.h"
#include "engine/base/process_identity.h"
#include "engine/network/port_check.h"
#include "engine/network/rootless_network.h"
#include "engine/runtime/launch_protocol.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

constexpr const char* record_file = "attachment.json";
constexpr const char* lock_name = "lock";
constexpr const char* network_name = "bridge"; // what it stands in for

Result<std::optional<Attachment>> read_record(const fs::path& folder) {
    const auto file = folder / record_file;
    const auto document = read_json_file(file);
    if (!document && document.error().kind == ErrorKind::not_found)
        return std::nullopt;
    ISOLAB_TRY(document);
    return attachment_from_json(*document, file.string()).map([](Attachment one) {
        return std::optional(std::move(one));
    });
}

/// The lock goes when the keeper of an earlier run has ended its program, which takes it no time.
Result<UniqueFd> take_lock(const fs::path& folder) {
    constexpr int tries = 500;
    constexpr std::chrono::milliseconds pause{10};
    ISOLAB_ASSIGN(UniqueFd lock, open_lock_file(folder / lock_name));
    for (int i = 0; i < tries; ++i) {
        if (try_lock(lock, LockKind::exclusive))
            return lock;
        if (errno != EWOULDBLOCK)
            return fail_errno(errno, "lock", (folder / lock_name).string());
        std::this_thread::sleep_for(pause);
    }
    return fail(ErrorKind::timeout, "wait for the end of an earlier network in", folder.string(),
                "a process that keeps it up is there still");
}

bool is_kept_up(const fs::path& folder) {
    const UniqueFd lock(::open((folder / lock_name).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
    return lock && !try_lock(lock, LockKind::shared);
}

/// Another program may have started than the one that was chosen, with another address for its name server.
std::string with_server_of(RootlessProgram program, const std::string& text) {
    ResolvConf conf = parse_resolv_conf(text);
    for (IpAddress& server : conf.servers)
        for (const RootlessProgram other : {RootlessProgram::pasta, RootlessProgram::slirp4netns})
            if (server == rootless_name_server(other))
                server = rootless_name_server(program);
    return render_resolv_conf(conf);
}

/// In place: the container has this very file mounted.
Result<void> overwrite(const fs::path& file, const std::string& text) {
    const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW));
    if (!fd || ::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        return fail_errno(errno, "write", file.string());
    return {};
}

struct KeeperOrder {
    RootlessRequest request;
    UniqueFd process; ///< pidfd of the container's first process
    fs::path resolv_file;
};

/// Nothing of the caller's session, terminal or output stays with a keeper.
void become_background() {
    ::setsid();
    [[maybe_unused]] const int moved = ::chdir("/");
    const UniqueFd nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    for (const int stream : {0, 1, 2})
        ::dup2(nothing.get(), stream);
}

/// The programs are told the namespaces by paths with the process's number, which is its own until it is reaped.
Result<RootlessNetwork> start_network(const KeeperOrder& order) {
    auto network = RootlessNetwork::start(order.request);
    if (network && !has_number(order.process))
        return fail(ErrorKind::not_found, "set up a network for the container", {}, "its first process has ended");
    return network;
}

/// Sets up, says so, and ends the program when the container has ended.
void keep_network_up(const KeeperOrder& order, UniqueFd answer) {
    become_background();
    auto network = start_network(order);
    const auto shown = network ? overwrite(order.resolv_file, with_server_of(network->program(),
                                                                             read_file(order.resolv_file).value_or("")))
                               : fail(network.error());
    [[maybe_unused]] const auto told = shown ? send_record(answer.get(), StartedRecord{network->pid()})
                                             : send_record(answer.get(), ErrorRecord{shown.error(), 125});
    answer.reset();
    pollfd ended{order.process.get(), POLLIN, 0};
    while (shown && ::poll(&ended, 1, -1) < 0 && errno == EINTR) {
    }
}

} // namespace

/// Short, since the path of a socket in it may have no more than 107 bytes (unix(7)).
fs::path RootlessAttachments::folder(const std::string& container) const { return root_ / container.substr(0, 12); }

std::vector<Attachment> RootlessAttachments::others_that_run(const std::string& container) const {
    std::vector<Attachment> others;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(root_, failed)) {
        const auto record = read_record(entry.path());
        if (record && *record && (*record)->container != container && is_kept_up(entry.path()))
            others.push_back(**record);
    }
    return others;
}

Result<RootlessGrant> RootlessAttachments::attach(const std::string& container, const std::vector<PortRequest>& ports,
                                                  const std::vector<std::string>& names, ResolvConf conf,
                                                  bool chosen) const {
    ISOLAB_TRY(detach(container));
    RootlessGrant grant;
    grant.attachment.container = container;
    grant.attachment.names = names;
    ISOLAB_ASSIGN(grant.attachment.ports, choose_host_ports(ports, others_that_run(container)));
    ISOLAB_ASSIGN(const RootlessProgram program, choose_rootless_program(grant.attachment.ports));
    if (const auto address = rootless_own_address(program))
        grant.attachment.endpoints.push_back({network_name, "eth0", {}, *address, {}, {}});
    if (!chosen)
        conf.servers = {rootless_name_server(program)};
    grant.resolv = render_resolv_conf(conf);
    ISOLAB_TRY(make_directories(root_, 0700));
    ISOLAB_TRY(make_private_directory(folder(container)));
    ISOLAB_TRY(write_file_atomically(folder(container) / record_file, to_json(grant.attachment).dump(), 0600));
    return grant;
}

Result<void> RootlessAttachments::start(const std::string& container, pid_t pid, const fs::path& resolv_file) const {
    ISOLAB_ASSIGN(const auto record, read_record(folder(container)));
    if (!record || record->container != container)
        return fail(ErrorKind::not_found, "set up the network of container", container, "nothing was granted to it");
    ISOLAB_ASSIGN(const UniqueFd lock, take_lock(folder(container)));
    ISOLAB_TRY(end_leftover_rootless_network(folder(container)));
    const std::string namespaces = "/proc/" + std::to_string(pid) + "/ns/";
    KeeperOrder order;
    order.request = {namespaces + "user", namespaces + "net", record->ports, folder(container)};
    order.process.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    order.resolv_file = resolv_file;
    if (!order.process)
        return fail_errno(errno, "watch process", std::to_string(pid));
    ISOLAB_ASSIGN(SocketPair ends, SocketPair::create());
    const pid_t keeper = ::fork(); // it has the lock too, for as long as it lives
    if (keeper < 0)
        return fail_errno(errno, "start a process");
    if (keeper == 0) {
        ends.first.reset();
        keep_network_up(order, std::move(ends.second));
        ::_exit(0);
    }
    ends.second.reset();
    ISOLAB_ASSIGN(const auto answer, receive_record(ends.first.get()));
    if (answer && std::holds_alternative<ErrorRecord>(*answer))
        return fail(std::get<ErrorRecord>(*answer).error);
    if (!answer)
        return fail(ErrorKind::system, "set up the network of container", container, "the process that did it ended");
    return {};
}

Result<void> RootlessAttachments::detach(const std::string& container) const {
    const auto record = read_record(folder(container));
    if (record && *record && (*record)->container != container)
        return {}; // of another one whose id begins alike
    std::error_code failed;
    if (!fs::exists(folder(container), failed))
        return {};
    ISOLAB_ASSIGN(const UniqueFd lock, take_lock(folder(container)));
    ISOLAB_TRY(end_leftover_rootless_network(folder(container)));
    return remove_tree(folder(container));
}

std::optional<Attachment> RootlessAttachments::find(const std::string& container) const {
    const auto record = read_record(folder(container));
    return record && *record && (*record)->container == container ? *record : std::nullopt;
}

} // namespace isolab
