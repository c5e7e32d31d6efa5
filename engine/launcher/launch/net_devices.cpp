// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/launcher/launch/net_devices.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <functional>

#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/base/unique_fd.h"

namespace isolab::launcher {
namespace {

template <class Header> auto* payload(Header* message) {
    using Bytes = std::conditional_t<std::is_const_v<Header>, const char, char>;
    return reinterpret_cast<Bytes*>(message) + NLMSG_LENGTH(0); // NOLINT: the kernel's layout
}

/// A request of rtnetlink(7) under construction.
class Message {
  public:
    template <class Fixed> Message(std::uint16_t type, std::uint16_t flags, const Fixed& fixed) {
        auto* start = header();
        start->nlmsg_len = NLMSG_LENGTH(sizeof fixed);
        start->nlmsg_type = type;
        start->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
        std::memcpy(payload(start), &fixed, sizeof fixed);
    }
    void put(unsigned short type, const void* bytes, std::size_t size) {
        rtattr attribute{static_cast<unsigned short>(RTA_LENGTH(size)), type};
        char* end = buffer_.data() + NLMSG_ALIGN(header()->nlmsg_len);
        std::memcpy(end, &attribute, sizeof attribute);
        std::memcpy(end + RTA_LENGTH(0), bytes, size);
        header()->nlmsg_len =
            static_cast<std::uint32_t>(NLMSG_ALIGN(header()->nlmsg_len) + RTA_ALIGN(RTA_LENGTH(size)));
    }
    nlmsghdr* header() { return reinterpret_cast<nlmsghdr*>(buffer_.data()); } // NOLINT: the kernel's layout

  private:
    alignas(nlmsghdr) std::array<char, 1024> buffer_{};
};

/// Of the network namespace in which it is opened.
class RouteSocket {
  public:
    static Result<RouteSocket> open() {
        UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
        if (!socket)
            return fail_errno(errno, "open a netlink socket");
        return RouteSocket(std::move(socket));
    }

