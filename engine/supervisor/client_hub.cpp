// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/supervisor/client_hub.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/unix_socket.h"

namespace isolab::supervisor {
namespace {

constexpr std::size_t much = 1U << 20U;     ///< unread bytes from which on the workload waits for a client
constexpr std::size_t too_much = 8U << 20U; ///< from which on a client is left behind
constexpr std::size_t most_clients = 256;
constexpr int backlog = 64;

} // namespace

Result<ClientHub> ClientHub::listen(const std::filesystem::path& path) {
    UniqueFd listener(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!listener)
        return fail_errno(errno, "create socket", path.string());
    if (::unlink(path.c_str()) != 0 && errno != ENOENT)
        return fail_errno(errno, "remove", path.string());
    ISOLAB_TRY(bind_socket(listener, path));
    if (::listen(listener.get(), backlog) != 0)
        return fail_errno(errno, "listen on", path.string());
    UniqueFd spare(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!spare)
        return fail_errno(errno, "open", "/dev/null");
    return ClientHub(std::move(listener), std::move(spare));
}

void ClientHub::add(UniqueFd socket) {
    ::fcntl(socket.get(), F_SETFL, O_NONBLOCK);
    ::fcntl(socket.get(), F_SETFD, FD_CLOEXEC);
    clients_.push_back({std::move(socket)});
}

void ClientHub::watch(std::vector<pollfd>& watched, bool take_input) const {
    watched.push_back({clients_.size() < most_clients ? listener_.get() : -1, POLLIN, 0});
    for (const Client& client : clients_) {
        const short reads = client.input && !take_input ? 0 : POLLIN;
        watched.push_back({client.socket.get(), static_cast<short>(reads | (client.queue.empty() ? 0 : POLLOUT)), 0});
    }
}

void ClientHub::serve(std::span<const pollfd> ready, const ClientHandler& handle) {
    auto client = clients_.begin();
    for (const pollfd& one : ready.subspan(1)) {
        bool stays = true;
        if ((one.revents & POLLOUT) != 0)
            flush(*client);
        if ((one.revents & (POLLIN | POLLHUP | POLLERR)) != 0)
            stays = receive(*client, handle);
        client = stays && client->socket ? std::next(client) : clients_.erase(client);
    }
    if (ready.front().revents != 0)
        accept_all();
}

void ClientHub::accept_all() {
    for (;;) {
        UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        if (socket)
            clients_.push_back({std::move(socket)});
        else if ((errno != EMFILE && errno != ENFILE) || !turn_one_away())
            return;
    }
}

/// One that nobody takes would be announced by poll(2) forever.
bool ClientHub::turn_one_away() {
    spare_.reset();
    const bool taken = static_cast<bool>(UniqueFd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)));
    spare_.reset(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    return taken;
}

/// False when the client is gone. A packet that says nothing known is passed over.
bool ClientHub::receive(Client& client, const ClientHandler& handle) {
    std::array<char, supervisor_packet_limit> buffer; // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
    const ssize_t size = ::recv(client.socket.get(), buffer.data(), buffer.size(), 0);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return true;
    if (size <= 0) {
        if (client.input) // its input ends with it
            handle({ClientWord::input, {}, true});
        return false;
    }
    const auto word = static_cast<ClientWord>(buffer[0]);
    const std::string_view rest(buffer.data() + 1, static_cast<std::size_t>(size) - 1);
    if (word == ClientWord::attach) {
        client.output = rest.find('o') != std::string_view::npos;
        client.input = rest.find('i') != std::string_view::npos;
        client.lossless = rest.find('k') != std::string_view::npos;
    }
    handle({word, rest, client.input});
    return true;
}

void ClientHub::flush(Client& client) {
    while (client.socket && !client.queue.empty()) {
        const std::string& next = client.queue.front();
        if (::send(client.socket.get(), next.data(), next.size(), MSG_NOSIGNAL) < 0) {
            if (errno == EAGAIN || errno == EINTR || errno == ENOBUFS)
                return;
            client.queue.clear(); // gone: receive() will see it
            client.queued = 0;
            return;
        }
        client.queued -= next.size();
        client.queue.pop_front();
    }
}

void ClientHub::queue(Client& client, std::string packet) {
    if (client.queued > too_much && !client.lossless) {
        const std::string last = isolab::packet(SupervisorWord::overtaken);
        ::send(client.socket.get(), last.data(), last.size(), MSG_NOSIGNAL);
        ::shutdown(client.socket.get(), SHUT_RDWR);
        return;
    }
    client.queued += packet.size();
    client.queue.push_back(std::move(packet));
    flush(client);
}

void ClientHub::send_output(SupervisorWord stream, std::string_view bytes) {
    for (Client& client : clients_)
        if (client.output)
            queue(client, packet(stream, bytes));
}

void ClientHub::announce(SupervisorWord word, std::string_view rest) {
    for (Client& client : clients_)
        queue(client, packet(word, rest));
}

bool ClientHub::is_congested() const noexcept {
    return std::ranges::any_of(clients_, [](const Client& one) { return one.lossless && one.queued > much; });
}

std::size_t ClientHub::unread() const noexcept {
    std::size_t bytes = 0;
    for (const Client& client : clients_)
        bytes += client.queued;
    return bytes;
}

void ClientHub::drain(std::chrono::milliseconds patience) {
    Nanoseconds end = monotonic_now() + patience;
    for (std::size_t before = unread();;) {
        std::vector<pollfd> waiting;
        for (Client& client : clients_) {
            flush(client);
            if (!client.queue.empty())
                waiting.push_back({client.socket.get(), POLLOUT, 0});
        }
        if (const std::size_t now = unread(); now < before) {
            before = now;
            end = monotonic_now() + patience;
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - monotonic_now()).count();
        if (waiting.empty() || left <= 0)
            return;
        if (::poll(waiting.data(), waiting.size(), static_cast<int>(left)) < 0 && errno != EINTR)
            return;
    }
}

} // namespace isolab::supervisor
