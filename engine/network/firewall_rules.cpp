// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/firewall_rules.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/json.h"
#include "engine/network/dns_server.h"

namespace isolab {
namespace {

/// A map of published ports: one for ports on all addresses of the host, one for those on a certain one, per family.
struct PortMap {
    const char* name;
    int family;
    bool with_address;
    const char* type;
};
constexpr PortMap port_maps[]{
    {"published", AF_INET, false, "inet_proto . inet_service : ipv4_addr . inet_service"},
    {"published_at", AF_INET, true, "ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service"},
    {"published6", AF_INET6, false, "inet_proto . inet_service : ipv6_addr . inet_service"},
    {"published6_at", AF_INET6, true, "ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service"},
};

constexpr const char* own_chains = R"(	chain publish {
		dnat ip to ip daddr . meta l4proto . th dport map @published_at
		dnat ip to meta l4proto . th dport map @published
		dnat ip6 to ip6 daddr . meta l4proto . th dport map @published6_at
		dnat ip6 to meta l4proto . th dport map @published6
	}
	chain raw_prerouting {
		type filter hook prerouting priority raw; policy accept;
		iifname @bridges ip daddr 127.0.0.0/8 drop
	}
	chain prerouting {
		type nat hook prerouting priority dstnat; policy accept;
		ip daddr 127.0.0.0/8 return
		meta l4proto { tcp, udp } fib daddr type local jump publish
	}
	chain output {
		type nat hook output priority -100; policy accept;
		ip6 daddr ::1 return
		meta l4proto { tcp, udp } fib daddr type local jump publish
	}
	chain forward {
		type filter hook forward priority filter; policy accept;
		iifname != @bridges oifname != @bridges return
		ct state established,related accept
		ct status dnat oifname @bridges accept
		iifname . oifname @same_bridge accept
		iifname @outward oifname != @bridges accept
		drop
	}
	chain postrouting {
		type nat hook postrouting priority srcnat; policy accept;
		oifname != @bridges ip saddr @subnets masquerade
		oifname != @bridges ip6 saddr @subnets6 masquerade
		oifname @bridges ct status dnat ip saddr @subnets masquerade
		oifname @bridges ct status dnat ip6 saddr @subnets6 masquerade
		oifname @bridges ct status dnat ip saddr 127.0.0.0/8 masquerade
	}
)";

using Elements = std::vector<std::string>;

std::string elements_line(const Elements& elements) {
    return elements.empty() ? "" : fmt::format("\t\telements = {{ {} }}\n", fmt::join(elements, ", "));
}

std::string render_set(const char* name, const char* type, const Elements& elements) {
    return fmt::format("\tset {} {{\n\t\ttype {}\n{}\t}}\n", name, type, elements_line(elements));
}

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

/// The elements that an attachment has in one of the maps.
Elements port_elements(const Attachment& attachment, const PortMap& map, bool with_target) {
    Elements elements;
    if (attachment.endpoints.empty())
        return elements;
    const Endpoint& endpoint = attachment.endpoints.front();
    const auto target = map.family == AF_INET ? std::optional(endpoint.address) : endpoint.address6;
    for (const PortForward& port : attachment.ports) {
        const bool certain = port.host_address && !port.host_address->is_any();
        if (!target || certain != map.with_address || (port.host_address && port.host_address->family() != map.family))
            continue;
        std::string element = map.with_address ? port.host_address->text() + " . " : "";
        element += fmt::format("{} . {}", transport_id(port.transport), port.host_port);
        if (with_target)
            element += fmt::format(" : {} . {}", target->text(), port.container_port);
        elements.push_back(std::move(element));
    }
    return elements;
}

std::string render_element_changes(const char* verb, const std::string& table, const Attachment& attachment,
                                   bool with_target) {
    std::string text;
    for (const PortMap& map : port_maps)
        if (const Elements elements = port_elements(attachment, map, with_target); !elements.empty())
            text += fmt::format("{} element inet {} {} {{ {} }}\n", verb, table, map.name, fmt::join(elements, ", "));
    return text;
}

/// A firewall that is known by its chains and has words of its own to let our bridge through.
struct KnownFirewall {
    const char* name;
    const char* chain; ///< or table
    const char* advice;
};
constexpr KnownFirewall known_firewalls[]{
    {"Docker", "DOCKER-USER", "iptables -I DOCKER-USER -i {0} -j ACCEPT; iptables -I DOCKER-USER -o {0} -j ACCEPT"},
    {"ufw", "ufw-before-forward", "ufw route allow in on {0}; ufw route allow out on {0}"},
    {"firewalld", "firewalld", "firewall-cmd --zone=trusted --add-interface={0}"},
    {"an iptables firewall", "FORWARD", "iptables -I FORWARD -i {0} -j ACCEPT; iptables -I FORWARD -o {0} -j ACCEPT"},
};

