// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/runtime_client/supervisor_client.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <limits>

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "engine/base/clock.h"
#include "engine/base/pipe.h"
#include "engine/base/unix_socket.h"

namespace isolab {

Result<SupervisorClient> SupervisorClient::connect(const std::filesystem::path& container_folder) {
    UniqueFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    if (!socket)
        return fail_errno(errno, "create socket");
    if (!connect_socket(socket, container_folder / supervisor_socket))
        return fail(ErrorKind::unavailable, "talk to the supervisor of container",
                    container_folder.filename().string().substr(0, 12), "the container is not running");
    return SupervisorClient(std::move(socket));
}

Result<SupervisorClient::Pair> SupervisorClient::make_pair() {
    ISOLAB_ASSIGN(SocketPair ends, SocketPair::create());
    return Pair{SupervisorClient(std::move(ends.first)), std::move(ends.second)};
}

namespace {

/// False when there is no room and `flags` say not to wait.
Result<bool> send_packet(int socket, const std::string& text, int flags) {
    while (::send(socket, text.data(), text.size(), flags | MSG_NOSIGNAL) < 0) {
        if (errno == EAGAIN)
            return false;
        if (errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN)
            return fail(ErrorKind::unavailable, "talk to the container's supervisor", {}, "the container has ended");
        if (errno != EINTR)
            return fail_errno(errno, "talk to the container's supervisor");
    }
    return true;
}

} // namespace

Result<void> SupervisorClient::send(ClientWord word, std::string_view rest) const {
    ISOLAB_TRY(send_packet(socket_.get(), packet(word, rest), 0));
    return {};
}

Result<bool> SupervisorClient::try_send(ClientWord word, std::string_view rest) const {
    return send_packet(socket_.get(), packet(word, rest), MSG_DONTWAIT);
}

Result<std::optional<SupervisorClient::Packet>> SupervisorClient::receive() {
    buffer_.resize(supervisor_packet_limit);
    ssize_t size = 0;
    do
        size = ::recv(socket_.get(), buffer_.data(), buffer_.size(), 0);
    while (size < 0 && errno == EINTR);
    if (size < 0 && errno != ECONNRESET)
        return fail_errno(errno, "listen to the container's supervisor");
    if (size <= 0)
        return std::nullopt;
    return Packet{static_cast<SupervisorWord>(buffer_.front()),
                  std::string_view(buffer_).substr(1, static_cast<std::size_t>(size) - 1)};
}

Result<int> SupervisorClient::await_end(const StopToken& stop, std::optional<std::chrono::nanoseconds> timeout) {
    const auto end = timeout ? std::optional(monotonic_now() + *timeout) : std::nullopt;
    for (;;) {
        ISOLAB_TRY(stop.check("wait for the container"));
        int patience = -1;
        if (end)
            patience = static_cast<int>(
                std::clamp<std::int64_t>(std::chrono::ceil<std::chrono::milliseconds>(*end - monotonic_now()).count(),
                                         0, std::numeric_limits<int>::max()));
        std::array<pollfd, 2> fds{{{socket_.get(), POLLIN, 0}, {stop.fd(), POLLIN, 0}}};
        const int ready = ::poll(fds.data(), fds.size(), patience);
        if (ready == 0 && monotonic_now() < *end) // longer than poll(2) can wait
            continue;
        if (ready == 0)
            return fail(ErrorKind::timeout, "wait for the container", {}, "it has not ended in time");
        if (fds[0].revents == 0)
            continue;
        ISOLAB_ASSIGN(const auto heard, receive());
        if (!heard)
            return fail(ErrorKind::unavailable, "wait for the container", {}, "its supervisor was ended");
        if (heard->word != SupervisorWord::ended)
            continue;
        int code = 0;
        std::from_chars(heard->rest.data(), heard->rest.data() + heard->rest.size(), code);
        return code;
    }
}

} // namespace isolab
