// SPDX-License-Identifier: GPL-3.0-or-later
//
// Readiness probes, run inside the world they ask about: by a child of the monitor in a container's network namespace
// and by a child of the guest's init. libc only and inline, so that both sides run exactly this code.
//
// A port is asked at 127.0.0.1 and at ::1, each by itself: services listen at either or at both. An address that
// refuses is asked again after some milliseconds. One that has accepted is waited for, however long it takes to answer
// for the first time; since it may also never answer that question, the question is put again beside it after one
// second, two, four and so on (probe_again_us), and the first good answer of any of them counts.
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

namespace isolab {

/// Pause between two attempts at an address that refuses, the same in both worlds; it bounds the error of the ready
/// time. Microseconds, as all times of this file.
inline constexpr std::int64_t probe_interval_us = 1000;
/// The same at ::1, where few services listen alone: attempts use up the one processor of a small guest.
inline constexpr std::int64_t probe_interval_6_us = 4000;
/// Until another attempt is made beside the first that is open at an address; doubled with each.
inline constexpr std::int64_t probe_again_us = 1'000'000;
/// An attempt is given up after this long.
inline constexpr std::int64_t probe_patience_us = 60'000'000;
/// Most attempts that are open at one address.
inline constexpr std::size_t probe_attempts = 7;

inline std::int64_t probe_clock() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
}

/// poll(2) until `until`; true when something happened.
inline bool probe_wait(pollfd* events, nfds_t count, std::int64_t until) noexcept {
    for (;;) {
        const std::int64_t left = std::max<std::int64_t>(until - probe_clock(), 0);
        const timespec time{left / 1'000'000, left % 1'000'000 * 1000};
        const int happened = ::ppoll(events, count, &time, nullptr);
        if (happened >= 0 || errno != EINTR)
            return happened > 0;
    }
}

/// True for a socket that was connected to itself: a port between those the kernel may choose for a caller can be met
/// by chance while nobody listens there (simultaneous open, RFC 9293, 3.5).
inline bool probe_met_itself(int fd) noexcept {
    sockaddr_in6 own{}; // large enough for both families, in which the port is at the same place
    sockaddr_in6 peer{};
    socklen_t own_length = sizeof own;
    socklen_t peer_length = sizeof peer;
    return ::getsockname(fd, reinterpret_cast<sockaddr*>(&own), &own_length) == 0 &&   // NOLINT
           ::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &peer_length) == 0 && // NOLINT
           own.sin6_port == peer.sin6_port; // the address is the loopback's on both ends
}

/// What has become of a connection that can be written to: 0 or an errno value.
inline int probe_connected(int fd) noexcept {
    int error = 0;
    socklen_t length = sizeof error;
    ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error == 0 && probe_met_itself(fd)) {
        const linger at_once{1, 0}; // no TIME_WAIT, which would keep the port from the workload
        ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        error = ECONNREFUSED;
    }
    return error;
}

/// Begins to connect to the loopback address of `family` (AF_INET, AF_INET6). Returns a non-blocking descriptor, which
/// can be written to once probe_connected() knows more, or -errno (ECONNREFUSED: nobody listens yet).
inline int probe_open(int family, std::uint16_t port) noexcept {
    const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    sockaddr_in of_4{};
    of_4.sin_family = AF_INET;
    of_4.sin_port = htons(port);
    of_4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sockaddr_in6 of_6{};
    of_6.sin6_family = AF_INET6;
    of_6.sin6_port = htons(port);
    of_6.sin6_addr = IN6ADDR_LOOPBACK_INIT;
    const void* address = family == AF_INET ? static_cast<const void*>(&of_4) : &of_6;
    const socklen_t length = family == AF_INET ? sizeof of_4 : sizeof of_6;
    if (::connect(fd, static_cast<const sockaddr*>(address), length) == 0 || errno == EINPROGRESS)
        return fd;
    const int error = errno;
    ::close(fd);
    return -error;
}

