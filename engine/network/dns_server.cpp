// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/network/dns_server.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <list>

#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "engine/base/clock.h"
#include "engine/network/dns_message.h"
#include "engine/network/dns_names.h"
#include "engine/network/socket_address.h"

namespace isolab {
namespace {

constexpr std::size_t most_exchanges = 256; // under way at once, UDP and TCP together
constexpr std::size_t largest_message = 65535;

/// Not the end of a stream.
bool is_for_now(int error) { return error == EAGAIN || error == EINTR; }

UniqueFd open_socket(int family, int type) {
    return UniqueFd(::socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

/// A message as it travels over TCP, behind its length.
std::string framed(const std::string& message) {
    std::string frame{static_cast<char>(message.size() >> 8U), static_cast<char>(message.size() & 0xffU)};
    return frame + message;
}

/// One query on its way: from a client over UDP or TCP, perhaps on to a server over the same.
struct Exchange {
    SocketAddress client_address; ///< UDP: where the answer goes
    UniqueFd client;              ///< TCP: the connection
    UniqueFd server;              ///< connected to a name server, when one was asked
    std::string query;            ///< as the client sent it
    std::string received;         ///< TCP: bytes so far from whom we wait for
    std::string outgoing;         ///< TCP: bytes that the server has not taken yet
    std::size_t next_server = 0;
    std::uint16_t id = 0; ///< under which the server was asked
    Nanoseconds deadline{0};
    bool finished = false;

    bool over_tcp() const { return static_cast<bool>(client); }
    int waits_for() const { return server ? server.get() : client.get(); }
};

class Responder {
  public:
    Responder(const DnsSockets& sockets, const DnsOptions& options)
        : sockets_(sockets), options_(options), directory_(options.attachments, options.container) {}

    Result<void> run(const StopToken& stop);

  private:
    void accept_datagram();
    void accept_connection();
    void begin(Exchange exchange);
    void handle_query(Exchange& exchange);
    void ask_next_server(Exchange& exchange);
    bool connect_to(Exchange& exchange, const DnsServer& server) const;
    void progress(Exchange& exchange, short events);
    void progress_stream(Exchange& exchange, short events);
    void finish(Exchange& exchange, const std::string& answer) const;
    void expire(Nanoseconds now);
    int poll_timeout() const;

    const DnsSockets& sockets_;
    const DnsOptions& options_;
    DnsDirectory directory_;
    std::list<Exchange> exchanges_;
};

Result<void> Responder::run(const StopToken& stop) {
    for (;;) {
        const bool room = exchanges_.size() < most_exchanges;
        std::vector<pollfd> events{{stop.fd(), POLLIN, 0},
                                   {room ? sockets_.udp.get() : -1, POLLIN, 0},
                                   {room ? sockets_.tcp.get() : -1, POLLIN, 0}};
        std::vector<Exchange*> waiting;
        for (Exchange& exchange : exchanges_) {
            const bool writes = !exchange.outgoing.empty();
            events.push_back({exchange.waits_for(), static_cast<short>(writes ? POLLOUT : POLLIN), 0});
            waiting.push_back(&exchange);
        }
        if (::poll(events.data(), events.size(), poll_timeout()) < 0 && errno != EINTR)
            return fail_errno(errno, "serve", "name lookups");
        if (stop.stop_requested())
            return {};
        for (std::size_t i = 0; i < waiting.size(); ++i)
            if (events[i + 3].revents != 0)
                progress(*waiting[i], events[i + 3].revents);
        if (events[1].revents != 0)
            accept_datagram();
        if (events[2].revents != 0)
            accept_connection();
        expire(monotonic_now());
        exchanges_.remove_if([](const Exchange& exchange) { return exchange.finished; });
    }
}

void Responder::accept_datagram() {
    std::array<char, 4096> buffer{};
    Exchange exchange;
    const ssize_t size = ::recvfrom(sockets_.udp.get(), buffer.data(), buffer.size(), 0, exchange.client_address.get(),
                                    &exchange.client_address.length());
    if (size < static_cast<ssize_t>(dns_header_size))
        return;
    exchange.query.assign(buffer.data(), static_cast<std::size_t>(size));
    begin(std::move(exchange));
}

void Responder::accept_connection() {
    Exchange exchange;
    exchange.client.reset(::accept4(sockets_.tcp.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (exchange.client)
        begin(std::move(exchange));
}

void Responder::begin(Exchange exchange) {
    exchange.deadline = monotonic_now() + options_.patience;
    exchanges_.push_back(std::move(exchange));
    if (!exchanges_.back().query.empty())
        handle_query(exchanges_.back());
}

void Responder::handle_query(Exchange& exchange) {
    const std::string answer = answer_locally(exchange.query, directory_.names());
    if (!answer.empty())
        finish(exchange, answer);
    else
        ask_next_server(exchange);
}

void Responder::ask_next_server(Exchange& exchange) {
    exchange.received.clear();
    while (exchange.next_server < options_.servers.size())
        if (connect_to(exchange, options_.servers[exchange.next_server++]))
            return;
    finish(exchange, render_dns_failure(exchange.query));
}

/// Sends the query, or leaves it in `outgoing`; false when that server cannot be reached.
bool Responder::connect_to(Exchange& exchange, const DnsServer& server) const {
    const SocketAddress address(server.address, server.port);
    exchange.server = open_socket(address.family(), exchange.over_tcp() ? SOCK_STREAM : SOCK_DGRAM);
    if (::getrandom(&exchange.id, sizeof exchange.id, 0) != sizeof exchange.id || !exchange.server)
        return false;
    if (::connect(exchange.server.get(), address.get(), address.length()) != 0 && errno != EINPROGRESS)
        return false;
    exchange.deadline = monotonic_now() + options_.patience;
    std::string query = exchange.query;
    set_dns_id(query, exchange.id);
    if (exchange.over_tcp()) {
        exchange.outgoing = framed(query);
        return true;
    }
    return ::send(exchange.server.get(), query.data(), query.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(query.size());
}

void Responder::progress(Exchange& exchange, short events) {
    if (exchange.over_tcp())
        return progress_stream(exchange, events);
    std::string answer(largest_message, '\0');
    const ssize_t size = ::recv(exchange.server.get(), answer.data(), answer.size(), 0);
    if (size < 0 && !is_for_now(errno))
        return ask_next_server(exchange); // refused: no server there
    answer.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    if (!answers_query(answer, exchange.query, exchange.id))
        return; // somebody else's; the true answer may still come
    set_dns_id(answer, dns_id(exchange.query));
    finish(exchange, answer);
}

void Responder::progress_stream(Exchange& exchange, short events) {
    const bool from_server = static_cast<bool>(exchange.server);
    const auto give_up = [&] { from_server ? ask_next_server(exchange) : void(exchange.finished = true); };
    if (!exchange.outgoing.empty() && (events & POLLOUT) != 0) {
        const ssize_t sent =
            ::send(exchange.server.get(), exchange.outgoing.data(), exchange.outgoing.size(), MSG_NOSIGNAL);
        if (sent < 0)
            return is_for_now(errno) ? void() : give_up();
        exchange.outgoing.erase(0, static_cast<std::size_t>(sent));
        return;
    }
    std::array<char, 4096> buffer{};
    const ssize_t size = ::recv(exchange.waits_for(), buffer.data(), buffer.size(), 0);
    if (size < 0 && is_for_now(errno))
        return; // an event that was none: more may come before the deadline
    if (size <= 0)
        return give_up();
    exchange.received.append(buffer.data(), static_cast<std::size_t>(size));
    const std::size_t expected = exchange.received.size() < 2 ? dns_header_size : dns_id(exchange.received);
    if (exchange.received.size() < expected + 2)
        return;
    std::string message = exchange.received.substr(2, expected);
    exchange.received.clear();
    if (message.size() < dns_header_size)
        return give_up();
    if (!from_server) {
        exchange.query = std::move(message);
        return handle_query(exchange);
    }
    if (!answers_query(message, exchange.query, exchange.id))
        return give_up();
    set_dns_id(message, dns_id(exchange.query));
    finish(exchange, message);
}

/// Sends what fits at once: a client that does not read its answer is not waited for.
void Responder::finish(Exchange& exchange, const std::string& answer) const {
    if (exchange.over_tcp()) {
        const std::string frame = framed(answer);
        ::send(exchange.client.get(), frame.data(), frame.size(), MSG_NOSIGNAL);
    } else {
        ::sendto(sockets_.udp.get(), answer.data(), answer.size(), MSG_NOSIGNAL, exchange.client_address.get(),
                 exchange.client_address.length());
    }
    exchange.finished = true;
}

void Responder::expire(Nanoseconds now) {
    for (Exchange& exchange : exchanges_) {
        if (exchange.finished || exchange.deadline > now)
            continue;
        if (exchange.server)
            ask_next_server(exchange);
        else
            exchange.finished = true; // a connection over which no query came
    }
}

int Responder::poll_timeout() const {
    if (exchanges_.empty())
        return -1;
    const auto first = std::ranges::min_element(exchanges_, {}, &Exchange::deadline)->deadline;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(first - monotonic_now());
    return static_cast<int>(std::max<long long>(0, left.count() + 1));
}

Result<UniqueFd> bind_socket(const SocketAddress& address, int type, const std::string& shown) {
    UniqueFd socket = open_socket(address.family(), type);
    const int on = 1;
    if (type == SOCK_STREAM)
        ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const bool bound = socket && ::bind(socket.get(), address.get(), address.length()) == 0 &&
                       (type != SOCK_STREAM || ::listen(socket.get(), 16) == 0);
    if (bound)
        return socket;
    Error error = system_error(errno, "serve name lookups at", shown);
    if (errno == EADDRINUSE)
        error.kind = ErrorKind::already_exists;
    return fail(std::move(error));
}

} // namespace

Result<DnsSockets> bind_dns_sockets(const IpAddress& address, std::uint16_t port) {
    const SocketAddress place(address, port);
    DnsSockets sockets;
    ISOLAB_ASSIGN(sockets.udp, bind_socket(place, SOCK_DGRAM, address.text()));
    ISOLAB_ASSIGN(sockets.tcp, bind_socket(place, SOCK_STREAM, address.text()));
    return sockets;
}

Result<void> serve_dns(const DnsSockets& sockets, const DnsOptions& options, const StopToken& stop) {
    return Responder(sockets, options).run(stop);
}

} // namespace isolab
