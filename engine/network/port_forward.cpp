// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/port_forward.h"

#include <charconv>

namespace isolab {
namespace {

struct PortRange {
    std::uint16_t first = 0;
    std::uint16_t last = 0;
    unsigned length() const { return 1U + last - first; }
};

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0)
        return std::nullopt;
    return port;
}

std::optional<PortRange> parse_range(std::string_view text) {
    const auto dash = text.find('-');
    const auto first = parse_port(text.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_port(text.substr(dash + 1));
    if (!first || !last || *last < *first)
        return std::nullopt;
    return PortRange{*first, *last};
}

tl::unexpected<Error> bad_forward(std::string_view text, std::string cause) {
    return fail(ErrorKind::invalid_argument, "publish port", std::string(text), std::move(cause),
                "Write it as [[ADDRESS:]HOST:]CONTAINER[/tcp|/udp], for example 127.0.0.1:8080:80");
}

/// Cuts the part behind the last ':' off `rest`; all of it when there is none.
std::string_view take_last_part(std::string_view& rest) {
    const auto colon = rest.rfind(':');
    const std::string_view part = colon == std::string_view::npos ? rest : rest.substr(colon + 1);
    rest = colon == std::string_view::npos ? std::string_view{} : rest.substr(0, colon);
    return part;
}

/// IPv6 addresses stand in brackets, because they hold colons themselves.
std::optional<IpAddress> parse_host_address(std::string_view text) {
    const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
    auto address = IpAddress::parse(bracketed ? text.substr(1, text.size() - 2) : text);
    if (address && address->is_v4() == bracketed)
        address.reset();
    return address;
}

} // namespace

std::string_view transport_id(Transport transport) noexcept { return transport == Transport::tcp ? "tcp" : "udp"; }

std::string PortForward::text() const {
    std::string text;
    if (host_address)
        text = host_address->is_v4() ? host_address->text() + ":" : "[" + host_address->text() + "]:";
    return text + std::to_string(host_port) + ":" + std::to_string(container_port) + "/" +
           std::string(transport_id(transport));
}

Result<std::vector<PortRequest>> parse_port_forward(std::string_view text) {
    PortRequest pattern;
    std::string_view rest = text;
    if (const auto slash = rest.rfind('/'); slash != std::string_view::npos) {
        const std::string_view transport = rest.substr(slash + 1);
        if (transport != "tcp" && transport != "udp")
            return bad_forward(text, "its protocol is neither tcp nor udp");
        pattern.transport = transport == "tcp" ? Transport::tcp : Transport::udp;
        rest = rest.substr(0, slash);
    }
    const bool names_host = rest.find(':') != std::string_view::npos;
    const auto container = parse_range(take_last_part(rest));
    if (!container)
        return bad_forward(text, "its container port is not between 1 and 65535");
    std::optional<PortRange> host;
    const std::string_view host_part = names_host ? take_last_part(rest) : std::string_view{};
    if (!host_part.empty() && !(host = parse_range(host_part)))
        return bad_forward(text, "its host port is not between 1 and 65535");
    if (!rest.empty() && !(pattern.host_address = parse_host_address(rest)))
        return bad_forward(text, "its host address is not an IP address");
    if (pattern.host_address && pattern.host_address->is_any() && pattern.host_address->is_v4())
        pattern.host_address.reset();
    if (names_host && !host && !pattern.host_address && text.front() == ':')
        return bad_forward(text, "it begins with a colon");
    if (host && host->length() != container->length() && container->length() != 1)
        return bad_forward(text, "its two ranges differ in length");

    std::vector<PortRequest> requests;
    for (unsigned i = 0; i < container->length(); ++i) {
        PortRequest request = pattern;
        request.container_port = static_cast<std::uint16_t>(container->first + i);
        if (host) {
            request.host_first = static_cast<std::uint16_t>(host->first + i);
            request.host_last = container->length() == 1 ? host->last : request.host_first;
        }
        requests.push_back(request);
    }
    return requests;
}

bool collide(const PortForward& one, const PortForward& other) noexcept {
    if (one.host_port != other.host_port || one.transport != other.transport)
        return false;
    const bool everywhere = !one.host_address || !other.host_address;
    return everywhere ||
           (one.host_address->family() == other.host_address->family() &&
            (one.host_address == other.host_address || one.host_address->is_any() || other.host_address->is_any()));
}

} // namespace isolab
