// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/network/ip_address.h"

namespace isolab {

enum class Transport : std::uint8_t { tcp, udp };
std::string_view transport_id(Transport transport) noexcept; ///< "tcp", "udp"

/// One port of the host that leads to one port of a container.
struct PortForward {
    std::optional<IpAddress> host_address; ///< unset: every address of the host
    std::uint16_t host_port = 0;
    std::uint16_t container_port = 0;
    Transport transport = Transport::tcp;

    auto operator<=>(const PortForward&) const = default;

    /// "127.0.0.1:8080:80/tcp"
    std::string text() const;
};

/// What a user asks for: as PortForward, but the host's port may be left to us.
struct PortRequest {
    std::optional<IpAddress> host_address;
    std::uint16_t host_first = 0; ///< 0: any free one
    std::uint16_t host_last = 0;  ///< above host_first: the first free one of these
    std::uint16_t container_port = 0;
    Transport transport = Transport::tcp;

    bool operator==(const PortRequest&) const = default;
};

/// Reads `[[ADDRESS:][HOST[-HOST]]:]CONTAINER[-CONTAINER][/tcp|/udp]`, as in "8080:80",
/// "127.0.0.1:8000-8009:80-89/udp",
/// "[::1]:53:53/udp", "80". Ranges of the same length on both sides become one request per port; a range for one
/// container port means any of them. invalid_argument otherwise. Pure.
Result<std::vector<PortRequest>> parse_port_forward(std::string_view text);

/// Whether both claim the same port of the host.
bool collide(const PortForward& one, const PortForward& other) noexcept;

} // namespace isolab
