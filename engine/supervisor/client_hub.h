// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <poll.h>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"
#include "engine/runtime/supervisor_protocol.h"

namespace isolab::supervisor {

/// What a client asked for.
struct ClientRequest {
    ClientWord word = ClientWord::attach;
    std::string_view rest;
    bool gives_input = false; ///< the client attached with input
};
using ClientHandler = std::function<void(const ClientRequest&)>;

/// The supervisor's clients: whoever follows the output, gives input, or sends signals. All sockets are non-blocking.
class ClientHub {
  public:
    /// Listens on `path`, which replaces what an ended supervisor left there.
    static Result<ClientHub> listen(const std::filesystem::path& path);

    /// A client that is connected already.
    void add(UniqueFd socket);

    /// Appends what poll(2) watches; serve() takes the same entries back. Without `take_input` clients with input wait.
    void watch(std::vector<pollfd>& watched, bool take_input) const;
    void serve(std::span<const pollfd> ready, const ClientHandler& handle);

    /// To all that want output.
    void send_output(SupervisorWord stream, std::string_view bytes);
    /// To all.
    void announce(SupervisorWord word, std::string_view rest);

    /// Whether a client that must lose nothing is far behind: the workload should wait then.
    bool is_congested() const noexcept;

    /// Nobody can connect any more, and who has tried is told.
    void stop_listening() { listener_.reset(); }

    /// Gives the clients what they have not read yet. Those that read nothing for `patience` are left.
    void drain(std::chrono::milliseconds patience);

  private:
    struct Client {
        UniqueFd socket;
        bool output = false;
        bool input = false;
        bool lossless = false;
        std::size_t queued = 0; ///< bytes
        std::deque<std::string> queue = {};
    };
    ClientHub(UniqueFd listener, UniqueFd spare) : listener_(std::move(listener)), spare_(std::move(spare)) {}

    void accept_all();
    bool turn_one_away();
    bool receive(Client& client, const ClientHandler& handle);
    static void queue(Client& client, std::string packet);
    static void flush(Client& client);
    std::size_t unread() const noexcept;

    UniqueFd listener_;
    UniqueFd spare_; ///< given up to take a connection, and end it, when there are no descriptors
    std::list<Client> clients_;
};

} // namespace isolab::supervisor
