// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a network and a container's place in it are, as plain values and as JSON.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/json_fwd.h"
#include "engine/network/ip_address.h"
#include "engine/network/port_forward.h"

namespace isolab {

/// A bridge of the host, the addresses behind it, and what they may reach.
struct NetworkSpec {
    std::string name;
    std::string bridge; ///< name of its link on the host
    Subnet subnet;      ///< IPv4
    std::optional<Subnet> subnet6;
    unsigned mtu = 1500;
    bool internal = false; ///< without a way out of the host, and without published ports

    bool operator==(const NetworkSpec&) const = default;

    /// The bridge's own addresses: the first ones of their subnets.
    IpAddress gateway() const { return subnet.base.plus(1); }
    std::optional<IpAddress> gateway6() const;
};

/// One link of a container in one network.
struct Endpoint {
    std::string network;
    std::string interface; ///< in the container: "eth0"
    std::string host_link; ///< its other end, a port of the bridge
    IpAddress address;
    std::optional<IpAddress> address6;
    MacAddress mac{};

    bool operator==(const Endpoint&) const = default;
};

/// A container's network as it was set up.
struct Attachment {
    std::string container;           ///< id
    std::filesystem::path netns;     ///< for `linux.namespaces` of the runtime configuration
    std::vector<Endpoint> endpoints; ///< the first one has the default route
    std::vector<PortForward> ports;  ///< all of them lead to the first endpoint
    std::vector<std::string> names;  ///< by which other containers of its networks find it; the first is its own

    bool operator==(const Attachment&) const = default;
};

/// Where `address` is in `network` and under which names, for the `index`-th link of a container. The IPv6 address is
/// as far from its subnet's base as the IPv4 one. Pure.
Endpoint plan_endpoint(const NetworkSpec& network, const IpAddress& address, std::size_t index);

/// The first block of `pool` that overlaps none of `used`; no_space when there is none. Pure.
Result<Subnet> choose_subnet(const std::vector<Subnet>& pool, const std::vector<Subnet>& used);

/// Private blocks (RFC 1918), beside those that Docker, podman, libvirt and home routers choose first.
std::vector<Subnet> default_subnet_pool();

/// invalid_argument unless it is 1 to 64 of [A-Za-z0-9_.-] and begins with a letter, a digit or '_': it becomes a file
/// name. `what` is "network" or "container".
Result<void> check_network_name(const std::string& name, const std::string& what);

Json to_json(const NetworkSpec& network);
Json to_json(const Attachment& attachment);
Result<NetworkSpec> network_from_json(const Json& json, const std::string& subject);
Result<Attachment> attachment_from_json(const Json& json, const std::string& subject);

} // namespace isolab
