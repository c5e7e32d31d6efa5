// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "resources/bench/child.h"
#include "resources/bench/loop.h"
#include "resources/bench/scratch_file.h"

namespace isolab::bench {

namespace {

constexpr std::string_view question = "GET /items HTTP/1.0\r\nHost: localhost\r\nAccept: text/plain\r\n\r\n";
static_assert(question.size() == 60);
constexpr std::size_t answer_size = 1024;

/// A descriptor that is closed at its end.
struct Socket {
    int fd;
    explicit Socket(int descriptor) noexcept : fd(descriptor) {}
    ~Socket() {
        if (fd >= 0)
            ::close(fd);
    }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
};

/// A socket that listens at a free port of 127.0.0.1, and its address; -1 with errno set.
int listen_at_loopback(sockaddr_in& address) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd, 16) != 0 ||
        ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        const int error = errno;
        ::close(fd);
        errno = error;
        return -1;
    }
    return fd;
}

/// Receives exactly as many bytes as fit; false when the other side ends before.
template <std::size_t Size> bool receive(int fd, std::array<char, Size>& bytes) {
    std::size_t got = 0;
    while (got < Size) {
        const ssize_t part = ::recv(fd, bytes.data() + got, Size - got, 0);
        if (part <= 0) {
            errno = part == 0 ? ECONNRESET : errno;
            return false;
        }
        got += static_cast<std::size_t>(part);
    }
    return true;
}

/// Answers one connection after the other, for ever.
int serve(int listener) {
    std::array<char, answer_size> answer{};
    answer.fill('a');
    constexpr std::string_view head = "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n";
    std::memcpy(answer.data(), head.data(), head.size());
    std::array<char, question.size()> asked{};
    while (true) {
        const Socket connection(::accept(listener, nullptr, nullptr));
        if (connection.fd < 0 || !receive(connection.fd, asked))
            continue;
        answer.back() = static_cast<char>(answer.back() + 1);
        if (::send(connection.fd, answer.data(), answer.size(), MSG_NOSIGNAL) > 0) {
            char rest = 0;
            while (::recv(connection.fd, &rest, 1, 0) > 0) { // until the client has read all and resets
            }
        }
    }
}

bool ask(const sockaddr_in& address, std::array<char, answer_size>& answer) {
    const Socket connection(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const linger reset{1, 0};
    return connection.fd >= 0 && ::setsockopt(connection.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset) == 0 &&
           ::connect(connection.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
           ::send(connection.fd, question.data(), question.size(), MSG_NOSIGNAL) ==
               static_cast<ssize_t>(question.size()) &&
           receive(connection.fd, answer);
}

} // namespace

Work run_requests(const Order& order) {
    Work failed;
    sockaddr_in address{};
    const Socket listener(listen_at_loopback(address));
    if (listener.fd < 0) {
        failed.error = describe("listen at", "127.0.0.1");
        return failed;
    }
    const Child server([&] { return serve(listener.fd); });
    if (server.pid() < 0) {
        failed.error = describe("fork", "the server");
        return failed;
    }
    std::array<char, answer_size> answer{};
    if (!ask(address, answer)) { // a world whose loopback is down says so here
        failed.error = describe("ask the server at", "127.0.0.1");
        return failed;
    }
    return repeat_each(order, [&](Work& work) {
        if (!ask(address, answer))
            work.error = describe("ask the server at", "127.0.0.1");
        work.checksum += static_cast<unsigned char>(answer.back());
    });
}

} // namespace isolab::bench
