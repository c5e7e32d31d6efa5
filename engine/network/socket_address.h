// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <cstring>

#include <netinet/in.h>
#include <sys/socket.h>

#include "engine/network/ip_address.h"

namespace isolab {

/// An address and a port as the socket calls want them, of either family.
class SocketAddress {
  public:
    /// Room for whatever the kernel writes.
    SocketAddress() noexcept = default;

    SocketAddress(const IpAddress& address, std::uint16_t port) noexcept {
        if (address.is_v4()) {
            v4().sin_family = AF_INET;
            v4().sin_port = htons(port);
            std::memcpy(&v4().sin_addr, address.data(), address.size());
            length_ = sizeof(sockaddr_in);
        } else {
            v6().sin6_family = AF_INET6;
            v6().sin6_port = htons(port);
            std::memcpy(&v6().sin6_addr, address.data(), address.size());
            length_ = sizeof(sockaddr_in6);
        }
    }

    sockaddr* get() noexcept { return reinterpret_cast<sockaddr*>(&storage_); }                   // NOLINT: made for it
    const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&storage_); } // NOLINT
    socklen_t& length() noexcept { return length_; }
    socklen_t length() const noexcept { return length_; }
    int family() const noexcept { return storage_.ss_family; }

    /// The port has the same place in both families.
    std::uint16_t port() noexcept { return ntohs(v4().sin_port); }

    /// The address without the port.
    IpAddress address() noexcept {
        const void* bytes = &v6().sin6_addr;
        if (family() == AF_INET)
            bytes = &v4().sin_addr;
        return IpAddress::from_bytes(family(), bytes);
    }

  private:
    sockaddr_in& v4() noexcept { return reinterpret_cast<sockaddr_in&>(storage_); }   // NOLINT
    sockaddr_in6& v6() noexcept { return reinterpret_cast<sockaddr_in6&>(storage_); } // NOLINT

    sockaddr_storage storage_{};
    socklen_t length_ = sizeof(sockaddr_storage);
};

} // namespace isolab
