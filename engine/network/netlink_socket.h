// SPDX-License-Identifier: GPL-3.0-or-later
//
// The wire of rtnetlink(7): messages and the socket that carries them. The verbs stand in links.h.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>

#include <libmnl/libmnl.h>

#include "engine/base/error.h"
#include "engine/network/ip_address.h"

namespace isolab {

/// One request under construction: a header, then attributes, some of them nested.
class NetlinkMessage {
  public:
    /// `type`: RTM_*; NLM_F_REQUEST and NLM_F_ACK are added to the flags.
    explicit NetlinkMessage(std::uint16_t type, std::uint16_t flags = 0) noexcept;
    NetlinkMessage(const NetlinkMessage&) = delete;
    NetlinkMessage& operator=(const NetlinkMessage&) = delete;
    ~NetlinkMessage() = default;

    /// The fixed part that follows the header, zeroed, before any attribute; VETH_INFO_PEER holds another one.
    template <class T> T& fixed() noexcept { return *static_cast<T*>(mnl_nlmsg_put_extra_header(header(), sizeof(T))); }

    void put(std::uint16_t type, const std::string& text) noexcept;
    void put(std::uint16_t type, std::uint32_t value) noexcept;
    void put(std::uint16_t type, const void* bytes, std::size_t size) noexcept;
    void put(std::uint16_t type, const IpAddress& address) noexcept;

    /// Attributes put by `fill` become the content of an attribute.
    template <class Fill> void nest(std::uint16_t type, Fill&& fill) {
        nlattr* start = mnl_attr_nest_start(header(), type);
        fill();
        mnl_attr_nest_end(header(), start);
    }
    nlmsghdr* header() noexcept { return header_; }

  private:
    alignas(nlmsghdr) std::array<char, 2048> buffer_{};
    nlmsghdr* header_;
};

/// Calls `visit(const nlattr*)` for each attribute of a message behind its fixed part of `offset` bytes.
template <class Visit> void each_attribute(const nlmsghdr* message, std::size_t offset, Visit&& visit) {
    const auto call = [](const nlattr* attribute, void* data) {
        (*static_cast<std::remove_reference_t<Visit>*>(data))(attribute);
        return MNL_CB_OK;
    };
    mnl_attr_parse(message, static_cast<unsigned>(offset), call, &visit);
}

/// The same for the attributes inside another one.
template <class Visit> void each_nested_attribute(const nlattr* nest, Visit&& visit) {
    const auto call = [](const nlattr* attribute, void* data) {
        (*static_cast<std::remove_reference_t<Visit>*>(data))(attribute);
        return MNL_CB_OK;
    };
    mnl_attr_parse_nested(nest, call, &visit);
}

/// A socket of one netlink family, in the network namespace of the thread that opened it, wherever it is used later.
/// Not thread-safe.
class NetlinkSocket {
  public:
    /// `family`: NETLINK_ROUTE, NETLINK_NETFILTER.
    static Result<NetlinkSocket> open(int family);

    /// Sends a request and waits for its acknowledgement. The Error carries `operation` and `subject`, the kernel's
    /// errno and, where it gave one, its explanation. `reply` sees messages that come before the acknowledgement.
    using Visit = std::function<void(const nlmsghdr*)>;
    Result<void> request(NetlinkMessage& message, const std::string& operation, const std::string& subject,
                         const Visit& reply = {});

    /// Asks for all there is (NLM_F_DUMP).
    Result<void> dump(NetlinkMessage& message, const std::string& operation, const Visit& visit);

  private:
    struct Close {
        void operator()(mnl_socket* socket) const noexcept { mnl_socket_close(socket); }
    };
    explicit NetlinkSocket(mnl_socket* socket) noexcept : socket_(socket) {}
    Result<void> exchange(NetlinkMessage& message, const std::string& operation, const std::string& subject,
                          const Visit& visit);

    std::unique_ptr<mnl_socket, Close> socket_;
    std::uint32_t sequence_ = 0;
};

} // namespace isolab
