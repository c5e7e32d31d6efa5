// SPDX-License-Identifier: GPL-3.0-or-later
//
// The programs that carry packets for a network without root: which one suits, and how it is called.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/network/port_forward.h"

namespace isolab {

/// pasta copies no packets between two stacks and knows IPv6; slirp4netns is found where pasta is not.
enum class RootlessProgram : std::uint8_t { pasta, slirp4netns };

/// Which program carries these ports best: pasta, but slirp4netns where a UDP port changes its number, because releases
/// of pasta before 2024 lose the answers to clients on the host itself then. Pure.
RootlessProgram preferred_program(const std::vector<PortForward>& ports);

/// unsupported for a UDP port of a loopback address that changes its number: neither program brings answers back then,
/// slirp4netns because the container is kept from the host's loopback addresses. Pure.
Result<void> check_rootless_ports(const std::vector<PortForward>& ports);

struct RootlessRequest {
    std::filesystem::path user_namespace;    ///< "/proc/PID/ns/user"
    std::filesystem::path network_namespace; ///< "/proc/PID/ns/net", or a file that it is mounted on
    std::vector<PortForward> ports;          ///< see choose_host_ports()
    std::filesystem::path folder;            ///< private one of the container: sockets, pid and record
    unsigned mtu = 65520;                    ///< nothing but memory lies between the two ends
};

/// Command lines. Both keep the container from the host's loopback addresses. Pure.
std::vector<std::string> pasta_command(const std::string& program, const RootlessRequest& request);
std::vector<std::string> slirp_command(const std::string& program, const RootlessRequest& request, int ready_fd,
                                       int exit_fd);

/// What slirp4netns' control socket is told for one port (slirp4netns(1), "API SOCKET"). Pure.
std::string slirp_forward_request(const PortForward& port);

/// The program that start() takes for these ports: the preferred one, or the other where that is not installed.
/// unavailable when neither is, or /dev/net/tun may not be used; otherwise as check_rootless_ports().
Result<RootlessProgram> choose_rootless_program(const std::vector<PortForward>& ports);

/// The address that the container's resolv.conf names: the program passes queries to the host's name servers.
IpAddress rootless_name_server(RootlessProgram program);

/// The IPv4 address that the container's link gets: with pasta that of this host on its way to the Internet, and empty
/// on a host which has no such way.
std::optional<IpAddress> rootless_own_address(RootlessProgram program);

/// Files of a running program in RootlessRequest::folder.
std::filesystem::path pasta_pid_file(const std::filesystem::path& folder);
std::filesystem::path slirp_control_socket(const std::filesystem::path& folder);

/// Makes sure that this user may use /dev/net/tun, by which both make the container's link; unavailable.
Result<void> check_tun();

} // namespace isolab