    /// Of another one, which this process enters for a moment.
    static Result<RouteSocket> open_in(const UniqueFd& network) {
        const UniqueFd own(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
        if (!own || ::setns(network.get(), CLONE_NEWNET) != 0)
            return fail_errno(errno, "enter the container's network");
        auto socket = open();
        if (::setns(own.get(), CLONE_NEWNET) != 0)
            return fail_errno(errno, "leave the container's network");
        return socket;
    }

    /// `visit` sees what comes before the end of the answer. An errno(3), or 0.
    int exchange(Message& message, const std::function<void(const nlmsghdr&)>& visit = {}) const {
        if (::send(socket_.get(), message.header(), message.header()->nlmsg_len, 0) < 0)
            return errno;
        alignas(nlmsghdr) std::array<char, 32768> answer; // NOLINT(*-member-init): the kernel fills it
        for (;;) {
            const ssize_t received = ::recv(socket_.get(), answer.data(), answer.size(), 0);
            if (received < 0 && errno == EINTR)
                continue;
            if (received < 0)
                return errno;
            auto left = static_cast<unsigned>(received);
            const auto* one = reinterpret_cast<const nlmsghdr*>(answer.data()); // NOLINT: the kernel's layout
            for (; NLMSG_OK(one, left); one = NLMSG_NEXT(one, left)) {
                if (one->nlmsg_type == NLMSG_DONE)
                    return 0;
                if (one->nlmsg_type == NLMSG_ERROR)
                    return error_in(*one);
                if (visit)
                    visit(*one);
            }
        }
    }

  private:
    static int error_in(const nlmsghdr& message) {
        nlmsgerr error{};
        std::memcpy(&error, payload(&message), sizeof error);
        return -error.error;
    }
    explicit RouteSocket(UniqueFd socket) : socket_(std::move(socket)) {}
    UniqueFd socket_;
};

/// 0: there is none of that name.
Result<unsigned> index_of(const RouteSocket& route, const std::string& name) {
    Message request(RTM_GETLINK, NLM_F_ACK, ifinfomsg{});
    request.put(IFLA_IFNAME, name.c_str(), name.size() + 1);
    ifinfomsg found{};
    const int failed = route.exchange(
        request, [&found](const nlmsghdr& message) { std::memcpy(&found, payload(&message), sizeof found); });
    if (failed != 0 && failed != ENODEV)
        return fail_errno(failed, "find network device", name);
    return static_cast<unsigned>(found.ifi_index);
}

struct Address {
    ifaddrmsg fixed{};
    std::vector<std::pair<unsigned short, std::string>> attributes; ///< those that make it what it is
};

bool is_kept_attribute(unsigned short type) {
    return type == IFA_LOCAL || type == IFA_ADDRESS || type == IFA_BROADCAST || type == IFA_RT_PRIORITY;
}

/// Those to be given back after the move, in which the kernel drops all: neither what a router announced nor what
/// belongs to the link.
Result<std::vector<Address>> addresses_of(const RouteSocket& route, unsigned index, const std::string& name) {
    std::vector<Address> addresses;
    Message request(RTM_GETADDR, NLM_F_DUMP, ifaddrmsg{});
    const int failed = route.exchange(request, [&](const nlmsghdr& message) {
        Address address;
        std::memcpy(&address.fixed, payload(&message), sizeof address.fixed);
        if (address.fixed.ifa_index != index || address.fixed.ifa_scope != RT_SCOPE_UNIVERSE ||
            (address.fixed.ifa_flags & IFA_F_PERMANENT) == 0)
            return;
        auto left = static_cast<unsigned>(IFA_PAYLOAD(&message));
        const auto* one = reinterpret_cast<const rtattr*>( // NOLINT: the kernel's layout
            payload(&message) + NLMSG_ALIGN(sizeof(ifaddrmsg)));
        for (; RTA_OK(one, left); one = RTA_NEXT(one, left))
            if (is_kept_attribute(one->rta_type))
                address.attributes.emplace_back(one->rta_type,
                                                std::string(static_cast<const char*>(RTA_DATA(one)), RTA_PAYLOAD(one)));
        addresses.push_back(std::move(address));
    });
    if (failed != 0)
        return fail_errno(failed, "list the addresses of network device", name);
    return addresses;
}

Error move_failure(int number, const NetDevice& device) {
    Error failure = system_error(number, "move network device", device.host_name);
    if (number == EINVAL || number == EOPNOTSUPP)
        failure = {ErrorKind::unsupported,
                   "move network device",
                   device.host_name,
                   "the kernel keeps it in its network namespace",
                   {}};
    return failure;
}

/// It takes its new name on the way, so that it never meets one of its old name there.
Result<void> move_device(const RouteSocket& route, unsigned index, const NetDevice& device, const UniqueFd& target) {
    ifinfomsg fixed{};
    fixed.ifi_index = static_cast<int>(index);
    fixed.ifi_change = IFF_UP; // off
    Message request(RTM_NEWLINK, NLM_F_ACK, fixed);
    const int descriptor = target.get();
    request.put(IFLA_NET_NS_FD, &descriptor, sizeof descriptor);
    request.put(IFLA_IFNAME, device.name.c_str(), device.name.size() + 1);
    if (const int failed = route.exchange(request); failed != 0)
        return fail(move_failure(failed, device));
    return {};
}

Result<void> switch_on(const RouteSocket& there, const NetDevice& device, const std::vector<Address>& addresses) {
    ISOLAB_ASSIGN(const unsigned index, index_of(there, device.name));
    for (const Address& address : addresses) {
        ifaddrmsg fixed = address.fixed;
        fixed.ifa_index = index;
        Message request(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, fixed);
        for (const auto& [type, bytes] : address.attributes)
            request.put(type, bytes.data(), bytes.size());
        if (const int failed = there.exchange(request); failed != 0)
            return fail_errno(failed, "give its addresses back to network device", device.name);
    }
    ifinfomsg fixed{};
    fixed.ifi_index = static_cast<int>(index);
    fixed.ifi_flags = IFF_UP;
    fixed.ifi_change = IFF_UP;
    Message request(RTM_NEWLINK, NLM_F_ACK, fixed);
    if (const int failed = there.exchange(request); failed != 0)
        return fail_errno(failed, "switch on network device", device.name);
    return {};
}

} // namespace

Result<void> move_net_devices(const std::vector<NetDevice>& devices, pid_t pid) {
    if (devices.empty())
        return {};
    const std::string path = "/proc/" + std::to_string(pid) + "/ns/net";
    const UniqueFd target(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!target)
        return fail_errno(errno, "open", path);
    ISOLAB_ASSIGN(const RouteSocket here, RouteSocket::open());
    ISOLAB_ASSIGN(const RouteSocket there, RouteSocket::open_in(target));
    for (const NetDevice& device : devices) {
        ISOLAB_ASSIGN(const unsigned index, index_of(here, device.host_name));
        if (index == 0)
            return fail(ErrorKind::not_found, "move network device", device.host_name,
                        "there is none of that name here");
        // The kernel moves first and renames afterwards, when it is too late to find that the name is taken.
        ISOLAB_ASSIGN(const unsigned namesake, index_of(there, device.name));
        if (namesake != 0)
            return fail(ErrorKind::already_exists, "move network device", device.host_name,
                        "the container has one named " + device.name + " already", "Give it another name");
        ISOLAB_ASSIGN(const auto addresses, addresses_of(here, index, device.host_name));
        ISOLAB_TRY(move_device(here, index, device, target));
        ISOLAB_TRY(switch_on(there, device, addresses));
    }
    return {};
}

} // namespace isolab::launcher
