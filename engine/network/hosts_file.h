// SPDX-License-Identifier: GPL-3.0-or-later
//
// The texts of a container's /etc/hosts and /etc/resolv.conf. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/network/ip_address.h"
#include "engine/network/network_values.h"

namespace isolab {

/// One line of hosts(5).
struct HostsEntry {
    IpAddress address;
    std::vector<std::string> names;
};

/// `localhost`, then the container's own addresses under `hostname` and its names, then `extra` lines in their order.
/// Without an attachment (network none) the host name goes with 127.0.1.1.
std::string render_hosts_file(const std::string& hostname, const Attachment* attachment,
                              const std::vector<HostsEntry>& extra = {});

/// Lines alone.
std::string render_hosts_lines(const std::vector<HostsEntry>& entries);

/// Reads `NAME:ADDRESS` of a user; "host-gateway" as the address means `gateway`. invalid_argument otherwise.
Result<HostsEntry> parse_extra_host(std::string_view text, const IpAddress& gateway);

/// resolv.conf(5), as far as it matters to a container.
struct ResolvConf {
    std::vector<IpAddress> servers;
    std::vector<std::string> search;
    std::vector<std::string> options;

    bool operator==(const ResolvConf&) const = default;
};
ResolvConf parse_resolv_conf(std::string_view text);
std::string render_resolv_conf(const ResolvConf& conf);

} // namespace isolab
