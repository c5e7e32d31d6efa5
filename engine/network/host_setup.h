// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a network needs on the host's side. Everything acts on the network namespace of the calling thread.
#pragma once

#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/network/network_namespace.h"
#include "engine/network/network_state.h"
#include "engine/network/network_values.h"

namespace isolab {

/// Makes the bridge when it is missing, and gives it its addresses and kernel parameters. `owner` is written into a new
/// bridge as its alias; already_exists when a link of that name is not a bridge of `owner`.
Result<void> ensure_bridge(NetlinkSocket& route, const NetworkSpec& network, const std::string& owner);

/// Removes the bridge if it is one of `owner`.
Result<void> remove_bridge(NetlinkSocket& route, const std::string& name, const std::string& owner);

/// Switches forwarding on where it is off. The changes made before and now, together.
Result<HostChanges> ensure_forwarding(bool ipv6, const HostChanges& before);

/// Switches forwarding off again as far as `changes` says that we switched it on, unless a bridge of this host is left:
/// its owner may have come to rely on it.
Result<void> restore_forwarding(NetlinkSocket& route, const HostChanges& changes);

/// Connects a namespace to a bridge: a veth pair, address, default route if asked for.
Result<void> connect_endpoint(NetlinkSocket& route, NetworkNamespace& space, const NetworkSpec& network,
                              const Endpoint& endpoint, bool default_route);

/// Kernel parameters of a container's namespace: no IPv6 on links unless a network has it, and what a user without
/// privilege inside expects (ping(8), ports below 1024). Pure.
std::vector<NetworkSysctl> container_sysctls(bool ipv6);

/// The blocks of addresses that a new network must keep away from: routes, addresses, and the host's name servers.
Result<std::vector<Subnet>> reserved_subnets(NetlinkSocket& route);

/// The smallest MTU of the links that a default route leads through, at most 1500.
unsigned uplink_mtu(NetlinkSocket& route);

} // namespace isolab
