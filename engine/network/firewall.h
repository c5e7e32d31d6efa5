// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/network/firewall_rules.h"
#include "engine/network/netlink_socket.h"

namespace isolab {

/// Runs nftables commands (nft(8)) as one transaction: all of them or none. In this process, through libnftables; one
/// call at a time, others wait. Acts on the network namespace of the calling thread.
Result<void> apply_nft_commands(const std::string& commands);

/// Whether our table is there: anybody may have flushed the rule set. Asks the kernel directly, which is much quicker
/// than through libnftables.
Result<bool> nft_table_exists(NetlinkSocket& netfilter, const std::string& table);

/// The number of the rule set in the network namespace of the socket: any change of any table, by whoever, gives
/// another one.
Result<std::uint32_t> nft_generation(NetlinkSocket& netfilter);

/// What others have hooked in; without chains of xtables' older kernel interface (iptables-legacy), which nftables does
/// not show.
Result<std::vector<ForeignChain>> list_foreign_chains(const std::string& own_table);

} // namespace isolab
