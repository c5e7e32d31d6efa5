// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/links.h"

#include <algorithm>
#include <optional>
#include <set>

#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <unistd.h>

namespace isolab {
namespace {

template <class T> const T& fixed_part(const nlmsghdr* message) {
    return *static_cast<const T*>(mnl_nlmsg_get_payload(message));
}

std::string kind_of(const nlattr* link_info) {
    std::string kind;
    each_nested_attribute(link_info, [&](const nlattr* attribute) {
        if (mnl_attr_get_type(attribute) == IFLA_INFO_KIND)
            kind = mnl_attr_get_str(attribute);
    });
    return kind;
}

Link link_of(const nlmsghdr* message) {
    Link link;
    link.index = fixed_part<ifinfomsg>(message).ifi_index;
    link.up = (fixed_part<ifinfomsg>(message).ifi_flags & IFF_UP) != 0;
    each_attribute(message, sizeof(ifinfomsg), [&](const nlattr* attribute) {
        switch (mnl_attr_get_type(attribute)) {
        case IFLA_IFNAME:
            link.name = mnl_attr_get_str(attribute);
            break;
        case IFLA_IFALIAS:
            link.alias = mnl_attr_get_str(attribute);
            break;
        case IFLA_MTU:
            link.mtu = mnl_attr_get_u32(attribute);
            break;
        case IFLA_MASTER:
            link.master = static_cast<int>(mnl_attr_get_u32(attribute));
            break;
        case IFLA_OPERSTATE:
            link.running = mnl_attr_get_u8(attribute) == IF_OPER_UP;
            break;
        case IFLA_LINKINFO:
            link.kind = kind_of(attribute);
            break;
        default:
            break;
        }
    });
    return link;
}

/// Notes the block in an attribute of `family`.
void add_subnet(std::vector<Subnet>& found, int family, const nlattr* attribute, unsigned prefix) {
    if (family != AF_INET && family != AF_INET6)
        return;
    const IpAddress address = IpAddress::from_bytes(family, mnl_attr_get_payload(attribute));
    const bool multicast = address.data()[0] == 0xff || (family == AF_INET && address.data()[0] >= 224);
    if (prefix != 0 && !address.is_loopback() && !multicast)
        found.push_back(Subnet::around(address, prefix));
}

Result<void> set_alias(NetlinkSocket& socket, const std::string& name, const std::string& alias) {
    NetlinkMessage message(RTM_NEWLINK);
    message.fixed<ifinfomsg>();
    message.put(IFLA_IFNAME, name);
    message.put(IFLA_IFALIAS, alias.data(), std::min<std::size_t>(alias.size(), 255));
    return socket.request(message, "label link", name);
}

} // namespace

Result<Link> find_link(NetlinkSocket& socket, const std::string& name) {
    NetlinkMessage message(RTM_GETLINK);
    message.fixed<ifinfomsg>();
    message.put(IFLA_IFNAME, name);
    Link link;
    auto asked = socket.request(message, "find link", name, [&](const nlmsghdr* reply) { link = link_of(reply); });
    if (!asked && asked.error().kind == ErrorKind::system) // ENODEV
        asked.error().kind = ErrorKind::not_found;
    if (!asked)
        return tl::unexpected(asked.error());
    return link;
}

Result<std::vector<Link>> list_links(NetlinkSocket& socket) {
    NetlinkMessage message(RTM_GETLINK);
    message.fixed<ifinfomsg>();
    std::vector<Link> links;
    ISOLAB_TRY(
        socket.dump(message, "list network links", [&](const nlmsghdr* reply) { links.push_back(link_of(reply)); }));
    return links;
}

Result<void> add_bridge(NetlinkSocket& socket, const BridgeSpec& spec) {
    NetlinkMessage message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    auto& link = message.fixed<ifinfomsg>();
    link.ifi_flags = IFF_UP;
    link.ifi_change = IFF_UP;
    message.put(IFLA_IFNAME, spec.name);
    message.put(IFLA_MTU, spec.mtu);
    message.put(IFLA_ADDRESS, spec.mac.data(), spec.mac.size());
    message.nest(IFLA_LINKINFO, [&] { message.put(IFLA_INFO_KIND, std::string("bridge")); });
    ISOLAB_TRY(socket.request(message, "create bridge", spec.name));
    return set_alias(socket, spec.name, spec.alias);
}

Result<void> add_veth(NetlinkSocket& socket, const VethSpec& spec) {
    NetlinkMessage message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    auto& link = message.fixed<ifinfomsg>();
    link.ifi_flags = IFF_UP;
    link.ifi_change = IFF_UP;
    message.put(IFLA_IFNAME, spec.name);
    message.put(IFLA_MTU, spec.mtu);
    message.put(IFLA_MASTER, static_cast<std::uint32_t>(spec.bridge));
    message.nest(IFLA_LINKINFO, [&] {
        message.put(IFLA_INFO_KIND, std::string("veth"));
        message.nest(IFLA_INFO_DATA, [&] {
            message.nest(VETH_INFO_PEER, [&] {
                message.fixed<ifinfomsg>();
                message.put(IFLA_IFNAME, spec.peer_name);
                message.put(IFLA_MTU, spec.mtu);
                message.put(IFLA_ADDRESS, spec.peer_mac.data(), spec.peer_mac.size());
                message.put(IFLA_NET_NS_FD, static_cast<std::uint32_t>(spec.peer_namespace));
            });
        });
    });
    return socket.request(message, "create veth pair", spec.name);
}

Result<void> switch_on(NetlinkSocket& socket, int index, const std::string& shown_name) {
    NetlinkMessage message(RTM_NEWLINK);
    auto& link = message.fixed<ifinfomsg>();
    link.ifi_index = index;
    link.ifi_flags = IFF_UP;
    link.ifi_change = IFF_UP;
    return socket.request(message, "switch on link", shown_name);
}

Result<void> wait_until_running(NetlinkSocket& socket, const std::string& name) {
    constexpr int attempts = 1200; // of one millisecond each
    for (int attempt = 0; attempt < attempts; ++attempt) {
        ISOLAB_ASSIGN(const Link link, find_link(socket, name));
        if (link.running)
            break;
        ::usleep(1000);
    }
    return {};
}

Result<void> allow_hairpin(NetlinkSocket& socket, const std::string& name) {
    ISOLAB_ASSIGN(const Link port, find_link(socket, name));
    NetlinkMessage message(RTM_SETLINK);
    auto& link = message.fixed<ifinfomsg>();
    link.ifi_family = PF_BRIDGE;
    link.ifi_index = port.index;
    const std::uint8_t on = 1;
    message.nest(IFLA_PROTINFO | NLA_F_NESTED, [&] { message.put(IFLA_BRPORT_MODE, &on, sizeof on); });
    return socket.request(message, "allow hairpin packets at", name);
}

Result<void> delete_link(NetlinkSocket& socket, const std::string& name) {
    NetlinkMessage message(RTM_DELLINK);
    message.fixed<ifinfomsg>();
    message.put(IFLA_IFNAME, name);
    auto deleted = socket.request(message, "delete link", name);
    if (!deleted && !find_link(socket, name))
        return {};
    return deleted;
}

Result<void> add_address(NetlinkSocket& socket, int index, const IpAddress& address, unsigned prefix) {
    NetlinkMessage message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE);
    auto& fixed = message.fixed<ifaddrmsg>();
    fixed.ifa_family = static_cast<std::uint8_t>(address.family());
    fixed.ifa_prefixlen = static_cast<std::uint8_t>(prefix);
    fixed.ifa_index = static_cast<std::uint32_t>(index);
    fixed.ifa_flags = address.is_v4() ? 0 : IFA_F_NODAD;
    message.put(IFA_LOCAL, address);
    message.put(IFA_ADDRESS, address);
    return socket.request(message, "add address", address.text());
}

