// SPDX-License-Identifier: GPL-3.0-or-later
//
// A network for one container without root: a program that carries packets between the container's namespace and
// ordinary sockets of the user. No addresses of its own on the host, no other containers to reach.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/stop.h"
#include "engine/base/subprocess.h"
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

/// The address that the container's resolv.conf names: the program passes queries to the host's name servers.
IpAddress rootless_name_server(RootlessProgram program);

/// A running one. Destroying it ends it.
class RootlessNetwork {
  public:
    /// Starts a program and returns when the namespace has its link, addresses and routes and the ports are open.
    /// unavailable when neither program is installed, or /dev/net/tun may not be used. `forced`: this program or none;
    /// otherwise the preferred one, or the other where that is not installed.
    static Result<RootlessNetwork> start(const RootlessRequest& request, const StopToken& stop = {},
                                         std::optional<RootlessProgram> forced = std::nullopt);

    RootlessNetwork(RootlessNetwork&&) noexcept = default;
    RootlessNetwork& operator=(RootlessNetwork&& other) noexcept;
    RootlessNetwork(const RootlessNetwork&) = delete;
    RootlessNetwork& operator=(const RootlessNetwork&) = delete;
    ~RootlessNetwork() { end(); }

    RootlessProgram program() const noexcept { return program_; }
    pid_t pid() const noexcept { return pid_; }

  private:
    RootlessNetwork(RootlessProgram program, pid_t pid, UniqueFd process) noexcept
        : program_(program), pid_(pid), process_(std::move(process)) {}
    static Result<RootlessNetwork> start_pasta(const std::string& path, const RootlessRequest& request,
                                               const StopToken& stop);
    static Result<RootlessNetwork> start_slirp(const std::string& path, const RootlessRequest& request,
                                               const StopToken& stop);
    void end() noexcept;

    RootlessProgram program_;
    pid_t pid_;
    UniqueFd process_;                  ///< pidfd of pasta, which is nobody's child
    std::optional<ChildProcess> child_; ///< slirp4netns
    UniqueFd lifeline_;                 ///< slirp4netns ends when this is closed, also by our own death
};

/// Ends the pasta that a process which was killed had started for `folder`; success when there is none.
Result<void> end_leftover_rootless_network(const std::filesystem::path& folder);

} // namespace isolab
