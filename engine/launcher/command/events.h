// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/launcher/command/log.h"
#include "engine/runtime/launch_protocol.h"

namespace isolab::launcher {

/// Where the launcher's news goes: records to its caller's socket, or, on a plain command line, errors and warnings as
/// one line each on standard error and in the log. The socket is borrowed.
class Events {
  public:
    explicit Events(int socket, const Log* log = nullptr) : socket_(socket), log_(log) {}

    int socket() const noexcept { return socket_; }

    /// A caller that is gone is not an error here: the monitor sees it by its own means.
    void send(const LaunchRecord& record) const;
    void warn(std::string text) const { send(WarningRecord{std::move(text)}); }

    /// A mark of now; `child` is the container's first process, whose CPU time counts too, or -1.
    void mark(Phase phase, pid_t child) const;

  private:
    int socket_;
    const Log* log_; ///< borrowed
};

} // namespace isolab::launcher
