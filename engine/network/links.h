// SPDX-License-Identifier: GPL-3.0-or-later
//
// What rtnetlink(7) does to links, addresses and routes, one verb each. They act on the network namespace of the
// socket.
#pragma once

#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/network/ip_address.h"
#include "engine/network/netlink_socket.h"

namespace isolab {

struct Link {
    int index = 0;
    std::string name;
    std::string kind;  ///< "bridge", "veth"; empty for hardware and loopback
    std::string alias; ///< free text that its maker left
    unsigned mtu = 0;
    int master = 0; ///< index of the bridge it is a port of; 0: none
    bool up = false;
    bool running = false; ///< carries packets: up, connected, and the kernel has taken notice of it
};

/// not_found when no link has that name.
Result<Link> find_link(NetlinkSocket& socket, const std::string& name);
Result<std::vector<Link>> list_links(NetlinkSocket& socket);

struct BridgeSpec {
    std::string name;
    MacAddress mac{}; ///< its own, so that it does not change with the ports that come and go
    unsigned mtu = 1500;
    std::string alias; ///< tells whose it is
};
/// Creates a bridge and switches it on. already_exists when a link has that name.
Result<void> add_bridge(NetlinkSocket& socket, const BridgeSpec& spec);

/// A pair of connected Ethernet links: one end here, a port of a bridge and switched on, the other one inside another
/// namespace, still off.
struct VethSpec {
    std::string name;
    int bridge = 0; ///< index
    unsigned mtu = 1500;
    std::string peer_name;
    MacAddress peer_mac{};
    int peer_namespace = -1; ///< descriptor of the namespace
};
Result<void> add_veth(NetlinkSocket& socket, const VethSpec& spec);

Result<void> switch_on(NetlinkSocket& socket, int index, const std::string& shown_name);

/// Waits until a link that is switched on carries packets. The kernel notices a new connection with a delay of up to
/// one second, and drops what is sent until then; asking makes newer kernels look at once. Without success it gives up:
/// the link will run later.
Result<void> wait_until_running(NetlinkSocket& socket, const std::string& name);

/// Lets a bridge send a packet back through the port `name` that it came from: a container that uses its own published
/// port needs it where bridges hand packets to the firewall (net.bridge.bridge-nf-call-iptables).
Result<void> allow_hairpin(NetlinkSocket& socket, const std::string& name);

/// Success when there is no such link. Waits for the kernel to let go of it, some 25 ms.
Result<void> delete_link(NetlinkSocket& socket, const std::string& name);

/// An address without duplicate address detection; success when the link has it already.
Result<void> add_address(NetlinkSocket& socket, int index, const IpAddress& address, unsigned prefix);
Result<void> add_default_route(NetlinkSocket& socket, int index, const IpAddress& gateway);

/// The smallest MTU of the links that default routes lead through; not_found without one.
Result<unsigned> smallest_default_route_mtu(NetlinkSocket& socket);

/// Every block of addresses that this machine reaches by a route other than a default one, and the blocks of its own
/// addresses, without loopback and multicast.
Result<std::vector<Subnet>> list_used_subnets(NetlinkSocket& socket);

} // namespace isolab