bool belongs_to(const ForeignChain& chain, const KnownFirewall& firewall) {
    return chain.name == firewall.chain || chain.table == firewall.chain;
}

/// Which of the known firewalls stands behind the chain that drops; ufw's and Docker's chains lie in the table of the
/// general FORWARD chain.
const KnownFirewall* firewall_behind(const ForeignChain& dropping, const std::vector<ForeignChain>& chains) {
    for (const KnownFirewall& firewall : known_firewalls)
        if (std::ranges::any_of(chains, [&](const ForeignChain& chain) {
                return chain.family == dropping.family && chain.table == dropping.table && belongs_to(chain, firewall);
            }))
            return &firewall;
    return nullptr;
}

} // namespace

std::string render_firewall(const std::string& table, const std::vector<NetworkSpec>& networks,
                            const std::vector<Attachment>& attachments) {
    Elements bridges;
    Elements pairs;
    Elements outward;
    Elements subnets;
    Elements subnets6;
    for (const NetworkSpec& network : networks) {
        bridges.push_back(quoted(network.bridge));
        pairs.push_back(quoted(network.bridge) + " . " + quoted(network.bridge));
        if (!network.internal)
            outward.push_back(quoted(network.bridge));
        subnets.push_back(network.subnet.text());
        if (network.subnet6)
            subnets6.push_back(network.subnet6->text());
    }
    std::string text = fmt::format("add table inet {0}\ndelete table inet {0}\ntable inet {0} {{\n", table);
    text += render_set("bridges", "ifname", bridges);
    text += render_set("outward", "ifname", outward);
    text += render_set("same_bridge", "ifname . ifname", pairs);
    text += render_set("subnets", "ipv4_addr; flags interval", subnets);
    text += render_set("subnets6", "ipv6_addr; flags interval", subnets6);
    for (const PortMap& map : port_maps) {
        Elements elements;
        for (const Attachment& attachment : attachments)
            std::ranges::move(port_elements(attachment, map, true), std::back_inserter(elements));
        text += fmt::format("\tmap {} {{\n\t\ttype {}\n{}\t}}\n", map.name, map.type, elements_line(elements));
    }
    return text + own_chains + "}\n";
}

std::string render_publish(const std::string& table, const Attachment& attachment) {
    return render_element_changes("add", table, attachment, true);
}

std::string render_unpublish(const std::string& table, const Attachment& attachment) {
    return render_element_changes("delete", table, attachment, true);
}

std::string render_firewall_removal(const std::string& table) {
    return fmt::format("add table inet {0}\ndelete table inet {0}\n", table);
}

std::string render_dns_redirect() {
    return fmt::format("table ip isolab_names {{\n"
                       "\tchain output {{\n"
                       "\t\ttype nat hook output priority -100\n"
                       "\t\tip daddr {0} meta l4proto {{ tcp, udp }} th dport {1} dnat to {0}:{2}\n"
                       "\t}}\n"
                       "}}\n",
                       dns_address, dns_port, dns_listening_port);
}

Result<std::vector<ForeignChain>> parse_chains(const std::string& json, const std::string& own_table) {
    ISOLAB_ASSIGN(const Json document, parse_json(json, "the list of nftables chains"));
    std::vector<ForeignChain> chains;
    for (const Json& entry : document.value("nftables", Json::array())) {
        const auto found = entry.find("chain");
        if (found == entry.end() || !found->is_object())
            continue;
        const auto field = [&](const char* key) { return found->value(key, std::string()); };
        if (field("family") == "inet" && field("table") == own_table)
            continue;
        chains.push_back({field("family"), field("table"), field("name"), field("hook"), field("policy")});
    }
    return chains;
}

std::vector<std::string> explain_obstacles(const std::vector<ForeignChain>& chains, const std::string& bridge) {
    std::vector<std::string> sentences;
    for (const ForeignChain& chain : chains) {
        if (chain.hook != "forward" || chain.policy != "drop")
            continue;
        const KnownFirewall* firewall = firewall_behind(chain, chains);
        const std::string advice = firewall != nullptr
                                       ? fmt::format(fmt::runtime(firewall->advice), bridge)
                                       : fmt::format("accept packets from and to {} in that chain", bridge);
        sentences.push_back(fmt::format("{} drops what is not allowed explicitly (chain {} {} {}), so containers may "
                                        "not reach other machines nor be reached. To allow it: {}",
                                        firewall != nullptr ? firewall->name : "a firewall", chain.family, chain.table,
                                        chain.name, advice));
    }
    return sentences;
}

} // namespace isolab
