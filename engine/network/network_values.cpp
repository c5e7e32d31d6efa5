// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/network_values.h"

#include <algorithm>
#include <cctype>

#include "engine/base/json.h"
#include "engine/base/text.h"

namespace isolab {
namespace {

tl::unexpected<Error> bad_record(const std::string& subject, const std::string& key) {
    return fail(ErrorKind::corrupt, "read network record", subject, "its field \"" + key + "\" is missing or malformed",
                "Remove the file; the network it describes must be set up again");
}

Result<IpAddress> json_address(const Json& json, const char* key, const std::string& subject) {
    ISOLAB_ASSIGN(const std::string text, json_string(json, key, subject));
    const auto address = IpAddress::parse(text);
    if (!address)
        return bad_record(subject, key);
    return *address;
}

Result<std::uint16_t> json_port(const Json& json, const char* key, const std::string& subject) {
    ISOLAB_ASSIGN(const auto number, json_optional_unsigned(json, key, subject));
    if (!number || *number == 0 || *number > 65535)
        return bad_record(subject, key);
    return static_cast<std::uint16_t>(*number);
}

Json to_json(const Endpoint& endpoint) {
    Json json{{"network", endpoint.network},
              {"interface", endpoint.interface},
              {"host_link", endpoint.host_link},
              {"address", endpoint.address.text()}};
    if (endpoint.address6)
        json["address6"] = endpoint.address6->text();
    return json;
}

Json to_json(const PortForward& port) {
    Json json{{"host_port", port.host_port},
              {"container_port", port.container_port},
              {"transport", transport_id(port.transport)}};
    if (port.host_address)
        json["host_address"] = port.host_address->text();
    return json;
}

Result<Endpoint> endpoint_from_json(const Json& json, const std::string& subject) {
    Endpoint endpoint;
    ISOLAB_ASSIGN(endpoint.network, json_string(json, "network", subject));
    ISOLAB_ASSIGN(endpoint.interface, json_string(json, "interface", subject));
    ISOLAB_ASSIGN(endpoint.host_link, json_string(json, "host_link", subject));
    ISOLAB_ASSIGN(endpoint.address, json_address(json, "address", subject));
    if (json.contains("address6")) {
        ISOLAB_ASSIGN(endpoint.address6, json_address(json, "address6", subject));
    }
    endpoint.mac = mac_for(endpoint.address);
    return endpoint;
}

Result<PortForward> port_from_json(const Json& json, const std::string& subject) {
    PortForward port;
    ISOLAB_ASSIGN(port.host_port, json_port(json, "host_port", subject));
    ISOLAB_ASSIGN(port.container_port, json_port(json, "container_port", subject));
    ISOLAB_ASSIGN(const std::string transport, json_string(json, "transport", subject));
    if (transport != "tcp" && transport != "udp")
        return bad_record(subject, "transport");
    port.transport = transport == "udp" ? Transport::udp : Transport::tcp;
    if (json.contains("host_address")) {
        ISOLAB_ASSIGN(port.host_address, json_address(json, "host_address", subject));
    }
    return port;
}

/// Reads an array of objects, each through `read`.
template <class T, class Read>
Result<std::vector<T>> list_from_json(const Json& json, const char* key, const std::string& subject, Read&& read) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_array())
        return bad_record(subject, key);
    std::vector<T> list;
    for (const Json& entry : *found) {
        ISOLAB_ASSIGN(list.emplace_back(), read(entry, subject));
    }
    return list;
}

template <class T> Json list_to_json(const std::vector<T>& list) {
    Json json = Json::array();
    for (const T& entry : list)
        json.push_back(to_json(entry));
    return json;
}

} // namespace

std::optional<IpAddress> NetworkSpec::gateway6() const {
    return subnet6 ? std::optional(subnet6->base.plus(1)) : std::nullopt;
}

Endpoint plan_endpoint(const NetworkSpec& network, const IpAddress& address, std::size_t index) {
    const std::uint8_t* bytes = address.data();
    Endpoint endpoint;
    endpoint.network = network.name;
    endpoint.interface = "eth" + std::to_string(index);
    // Unique on the host, as the address is, and within the 15 characters of a link's name.
    endpoint.host_link = "isl" + hex_text({bytes, 4});
    endpoint.address = address;
    endpoint.mac = mac_for(address);
    if (network.subnet6) {
        std::uint64_t distance = 0;
        for (std::size_t i = 0; i < 4; ++i)
            distance = distance << 8U | static_cast<std::uint8_t>(bytes[i] ^ network.subnet.base.data()[i]);
        endpoint.address6 = network.subnet6->base.plus(distance);
    }
    return endpoint;
}