/// Connects to the port at 127.0.0.1 or, when that does not accept, at ::1, within `timeout_ms` altogether. Returns a
/// non-blocking descriptor, or -errno of 127.0.0.1.
inline int probe_connect(std::uint16_t port, int timeout_ms) noexcept {
    const std::int64_t until = probe_clock() + std::int64_t{1000} * timeout_ms;
    int first_error = 0;
    for (const int family : {AF_INET, AF_INET6}) {
        const int fd = probe_open(family, port);
        int error = fd < 0 ? -fd : 0;
        if (fd >= 0) {
            pollfd event{fd, POLLOUT, 0};
            error = probe_wait(&event, 1, until) ? probe_connected(fd) : ETIMEDOUT;
        }
        if (error == 0)
            return fd;
        if (fd >= 0)
            ::close(fd);
        first_error = first_error == 0 ? error : first_error;
    }
    return -first_error;
}

/// Sends `request` to the port, at the address that accepts (probe_connect()), and reads until `expected` occurs in the
/// answer, the peer closes or the time is over. Returns 0 when it occurred, otherwise an errno value (EBADMSG: another
/// answer). The answer, cut to `reply_size` - 1 bytes and ended with NUL, is left in `reply`.
inline int probe_exchange(std::uint16_t port, const char* request, std::size_t request_size, const char* expected,
                          std::size_t expected_size, char* reply, std::size_t reply_size, int timeout_ms) noexcept {
    const std::int64_t until = probe_clock() + std::int64_t{1000} * timeout_ms;
    reply[0] = '\0';
    const int fd = probe_connect(port, timeout_ms);
    if (fd < 0)
        return -fd;
    int result = EBADMSG;
    std::size_t used = 0;
    if (::send(fd, request, request_size, MSG_NOSIGNAL) != static_cast<ssize_t>(request_size))
        result = EPIPE;
    while (result == EBADMSG && used + 1 < reply_size) {
        pollfd event{fd, POLLIN, 0};
        if (!probe_wait(&event, 1, until)) {
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

/// Judges what has come of an answer: 0 when it begins with a status line of HTTP/1.x and a status below 500, EAGAIN
/// for a status above, EINPROGRESS when its first line has not ended, otherwise EBADMSG.
inline int probe_judge_http(const char* answer) noexcept {
    if (std::strstr(answer, "\r\n") == nullptr)
        return EINPROGRESS;
    int status = 0;
    if (std::sscanf(answer, "HTTP/1.%*d %d", &status) != 1) // NOLINT(cert-err34-c): the answer is bounded
        return EBADMSG;
    return status < 500 ? 0 : EAGAIN;
}

/// Asks one port until it is ready. Single-threaded; its sockets are closed by the destructor.
class PortProber {
  public:
    /// `http_path` null: the port accepts a connection; otherwise GET is answered as probe_judge_http() wants it.
    PortProber(std::uint16_t port, const char* http_path) noexcept : port_(port), http_(http_path != nullptr) {
        if (!http_)
            return;
        const int length = std::snprintf(request_, sizeof request_,
                                         "GET %s HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n", http_path);
        request_size_ = length > 0 ? static_cast<std::size_t>(length) : sizeof request_;
    }
    PortProber(const PortProber&) = delete;
    PortProber& operator=(const PortProber&) = delete;
    ~PortProber() {
        for (Address& address : addresses_)
            for (Attempt& attempt : address.attempts)
                close(attempt);
    }

    /// Waits until `until` of probe_clock(). Returns 0 as soon as the port is ready, ETIMEDOUT when it was not, EINVAL
    /// for a path that does not fit. At least one attempt is begun at each address.
    int wait(std::int64_t until = INT64_MAX) noexcept {
        if (request_size_ >= sizeof request_)
            return EINVAL;
        const std::int64_t begin = probe_clock();
        for (std::int64_t now = begin; now == begin || now < until; now = probe_clock()) {
            for (Address& address : addresses_)
                if (now >= address.next)
                    open(address, now);
            if (serve(now, std::min({addresses_[0].next, addresses_[1].next, until})))
                return 0;
        }
        return ETIMEDOUT;
    }

  private:
    struct Attempt {
        int fd = -1;
        bool connected = false;
        std::int64_t begun = 0;
        std::size_t used = 0;
        char answer[256]{};
    };
    struct Address {
        int family;
        std::int64_t interval;
        std::int64_t next = 0; ///< when another attempt begins
        Attempt attempts[probe_attempts]{};
    };

    static void close(Attempt& attempt) noexcept {
        if (attempt.fd >= 0)
            ::close(attempt.fd);
        attempt.fd = -1;
    }

    /// The attempt has come to nothing, so the next one may begin soon.
    static void fail(Address& address, Attempt& attempt, std::int64_t now) noexcept {
        close(attempt);
        address.next = std::min(address.next, now + address.interval);
    }

    /// Begins an attempt, in place of what has lost its patience.
    void open(Address& address, std::int64_t now) noexcept {
        std::int64_t pause = probe_again_us;
        Attempt* place = nullptr;
        for (Attempt& attempt : address.attempts) {
            if (attempt.fd >= 0 && now - attempt.begun > probe_patience_us)
                close(attempt);
            if (attempt.fd < 0)
                place = place == nullptr ? &attempt : place;
            else
                pause *= 2;
        }
        address.next = now + pause;
        if (place == nullptr)
            return;
        place->fd = probe_open(address.family, port_);
        place->connected = false;
        place->begun = now;
        place->used = 0;
        if (place->fd < 0)
            fail(address, *place, now);
    }

    /// Waits until something happens, at most until `until`, and serves it. True when the port is ready.
    bool serve(std::int64_t now, std::int64_t until) noexcept {
        pollfd events[2 * probe_attempts];
        nfds_t count = 0;
        for (const Address& address : addresses_)
            for (const Attempt& attempt : address.attempts)
                events[count++] = {attempt.fd, static_cast<short>(attempt.connected ? POLLIN : POLLOUT), 0};
        const std::int64_t left = std::max<std::int64_t>(until - now, 0);
        const timespec time{left / 1'000'000, left % 1'000'000 * 1000};
        if (::ppoll(events, count, &time, nullptr) <= 0) // descriptors below zero are passed over
            return false;
        count = 0;
        for (Address& address : addresses_)
            for (Attempt& attempt : address.attempts) {
                if (events[count++].revents == 0)
                    continue;
                const int error = go_on(attempt);
                if (error == 0)
                    return true;
                if (error != EINPROGRESS)
                    fail(address, attempt, now);
            }
        return false;
    }

    /// 0 when the attempt shows the port to be ready, EINPROGRESS when it may yet.
    int go_on(Attempt& attempt) noexcept {
        if (attempt.connected)
            return read(attempt);
        const int error = probe_connected(attempt.fd);
        if (error != 0 || !http_)
            return error;
        attempt.connected = true;
        const ssize_t sent = ::send(attempt.fd, request_, request_size_, MSG_NOSIGNAL);
        return sent == static_cast<ssize_t>(request_size_) ? EINPROGRESS : EPIPE;
    }

    static int read(Attempt& attempt) noexcept {
        const std::size_t room = sizeof attempt.answer - 1 - attempt.used;
        const ssize_t count = ::recv(attempt.fd, attempt.answer + attempt.used, room, 0);
        attempt.used += count > 0 ? static_cast<std::size_t>(count) : 0;
        attempt.answer[attempt.used] = '\0';
        const int error = probe_judge_http(attempt.answer);
        const bool more = count > 0 && attempt.used + 1 < sizeof attempt.answer;
        return error == EINPROGRESS && !more ? EBADMSG : error;
    }

    const std::uint16_t port_;
    const bool http_;
    char request_[1024]{};
    std::size_t request_size_ = 0;
    Address addresses_[2]{{AF_INET, probe_interval_us}, {AF_INET6, probe_interval_6_us}};
};

} // namespace isolab
