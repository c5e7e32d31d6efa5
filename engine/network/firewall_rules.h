// SPDX-License-Identifier: GPL-3.0-or-later
//
// The words of our nftables table, made from values. Pure; firewall.h speaks them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/network/network_values.h"

namespace isolab {

/// Everything the table says, replacing what it said before, in one transaction.
///
/// Only packets from, to or between our bridges are touched:
/// - out of a network: forwarded, and masqueraded behind the host's addresses, unless it is internal;
/// - between containers of one network: free; between networks: dropped, except to published ports;
/// - into a network: answers and published ports only, also when the sender has a route to the subnet;
/// - published ports: redirected to the container (DNAT) for packets to an address of this host, from elsewhere, from
///   the host itself (127.0.0.1 included, with net.ipv4.conf.BRIDGE.route_localnet) and from containers;
/// - route_localnet opens the host's loopback addresses to nobody: packets to them that come over a bridge are dropped.
std::string render_firewall(const std::string& table, const std::vector<NetworkSpec>& networks,
                            const std::vector<Attachment>& attachments);

/// What makes the ports of one more attachment reachable, or those of one less; empty without ports.
std::string render_publish(const std::string& table, const Attachment& attachment);
std::string render_unpublish(const std::string& table, const Attachment& attachment);

std::string render_firewall_removal(const std::string& table);

/// A table for a container's own namespace: lookups at dns_address go to the port where our server listens, and the
/// answers come from the one that was asked.
std::string render_dns_redirect();

/// A chain that somebody else hooked into the forwarding or the input of packets, or named in a telling way.
struct ForeignChain {
    std::string family; ///< "ip", "inet"
    std::string table;
    std::string name;
    std::string hook;   ///< "forward", "input"; empty: a chain that others jump to
    std::string policy; ///< "drop", "accept"

    bool operator==(const ForeignChain&) const = default;
};

/// The chains in the answer to `list chains` in JSON (libnftables-json(5)), without those of our table.
Result<std::vector<ForeignChain>> parse_chains(const std::string& json, const std::string& own_table);

/// What these chains will drop although we accept it, because a packet must pass every table, and what the user can do
/// about it; one sentence each, empty when nothing stands in the way. We never write into tables of others.
std::vector<std::string> explain_obstacles(const std::vector<ForeignChain>& chains, const std::string& bridge);

} // namespace isolab
