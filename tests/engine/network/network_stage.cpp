// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/engine/network/network_stage.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include "engine/base/subprocess.h"
#include "engine/network/network_namespace.h"
#include "tests/support/patience.h"

namespace isolab::test {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds a_moment{700};    ///< for what does not come
constexpr milliseconds repetition{1000}; ///< of datagrams, which nobody else repeats

void require(bool done, const std::string& what) {
    if (!done)
        throw std::runtime_error(what + ": " + std::strerror(errno)); // NOLINT(concurrency-mt-unsafe)
}

struct Address {
    sockaddr_storage storage{};
    socklen_t length = sizeof(sockaddr_storage);
    sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); } // NOLINT

    Address() = default;
    Address(const std::string& text, std::uint16_t port) {
        auto& v4 = reinterpret_cast<sockaddr_in&>(storage);  // NOLINT
        auto& v6 = reinterpret_cast<sockaddr_in6&>(storage); // NOLINT
        if (::inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) {
            v4.sin_family = AF_INET;
            v4.sin_port = htons(port);
            length = sizeof v4;
        } else {
            require(::inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1, "address " + text);
            v6.sin6_family = AF_INET6;
            v6.sin6_port = htons(port);
            length = sizeof v6;
        }
    }
    std::string text() const {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(storage); // NOLINT: the servers are IPv6 sockets
        std::array<char, INET6_ADDRSTRLEN> buffer{};
        ::inet_ntop(AF_INET6, &v6.sin6_addr, buffer.data(), buffer.size());
        const std::string shown = buffer.data();
        return shown.starts_with("::ffff:") ? shown.substr(7) : shown;
    }
};

UniqueFd socket_in(int netns, int family, int type) {
    UniqueFd fd;
    const auto open = [&]() -> Result<void> {
        fd.reset(::socket(family, type | SOCK_CLOEXEC, 0));
        return {};
    };
    const auto done = netns < 0 ? open() : in_network_namespace(netns, open);
    require(done && fd, "socket");
    return fd;
}

UniqueFd bound_socket(int netns, int type, std::uint16_t port) {
    UniqueFd fd = socket_in(netns, AF_INET6, type);
    const int on = 1;
    const int off = 0;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    Address any("::", port);
    require(::bind(fd.get(), any.get(), any.length) == 0, "bind");
    require(type != SOCK_STREAM || ::listen(fd.get(), 64) == 0, "listen");
    return fd;
}

bool readable(int fd, milliseconds limit) {
    pollfd event{fd, POLLIN, 0};
    return ::poll(&event, 1, static_cast<int>(limit.count())) == 1;
}

/// `again`: when a datagram is sent once more. A stream's packets are repeated by the kernel.
std::string ask_within(int netns, Address server, Transport transport, milliseconds limit, milliseconds again) {
    const bool stream = transport == Transport::tcp;
    const UniqueFd fd = socket_in(netns, server.storage.ss_family, stream ? SOCK_STREAM : SOCK_DGRAM);
    const timeval longest{limit.count() / 1000, (limit.count() % 1000) * 1000};
    ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &longest, sizeof longest); // bounds connect(2), too
    const auto end = std::chrono::steady_clock::now() + limit;
    if (::connect(fd.get(), server.get(), server.length) != 0)
        return {};
    const milliseconds pause = stream ? limit : std::min(limit, again);
    bool came = false;
    do {
        if (!stream && ::send(fd.get(), "?", 1, MSG_NOSIGNAL) != 1)
            return {};
        came = readable(fd.get(), pause);
    } while (!came && std::chrono::steady_clock::now() < end);
    std::array<char, 128> buffer{};
    const ssize_t count = came ? ::recv(fd.get(), buffer.data(), buffer.size(), 0) : 0;
    return {buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
}

} // namespace

std::string sh(const std::string& script) {
    const auto output = run_checked({"/bin/sh", "-ec", script});
    if (!output)
        throw std::runtime_error(output.error().message());
    return *output;
}

