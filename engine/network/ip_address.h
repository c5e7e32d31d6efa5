// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sys/socket.h>

#include "engine/base/error.h"

namespace isolab {

/// An IPv4 or IPv6 address; a plain value.
class IpAddress {
  public:
    /// 0.0.0.0
    IpAddress() noexcept = default;

    /// inet_pton(3) notation; empty optional for anything else.
    static std::optional<IpAddress> parse(std::string_view text);

    /// From bytes in network order: 4 for AF_INET, 16 for AF_INET6.
    static IpAddress from_bytes(int family, const void* bytes) noexcept;

    int family() const noexcept { return family_; }
    bool is_v4() const noexcept { return family_ == AF_INET; }
    /// Network order; size() of them count.
    const std::uint8_t* data() const noexcept { return bytes_.data(); }
    std::size_t size() const noexcept { return is_v4() ? 4 : 16; }

    bool is_loopback() const noexcept; ///< 127.0.0.0/8, ::1
    bool is_any() const noexcept;      ///< 0.0.0.0, ::

    /// The address `count` further on.
    IpAddress plus(std::uint64_t count) const noexcept;

    std::string text() const;

    auto operator<=>(const IpAddress&) const = default;

  private:
    int family_ = AF_INET;
    std::array<std::uint8_t, 16> bytes_{};
};

/// A block of addresses, such as 10.201.0.0/24. The base has no bits set behind the prefix.
struct Subnet {
    IpAddress base;
    unsigned prefix = 32;

    /// "10.201.0.0/24"; invalid_argument when malformed or when bits behind the prefix are set.
    static Result<Subnet> parse(std::string_view text);

    /// The block of this size that an address lies in.
    static Subnet around(const IpAddress& address, unsigned prefix) noexcept;

    bool contains(const IpAddress& address) const noexcept;
    bool overlaps(const Subnet& other) const noexcept;

    /// How many addresses it has; capped at 2^32.
    std::uint64_t size() const noexcept;

    std::string text() const;

    bool operator==(const Subnet&) const = default;
};

/// An Ethernet address.
using MacAddress = std::array<std::uint8_t, 6>;

/// The locally administered address that goes with an IPv4 address: unique wherever the latter is, so that a lease that
/// moves to another container brings no stale neighbour entry along.
MacAddress mac_for(const IpAddress& address) noexcept;

/// "02:69:0a:c9:00:02"
std::string mac_text(const MacAddress& mac);

} // namespace isolab
