// SPDX-License-Identifier: GPL-3.0-or-later
//
// Readiness probes, run inside the world they ask about: by the monitor in a container's network namespace
// and by the guest's init. libc only and inline, so that both sides run exactly this code.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace isolab {

/// Pause between two attempts, the same in both worlds; it bounds the error of the ready time.
inline constexpr int probe_interval_us = 1000;

/// True for a socket that was connected to itself: a port between those the kernel may choose for a caller can be met
/// by chance while nobody listens there (simultaneous open, RFC 9293, 3.5).
inline bool probe_met_itself(int fd) noexcept {
    sockaddr_in own{};
    sockaddr_in peer{};
    socklen_t own_length = sizeof own;
    socklen_t peer_length = sizeof peer;
    return ::getsockname(fd, reinterpret_cast<sockaddr*>(&own), &own_length) == 0 &&   // NOLINT
           ::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &peer_length) == 0 && // NOLINT
           own.sin_port == peer.sin_port && own.sin_addr.s_addr == peer.sin_addr.s_addr;
}

/// Connects to 127.0.0.1:`port` within `timeout_ms`. Returns a descriptor, or -errno (ECONNREFUSED: nobody
/// listens yet).
inline int probe_connect(std::uint16_t port, int timeout_ms) noexcept {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int error = 0;
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) { // NOLINT
        error = errno;
        if (error == EINPROGRESS) {
            pollfd event{fd, POLLOUT, 0};
            socklen_t length = sizeof error;
            if (::poll(&event, 1, timeout_ms) <= 0)
                error = ETIMEDOUT;
            else
                ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
        }
    }
    if (error == 0 && probe_met_itself(fd)) {
        const linger at_once{1, 0}; // no TIME_WAIT, which would keep the port from the workload
        ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        error = ECONNREFUSED;
    }
    if (error == 0)
        return fd;
    ::close(fd);
    return -error;
}

/// Sends `request` to 127.0.0.1:`port` and reads until `expected` occurs in the answer, the peer closes or
/// the time is over. Returns 0 when it occurred, otherwise an errno value (EBADMSG: another answer). The
/// answer, cut to `reply_size` - 1 bytes and ended with NUL, is left in `reply`.
inline int probe_exchange(std::uint16_t port, const char* request, std::size_t request_size, const char* expected,
                          std::size_t expected_size, char* reply, std::size_t reply_size, int timeout_ms) noexcept {
    const int fd = probe_connect(port, timeout_ms);
    if (fd < 0)
        return -fd;
    int result = EBADMSG;
    std::size_t used = 0;
    reply[0] = '\0';
    if (::send(fd, request, request_size, MSG_NOSIGNAL) != static_cast<ssize_t>(request_size))
        result = EPIPE;
    while (result == EBADMSG && used + 1 < reply_size) {
        pollfd event{fd, POLLIN, 0};
        if (::poll(&event, 1, timeout_ms) <= 0) {
            result = ETIMEDOUT;
            break;
        }
        const ssize_t count = ::recv(fd, reply + used, reply_size - 1 - used, 0);
        if (count <= 0)
            break;
        used += static_cast<std::size_t>(count);
        reply[used] = '\0';
        if (::memmem(reply, used, expected, expected_size) != nullptr)
            result = 0;
    }
    ::close(fd);
    return result;
}

/// One readiness attempt. `http_path` null: the port accepts a connection; otherwise GET answers with a
/// status line of HTTP/1.x and a status below 500. Returns 0 when ready, otherwise an errno value.
inline int probe_ready(std::uint16_t port, const char* http_path, int timeout_ms) noexcept {
    if (http_path == nullptr) {
        const int fd = probe_connect(port, timeout_ms);
        if (fd < 0)
            return -fd;
        ::close(fd);
        return 0;
    }
    char request[1024];
    char reply[256];
    const int length = std::snprintf(request, sizeof request,
                                     "GET %s HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n", http_path);
    if (length <= 0 || static_cast<std::size_t>(length) >= sizeof request)
        return EINVAL;
    const int error =
        probe_exchange(port, request, static_cast<std::size_t>(length), "\r\n", 2, reply, sizeof reply, timeout_ms);
    if (error != 0)
        return error;
    int status = 0;
    if (std::sscanf(reply, "HTTP/1.%*d %d", &status) != 1) // NOLINT(cert-err34-c): the reply is bounded
        return EBADMSG;
    return status < 500 ? 0 : EAGAIN;
}

} // namespace isolab
