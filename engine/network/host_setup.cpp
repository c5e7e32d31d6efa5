// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/host_setup.h"

#include <algorithm>

#include "engine/base/file_tree.h"
#include "engine/network/hosts_file.h"
#include "engine/network/links.h"

namespace isolab {
namespace {

constexpr const char* forward4 = "net/ipv4/ip_forward";
constexpr const char* forward6 = "net/ipv6/conf/all/forwarding";

tl::unexpected<Error> foreign_link(const std::string& name) {
    return fail(ErrorKind::already_exists, "use bridge", name, "a network link of that name belongs to somebody else",
                "Remove that link (ip link delete " + name + ") or rename it");
}

bool is_ours(const Link& link, const std::string& owner) { return link.kind == "bridge" && link.alias == owner; }

bool is_off(const char* sysctl) { return read_file(std::string("/proc/sys/") + sysctl).value_or("1").starts_with('0'); }

/// A host that learns its own routes from router advertisements goes on doing so as a router only with accept_ra 2.
Result<void> keep_router_advertisements(NetlinkSocket& route) {
    ISOLAB_ASSIGN(const auto links, list_links(route));
    for (const Link& link : links) {
        const std::string sysctl = "net/ipv6/conf/" + link.name + "/accept_ra";
        if (read_file("/proc/sys/" + sysctl).value_or("").starts_with('1'))
            ISOLAB_TRY(write_network_sysctl({sysctl, "2"}));
    }
    return {};
}

Result<void> make_veth(NetlinkSocket& route, const VethSpec& spec) {
    auto made = add_veth(route, spec);
    if (made || made.error().kind != ErrorKind::already_exists)
        return made;
    // The address was another container's, whose namespace the kernel has not removed yet.
    ISOLAB_TRY(delete_link(route, spec.name));
    return add_veth(route, spec);
}

} // namespace

Result<void> ensure_bridge(NetlinkSocket& route, const NetworkSpec& network, const std::string& owner) {
    auto link = find_link(route, network.bridge);
    if (!link && link.error().kind == ErrorKind::not_found) {
        ISOLAB_TRY(add_bridge(route, {network.bridge, mac_for(network.gateway()), network.mtu, owner}));
        link = find_link(route, network.bridge);
    }
    ISOLAB_TRY(link);
    if (!is_ours(*link, owner))
        return foreign_link(network.bridge);
    if (!link->up)
        ISOLAB_TRY(switch_on(route, link->index, network.bridge));
    ISOLAB_TRY(add_address(route, link->index, network.gateway(), network.subnet.prefix));
    if (network.subnet6)
        ISOLAB_TRY(add_address(route, link->index, *network.gateway6(), network.subnet6->prefix));
    // Lets this host reach published ports at 127.0.0.1; the firewall keeps containers from its loopback addresses.
    return write_network_sysctl({"net/ipv4/conf/" + network.bridge + "/route_localnet", "1"});
}

Result<void> remove_bridge(NetlinkSocket& route, const std::string& name, const std::string& owner) {
    const auto link = find_link(route, name);
    if (!link || !is_ours(*link, owner))
        return {};
    return delete_link(route, name);
}

Result<HostChanges> ensure_forwarding(bool ipv6, const HostChanges& before) {
    HostChanges changes = before;
    if (is_off(forward4)) {
        ISOLAB_TRY(write_network_sysctl({forward4, "1"}));
        changes.forwarding4 = true;
    }
    if (ipv6 && is_off(forward6)) {
        ISOLAB_ASSIGN(NetlinkSocket route, NetlinkSocket::open(NETLINK_ROUTE));
        ISOLAB_TRY(keep_router_advertisements(route));
        ISOLAB_TRY(write_network_sysctl({forward6, "1"}));
        changes.forwarding6 = true;
    }
    return changes;
}

Result<void> restore_forwarding(NetlinkSocket& route, const HostChanges& changes) {
    ISOLAB_ASSIGN(const auto links, list_links(route));
    if (std::ranges::any_of(links, [](const Link& link) { return link.kind == "bridge"; }))
        return {};
    if (changes.forwarding4)
        ISOLAB_TRY(write_network_sysctl({forward4, "0"}));
    if (changes.forwarding6)
        ISOLAB_TRY(write_network_sysctl({forward6, "0"}));
    return {};
}

Result<void> connect_endpoint(NetlinkSocket& route, NetworkNamespace& space, const NetworkSpec& network,
                              const Endpoint& endpoint, bool default_route) {
    ISOLAB_ASSIGN(const Link bridge, find_link(route, network.bridge));
    ISOLAB_TRY(make_veth(
        route, {endpoint.host_link, bridge.index, network.mtu, endpoint.interface, endpoint.mac, space.fd()}));
    NetlinkSocket& inner = space.netlink();
    ISOLAB_ASSIGN(const Link link, find_link(inner, endpoint.interface));
    ISOLAB_TRY(add_address(inner, link.index, endpoint.address, network.subnet.prefix));
    ISOLAB_TRY(switch_on(inner, link.index, endpoint.interface));
    if (endpoint.address6)
        ISOLAB_TRY(add_address(inner, link.index, *endpoint.address6, network.subnet6->prefix));
    if (default_route && !network.internal)
        ISOLAB_TRY(add_default_route(inner, link.index, network.gateway()));
    if (default_route && !network.internal && endpoint.address6)
        ISOLAB_TRY(add_default_route(inner, link.index, *network.gateway6()));
    ISOLAB_TRY(wait_until_running(inner, endpoint.interface));
    return wait_until_running(route, endpoint.host_link);
}

std::vector<NetworkSysctl> container_sysctls(bool ipv6) {
    std::vector<NetworkSysctl> sysctls{{"net/ipv4/ip_unprivileged_port_start", "0"},
                                       {"net/ipv4/ping_group_range", "0 2147483647"}};
    if (ipv6)
        sysctls.push_back({"net/ipv6/conf/default/accept_ra", "0"});
    else
        sysctls.push_back({"net/ipv6/conf/default/disable_ipv6", "1"});
    return sysctls;
}

Result<std::vector<Subnet>> reserved_subnets(NetlinkSocket& route) {
    ISOLAB_ASSIGN(auto subnets, list_used_subnets(route));
    for (const IpAddress& server : parse_resolv_conf(read_file("/etc/resolv.conf").value_or("")).servers)
        if (!server.is_loopback())
            subnets.push_back({server, static_cast<unsigned>(8 * server.size())});
    return subnets;
}

unsigned uplink_mtu(NetlinkSocket& route) {
    constexpr unsigned usual_mtu = 1500;
    return std::min(usual_mtu, smallest_default_route_mtu(route).value_or(usual_mtu));
}

} // namespace isolab