Result<void> add_default_route(NetlinkSocket& socket, int index, const IpAddress& gateway) {
    NetlinkMessage message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE);
    auto& route = message.fixed<rtmsg>();
    route.rtm_family = static_cast<std::uint8_t>(gateway.family());
    route.rtm_table = RT_TABLE_MAIN;
    route.rtm_protocol = RTPROT_STATIC;
    route.rtm_scope = RT_SCOPE_UNIVERSE;
    route.rtm_type = RTN_UNICAST;
    message.put(RTA_GATEWAY, gateway);
    message.put(RTA_OIF, static_cast<std::uint32_t>(index));
    return socket.request(message, "add default route through", gateway.text());
}

Result<unsigned> smallest_default_route_mtu(NetlinkSocket& socket) {
    std::set<int> uplinks;
    NetlinkMessage routes(RTM_GETROUTE);
    routes.fixed<rtmsg>();
    ISOLAB_TRY(socket.dump(routes, "list routes", [&](const nlmsghdr* reply) {
        if (fixed_part<rtmsg>(reply).rtm_dst_len != 0 || fixed_part<rtmsg>(reply).rtm_type != RTN_UNICAST)
            return;
        each_attribute(reply, sizeof(rtmsg), [&](const nlattr* attribute) {
            if (mnl_attr_get_type(attribute) == RTA_OIF)
                uplinks.insert(static_cast<int>(mnl_attr_get_u32(attribute)));
        });
    }));
    ISOLAB_ASSIGN(const auto links, list_links(socket));
    std::optional<unsigned> smallest;
    for (const Link& link : links)
        if (uplinks.contains(link.index))
            smallest = std::min(smallest.value_or(link.mtu), link.mtu);
    if (!smallest)
        return fail(ErrorKind::not_found, "find", "default route", "there is none");
    return *smallest;
}

Result<std::vector<Subnet>> list_used_subnets(NetlinkSocket& socket) {
    std::vector<Subnet> found;
    NetlinkMessage routes(RTM_GETROUTE);
    routes.fixed<rtmsg>();
    ISOLAB_TRY(socket.dump(routes, "list routes", [&](const nlmsghdr* reply) {
        const auto& route = fixed_part<rtmsg>(reply);
        each_attribute(reply, sizeof(rtmsg), [&](const nlattr* attribute) {
            if (mnl_attr_get_type(attribute) == RTA_DST)
                add_subnet(found, route.rtm_family, attribute, route.rtm_dst_len);
        });
    }));
    NetlinkMessage addresses(RTM_GETADDR);
    addresses.fixed<ifaddrmsg>();
    ISOLAB_TRY(socket.dump(addresses, "list addresses", [&](const nlmsghdr* reply) {
        const auto& address = fixed_part<ifaddrmsg>(reply);
        each_attribute(reply, sizeof(ifaddrmsg), [&](const nlattr* attribute) {
            if (mnl_attr_get_type(attribute) == IFA_ADDRESS)
                add_subnet(found, address.ifa_family, attribute, address.ifa_prefixlen);
        });
    }));
    return found;
}

} // namespace isolab
