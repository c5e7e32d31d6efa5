// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/base/error.h"
#include "engine/base/stop.h"
#include "engine/base/unique_fd.h"
#include "engine/runtime/supervisor_protocol.h"

namespace isolab {

/// A connection to the supervisor of one container. Not thread-safe.
class SupervisorClient {
  public:
    /// unavailable when nobody supervises the container: it does not run.
    static Result<SupervisorClient> connect(const std::filesystem::path& container_folder);

    /// A connection that is given to a supervisor when it is started.
    struct Pair;
    static Result<Pair> make_pair();

    /// Waits until there is room. `rest` of at most supervisor_packet_limit - 1 bytes.
    Result<void> send(ClientWord word, std::string_view rest = {}) const;

    /// The same without waiting; false when there is no room now (poll(2) for POLLOUT).
    Result<bool> try_send(ClientWord word, std::string_view rest = {}) const;

    struct Packet {
        SupervisorWord word = SupervisorWord::ended;
        std::string_view rest; ///< valid until the next call
    };
    /// Waits for a packet; empty when the supervisor has closed the connection.
    Result<std::optional<Packet>> receive();

    /// Waits until the container has ended for good; its exit code. Output is passed over. timeout leaves it running.
    Result<int> await_end(const StopToken& stop, std::optional<std::chrono::nanoseconds> timeout);

    /// For poll(2).
    int fd() const noexcept { return socket_.get(); }

  private:
    explicit SupervisorClient(UniqueFd socket) : socket_(std::move(socket)) {}
    UniqueFd socket_;
    std::string buffer_;
};

struct SupervisorClient::Pair {
    SupervisorClient client;
    UniqueFd supervisor_end;
};

} // namespace isolab
