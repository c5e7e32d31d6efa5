// SPDX-License-Identifier: GPL-3.0-or-later
//
// The program outside that answers for system calls with SCMP_ACT_NOTIFY (seccomp_unotify(2)): the runtime hands it the
// filter's notification descriptor (OCI runtime specification, config-linux.md, "The Container Process State").
#pragma once

#include <optional>
#include <string>

#include <sys/types.h>

#include "engine/base/error.h"
#include "engine/base/json_fwd.h"
#include "engine/base/unique_fd.h"
#include "engine/runtime/runtime_spec.h"
#include "engine/security/seccomp_program.h"

namespace isolab::launcher {

class SeccompAgent {
  public:
    /// Connects to `listenerPath`, while the host's files are in reach; empty when the filter notifies nobody.
    static Result<std::optional<SeccompAgent>>
    connect(const RuntimeSpec& spec, const std::optional<SeccompProgram>& program, const std::string& subject);

    /// The container process state of the process `pid`. `state` is the container's state document.
    std::string message(const Json& state, pid_t pid) const;

    int socket() const noexcept { return socket_.get(); }

  private:
    SeccompAgent(UniqueFd socket, std::string metadata) : socket_(std::move(socket)), metadata_(std::move(metadata)) {}

    UniqueFd socket_;
    std::string metadata_;
};

/// Puts the filter on the calling thread, as load_seccomp(), and hands its descriptor with `message` to the agent at
/// `socket`. The filter may notify of any system call but write(2): what hands over is a thread without the filter,
/// which has ended on return, and the descriptor is open in the agent only.
Result<void> load_seccomp_for_agent(const SeccompProgram& program, int socket, const std::string& message);

} // namespace isolab::launcher