Result<Subnet> choose_subnet(const std::vector<Subnet>& pool, const std::vector<Subnet>& used) {
    for (const Subnet& candidate : pool)
        if (std::ranges::none_of(used, [&](const Subnet& other) { return candidate.overlaps(other); }))
            return candidate;
    return fail(ErrorKind::no_space, "find free addresses for a network", {},
                "this machine reaches others at every block of addresses that could be used",
                "Name a subnet that is not in use");
}

std::vector<Subnet> default_subnet_pool() {
    std::vector<Subnet> pool;
    for (std::uint8_t second = 201; second < 217; ++second)
        for (std::uint8_t third = 0; third < 16; ++third) {
            const std::uint8_t bytes[]{10, second, third, 0};
            pool.push_back({IpAddress::from_bytes(AF_INET, bytes), 24});
        }
    for (std::uint8_t third = 0; third < 32; ++third) {
        const std::uint8_t bytes[]{172, 31, static_cast<std::uint8_t>(200 + third), 0};
        pool.push_back({IpAddress::from_bytes(AF_INET, bytes), 24});
    }
    return pool;
}

Result<void> check_network_name(const std::string& name, const std::string& what) {
    const auto usual = [](unsigned char c) { return c < 128 && (std::isalnum(c) != 0 || c == '_'); };
    const bool good =
        !name.empty() && name.size() <= 64 && usual(static_cast<unsigned char>(name.front())) &&
        std::ranges::all_of(name, [&](char c) { return usual(static_cast<unsigned char>(c)) || c == '.' || c == '-'; });
    if (good)
        return {};
    return fail(ErrorKind::invalid_argument, "use " + what + " name", name,
                "it is not 1 to 64 letters, digits, '_', '.' and '-' with a letter, digit or '_' first");
}

Json to_json(const NetworkSpec& network) {
    Json json{{"name", network.name},
              {"bridge", network.bridge},
              {"subnet", network.subnet.text()},
              {"mtu", network.mtu},
              {"internal", network.internal}};
    if (network.subnet6)
        json["subnet6"] = network.subnet6->text();
    return json;
}

Json to_json(const Attachment& attachment) {
    return {{"container", attachment.container},
            {"netns", attachment.netns.string()},
            {"endpoints", list_to_json(attachment.endpoints)},
            {"ports", list_to_json(attachment.ports)},
            {"names", attachment.names}};
}

Result<NetworkSpec> network_from_json(const Json& json, const std::string& subject) {
    NetworkSpec network;
    ISOLAB_ASSIGN(network.name, json_string(json, "name", subject));
    ISOLAB_ASSIGN(network.bridge, json_string(json, "bridge", subject));
    ISOLAB_ASSIGN(const std::string subnet, json_string(json, "subnet", subject));
    ISOLAB_ASSIGN(network.subnet, Subnet::parse(subnet));
    if (json.contains("subnet6")) {
        ISOLAB_ASSIGN(const std::string subnet6, json_string(json, "subnet6", subject));
        ISOLAB_ASSIGN(network.subnet6, Subnet::parse(subnet6));
    }
    ISOLAB_ASSIGN(const auto mtu, json_optional_unsigned(json, "mtu", subject));
    network.mtu = static_cast<unsigned>(mtu.value_or(1500));
    network.internal = json.value("internal", Json(false)) == Json(true);
    return network;
}

Result<Attachment> attachment_from_json(const Json& json, const std::string& subject) {
    Attachment attachment;
    ISOLAB_ASSIGN(attachment.container, json_string(json, "container", subject));
    ISOLAB_ASSIGN(attachment.netns, json_string(json, "netns", subject));
    ISOLAB_ASSIGN(attachment.endpoints, list_from_json<Endpoint>(json, "endpoints", subject, endpoint_from_json));
    ISOLAB_ASSIGN(attachment.ports, list_from_json<PortForward>(json, "ports", subject, port_from_json));
    ISOLAB_ASSIGN(attachment.names, json_strings(json, "names", subject));
    return attachment;
}

} // namespace isolab
