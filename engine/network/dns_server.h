// SPDX-License-Identifier: GPL-3.0-or-later
//
// Name lookups of one container: its neighbours by name, everything else from the host's name servers.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/stop.h"
#include "engine/base/unique_fd.h"
#include "engine/network/ip_address.h"

namespace isolab {

/// Whom a container's resolver asks: an address of its own loopback, so that neither the network, nor a firewall, nor
/// other containers come between.
inline constexpr const char* dns_address = "127.0.0.11";
inline constexpr std::uint16_t dns_port = 53;

/// Where the server listens at that address: AttachRequest::name_server leads lookups here, so that a workload may
/// serve port 53 of all addresses itself. Beside the ports that kernels give out (ip_local_port_range).
inline constexpr std::uint16_t dns_listening_port = 61053;

struct DnsSockets {
    UniqueFd udp;
    UniqueFd tcp;
};

/// Binds `address` and `port` in the network namespace of the calling thread, where the sockets stay wherever they are
/// used. already_exists when taken.
Result<DnsSockets> bind_dns_sockets(const IpAddress& address, std::uint16_t port = dns_port);

struct DnsServer {
    IpAddress address;
    std::uint16_t port = dns_port;
};

struct DnsOptions {
    std::filesystem::path attachments;        ///< folder of records: `<state>/attachments`
    std::string container;                    ///< whose names are served
    std::vector<DnsServer> servers;           ///< asked in their order; see parse_resolv_conf()
    std::chrono::milliseconds patience{2000}; ///< with each of them
};

/// Answers over UDP and TCP until stopped; to be run by whoever watches the container, in a thread or process in the
/// host's network namespace. What a container sends is never trusted, only bounded: queries under way are limited, and
/// each is forwarded from a fresh port under a random id. An Error only when waiting for sockets fails.
Result<void> serve_dns(const DnsSockets& sockets, const DnsOptions& options, const StopToken& stop);

} // namespace isolab
