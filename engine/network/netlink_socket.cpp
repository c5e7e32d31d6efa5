// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/netlink_socket.h"

#include <cerrno>

#include <linux/netlink.h>

namespace isolab {
namespace {

/// The kernel's explanation behind an NLMSG_ERROR (NETLINK_EXT_ACK of netlink(7)); often empty.
std::string explanation_of(const nlmsghdr* message) {
    if ((message->nlmsg_flags & NLM_F_ACK_TLVS) == 0)
        return {};
    const auto* error = static_cast<const nlmsgerr*>(mnl_nlmsg_get_payload(message));
    std::size_t offset = sizeof(nlmsgerr);
    if ((message->nlmsg_flags & NLM_F_CAPPED) == 0)
        offset += NLMSG_ALIGN(error->msg.nlmsg_len) - sizeof(nlmsghdr);
    std::string text;
    each_attribute(message, offset, [&](const nlattr* attribute) {
        if (mnl_attr_get_type(attribute) == NLMSGERR_ATTR_MSG)
            text = mnl_attr_get_str(attribute);
    });
    return text;
}

/// The end of an exchange: success for error number 0.
Result<void> outcome_of(const nlmsghdr* message, const std::string& operation, const std::string& subject) {
    const auto* code = static_cast<const int*>(mnl_nlmsg_get_payload(message));
    if (*code == 0)
        return {};
    Error error = system_error(-*code, operation, subject);
    if (message->nlmsg_type == NLMSG_ERROR)
        if (const std::string explanation = explanation_of(message); !explanation.empty())
            error.cause += " (" + explanation + ")";
    return fail(std::move(error));
}

bool ends_exchange(const nlmsghdr* message) {
    return message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE;
}

} // namespace

NetlinkMessage::NetlinkMessage(std::uint16_t type, std::uint16_t flags) noexcept
    : header_(mnl_nlmsg_put_header(buffer_.data())) {
    header_->nlmsg_type = type;
    header_->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
}

void NetlinkMessage::put(std::uint16_t type, const std::string& text) noexcept {
    mnl_attr_put_strz(header(), type, text.c_str());
}

void NetlinkMessage::put(std::uint16_t type, std::uint32_t value) noexcept { mnl_attr_put_u32(header(), type, value); }

void NetlinkMessage::put(std::uint16_t type, const void* bytes, std::size_t size) noexcept {
    mnl_attr_put(header(), type, size, bytes);
}

void NetlinkMessage::put(std::uint16_t type, const IpAddress& address) noexcept {
    put(type, address.data(), address.size());
}

Result<NetlinkSocket> NetlinkSocket::open(int family) {
    NetlinkSocket socket(mnl_socket_open2(family, SOCK_CLOEXEC));
    if (!socket.socket_ || mnl_socket_bind(socket.socket_.get(), 0, MNL_SOCKET_AUTOPID) < 0)
        return fail_errno(errno, "open", "netlink socket");
    int on = 1;
    mnl_socket_setsockopt(socket.socket_.get(), NETLINK_EXT_ACK, &on, sizeof on);
    return socket;
}

Result<void> NetlinkSocket::request(NetlinkMessage& message, const std::string& operation, const std::string& subject,
                                    const Visit& reply) {
    return exchange(message, operation, subject, reply);
}

Result<void> NetlinkSocket::dump(NetlinkMessage& message, const std::string& operation, const Visit& visit) {
    message.header()->nlmsg_flags |= NLM_F_DUMP;
    return exchange(message, operation, {}, visit);
}

Result<void> NetlinkSocket::exchange(NetlinkMessage& message, const std::string& operation, const std::string& subject,
                                     const Visit& visit) {
    message.header()->nlmsg_seq = ++sequence_;
    if (mnl_socket_sendto(socket_.get(), message.header(), message.header()->nlmsg_len) < 0)
        return fail_errno(errno, operation, subject);
    alignas(nlmsghdr) std::array<char, 32768> buffer; // NOLINT(cppcoreguidelines-pro-type-member-init): is filled
    for (;;) {
        const ssize_t received = mnl_socket_recvfrom(socket_.get(), buffer.data(), buffer.size());
        if (received < 0 && errno == EINTR)
            continue;
        if (received < 0)
            return fail_errno(errno, operation, subject);
        auto left = static_cast<int>(received);
        const auto* part = reinterpret_cast<const nlmsghdr*>(buffer.data()); // NOLINT: as libmnl does
        for (; mnl_nlmsg_ok(part, left); part = mnl_nlmsg_next(part, &left)) {
            if (part->nlmsg_seq != sequence_)
                continue; // belongs to a request that was given up
            if (ends_exchange(part))
                return outcome_of(part, operation, subject);
            if (visit)
                visit(part);
        }
    }
}

} // namespace isolab
