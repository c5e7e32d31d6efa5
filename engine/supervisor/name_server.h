// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <sys/types.h>

#include "engine/base/clock.h"
#include "engine/base/unique_fd.h"
#include "engine/runtime/supervision.h"

namespace isolab::supervisor {

/// The process that answers a container's name lookups (network/dns_server.h), through all its restarts. It ends with
/// this object, and with the supervisor whatever ends that one. It may do nothing but use its sockets and read the
/// records of the networks: its root is their folder, and it has no capabilities.
class NameServer {
  public:
    /// To be made before the supervisor joins namespaces: questions are passed on from the one that it is in now.
    NameServer(NameService service, std::string container);
    NameServer(const NameServer&) = delete;
    NameServer& operator=(const NameServer&) = delete;
    ~NameServer() { end(); }

    /// Starts it unless it runs, and returns when questions are received. already_exists when something else in the
    /// container's network listens at its address.
    Result<void> ensure();

    /// To be called when a child has ended. One that did so after a while is started again; one that ends at once waits
    /// for the next ensure().
    Result<void> revive(Nanoseconds now);

  private:
    void serve(UniqueFd answer, pid_t supervisor) const;
    void end();

    NameService service_;
    std::string container_;
    UniqueFd outside_; ///< network namespace from which other servers are asked
    pid_t pid_ = -1;
    Nanoseconds began_{0};
};

} // namespace isolab::supervisor