UniqueFd open_netns(const std::filesystem::path& path) {
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    require(static_cast<bool>(fd), "open " + path.string());
    return fd;
}

NetworkStage::NetworkStage() : folder_(make_temporary_directory("/tmp", "isolab-net-").value()) {
    require(::unshare(CLONE_NEWNET | CLONE_NEWNS) == 0, "unshare");
    require(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "make mounts private");
    const auto outside = NetworkNamespace::create(folder_.path() / "outside", {});
    if (!outside)
        throw std::runtime_error(outside.error().message());
    outside_ = open_netns(folder_.path() / "outside");
    const std::string path = (folder_.path() / "outside").string();
    sh("ip link set lo up; ip link add up0 type veth peer name far0; nsenter --net=" + path +
       " sleep 60 >/dev/null & holder=$!; while [ /proc/$holder/ns/net -ef /proc/$$/ns/net ]; do sleep 0.01; done;"
       "ip link set far0 netns $holder; kill $holder;"
       "ip addr add 198.51.100.1/24 dev up0; ip link set up0 up; ip route add default via 198.51.100.2");
    sh("nsenter --net=" + path +
       " sh -ec 'ip link set far0 name eth0; ip addr add 198.51.100.2/24 dev eth0;"
       " ip link set eth0 up'");
}

NetworkStage::~NetworkStage() {
    // Of what tests may have mounted in the folder; its removal stops at mounts.
    for (const char* name : {"outside", "dev"})
        ::umount2((folder_.path() / name).c_str(), MNT_DETACH);
}

struct EchoServer::Sockets {
    UniqueFd tcp;
    UniqueFd udp;
    UniqueFd stop{::eventfd(0, EFD_CLOEXEC)};
    std::string name;
    std::thread thread;

    void answer_stream() const {
        Address peer;
        const UniqueFd client(::accept4(tcp.get(), peer.get(), &peer.length, SOCK_CLOEXEC));
        const std::string answer = name + " " + peer.text();
        ::send(client.get(), answer.data(), answer.size(), MSG_NOSIGNAL);
    }
    void answer_datagram() const {
        Address peer;
        std::array<char, 64> buffer{};
        ::recvfrom(udp.get(), buffer.data(), buffer.size(), 0, peer.get(), &peer.length);
        const std::string answer = name + " " + peer.text();
        ::sendto(udp.get(), answer.data(), answer.size(), MSG_NOSIGNAL, peer.get(), peer.length);
    }
    void serve() const {
        std::array<pollfd, 3> events{pollfd{stop.get(), POLLIN, 0}, {tcp.get(), POLLIN, 0}, {udp.get(), POLLIN, 0}};
        while (::poll(events.data(), events.size(), -1) > 0 && events[0].revents == 0) {
            if (events[1].revents != 0)
                answer_stream();
            if (events[2].revents != 0)
                answer_datagram();
        }
    }
};

EchoServer::EchoServer(int netns, std::string name, std::uint16_t port) : sockets_(std::make_unique<Sockets>()) {
    sockets_->tcp = bound_socket(netns, SOCK_STREAM, port);
    sockets_->udp = bound_socket(netns, SOCK_DGRAM, port);
    sockets_->name = std::move(name);
    sockets_->thread = std::thread([sockets = sockets_.get()] { sockets->serve(); });
}

EchoServer::~EchoServer() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(sockets_->stop.get(), &one, sizeof one);
    sockets_->thread.join();
}

std::string ask(int netns, const std::string& address, std::uint16_t port, Transport transport) {
    return ask_within(netns, Address(address, port), transport, patience, repetition);
}

std::string ask_briefly(int netns, const std::string& address, std::uint16_t port, Transport transport) {
    return ask_within(netns, Address(address, port), transport, a_moment, a_moment);
}

std::string ask_once(int netns, const std::string& address, std::uint16_t port) {
    return ask_within(netns, Address(address, port), Transport::udp, patience, patience);
}

} // namespace isolab::test
