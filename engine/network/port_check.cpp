// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/port_check.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include <sys/socket.h>

#include "engine/base/file_tree.h"
#include "engine/base/text.h"
#include "engine/base/unique_fd.h"
#include "engine/network/socket_address.h"

namespace isolab {
namespace {

namespace fs = std::filesystem;

struct BindOutcome {
    int error = 0;          ///< errno(3)
    std::uint16_t port = 0; ///< that was bound; another one than asked for only if that is 0
};

/// Binds for a moment.
BindOutcome try_bind(const PortForward& wanted) {
    const IpAddress address = wanted.host_address.value_or(IpAddress{});
    const int type = (wanted.transport == Transport::tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC;
    const UniqueFd socket(::socket(address.family(), type, 0));
    const int on = 1;
    if (wanted.transport == Transport::tcp) // connections that ended a while ago are no obstacle; listeners still are
        ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (!address.is_v4())
        ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    SocketAddress name(address, wanted.host_port);
    if (!socket || ::bind(socket.get(), name.get(), name.length()) != 0 ||
        ::getsockname(socket.get(), name.get(), &name.length()) != 0)
        return {errno, 0};
    return {0, name.port()};
}

std::string shown_host_port(const PortForward& port) {
    return (port.host_address ? port.host_address->text() + " port " : "port ") + std::to_string(port.host_port) + "/" +
           std::string(transport_id(port.transport));
}

Error port_error(const PortForward& port, int error_number) {
    const std::string shown = shown_host_port(port);
    if (error_number == EADDRINUSE) {
        const std::string holder = find_port_holder(port.transport, port.host_port);
        return {ErrorKind::already_exists, "publish", shown,
                holder.empty() ? "it is in use on this host" : "it is in use by " + holder,
                "Choose another host port, or stop what uses it"};
    }
    if (error_number == EADDRNOTAVAIL)
        return {ErrorKind::invalid_argument, "publish", shown, "this host does not have that address",
                "Use an address of this host, or none for all of them"};
    Error error = system_error(error_number, "publish", shown);
    if (error_number == EACCES)
        error.remedy = "Without root use a port from 1024 on, or lower the sysctl net.ipv4.ip_unprivileged_port_start";
    return error;
}

/// Looks at one candidate: success with the port filled in, or why it cannot be had.
Result<PortForward> try_port(PortForward candidate, const std::vector<Attachment>& others,
                             const std::vector<PortForward>& chosen) {
    const auto taken = [&](const PortForward& other) { return collide(candidate, other); };
    if (candidate.host_port != 0) {
        for (const Attachment& other : others)
            if (std::ranges::any_of(other.ports, taken))
                return fail(ErrorKind::already_exists, "publish", shown_host_port(candidate),
                            "container " + other.container + " publishes it", "Choose another host port");
        if (std::ranges::any_of(chosen, taken))
            return fail(ErrorKind::invalid_argument, "publish", shown_host_port(candidate), "it is asked for twice");
    }
    const BindOutcome bound = try_bind(candidate);
    if (bound.error != 0)
        return fail(port_error(candidate, bound.error));
    candidate.host_port = bound.port;
    return candidate;
}

/// Inodes of the sockets that hold a port, from a table of /proc/net; `local` is "ADDRESS:PORT" in hex.
void collect_inodes(const std::string& table, std::uint16_t port, bool listening_only, std::set<std::string>& inodes) {
    std::ifstream file("/proc/thread-self/net/" + table);
    std::string line;
    std::getline(file, line); // the heading
    while (std::getline(file, line)) {
        std::istringstream fields(line);
        std::string slot, local, remote, state, skipped, inode;
        fields >> slot >> local >> remote >> state;
        for (int field = 4; field < 9; ++field)
            fields >> skipped;
        fields >> inode;
        const auto colon = local.rfind(':');
        if (colon == std::string::npos || (listening_only && state != "0A"))
            continue;
        unsigned local_port = 0;
        std::from_chars(local.data() + colon + 1, local.data() + local.size(), local_port, 16);
        if (local_port == port)
            inodes.insert("socket:[" + inode + "]");
    }
}

bool holds_any(const fs::path& process, const std::set<std::string>& sockets) {
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(process / "fd", failed)) {
        std::error_code unreadable;
        if (sockets.contains(fs::read_symlink(entry.path(), unreadable).string()))
            return true;
    }
    return false;
}

} // namespace

Result<std::vector<PortForward>> choose_host_ports(const std::vector<PortRequest>& requests,
                                                   const std::vector<Attachment>& others) {
    constexpr int free_port_attempts = 64; // the kernel offers one that a container may have already
    std::vector<PortForward> chosen;
    for (const PortRequest& request : requests) {
        PortForward candidate{request.host_address, request.host_first, request.container_port, request.transport};
        auto found = try_port(candidate, others, chosen);
        for (unsigned port = request.host_first + 1U; !found && request.host_first != 0 && port <= request.host_last;
             ++port) {
            candidate.host_port = static_cast<std::uint16_t>(port);
            found = try_port(candidate, others, chosen);
        }
        for (int attempt = 0; found && request.host_first == 0 && attempt < free_port_attempts; ++attempt) {
            auto confirmed = try_port(*found, others, chosen);
            if (confirmed)
                break;
            found = try_port(candidate, others, chosen);
        }
        ISOLAB_TRY(found);
        chosen.push_back(*found);
    }
    return chosen;
}

std::string find_port_holder(Transport transport, std::uint16_t port) {
    std::set<std::string> sockets;
    const std::string table(transport_id(transport));
    for (const std::string& name : {table, table + "6"})
        collect_inodes(name, port, transport == Transport::tcp, sockets);
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator("/proc", failed)) {
        const std::string pid = entry.path().filename();
        if (sockets.empty() || !std::ranges::all_of(pid, [](unsigned char c) { return std::isdigit(c) != 0; }))
            continue;
        if (holds_any(entry.path(), sockets)) {
            std::string name = read_file(entry.path() / "comm").value_or("a program");
            if (name.ends_with('\n'))
                name.pop_back();
            return plain_text(name, longest_quote) + " (process " + pid + ")";
        }
    }
    return {};
}

} // namespace isolab
