// SPDX-License-Identifier: GPL-3.0-or-later
//
// A network for one container without root: a program that carries packets between the container's namespace and
// ordinary sockets of the user. No addresses of its own on the host, no other containers to reach.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/base/error.h"
#include "engine/base/stop.h"
#include "engine/base/subprocess.h"
#include "engine/network/rootless_programs.h"

namespace isolab {

/// A running one. Destroying it ends it.
class RootlessNetwork {
  public:
    /// Starts a program and returns when the namespace has its link, addresses and routes and the ports are open.
    /// `forced`: this program or none, unavailable when it is not installed. Otherwise that of
    /// choose_rootless_program(); where pasta fails and slirp4netns is installed, that: pasta gives up on a host
    /// without a default route.
    static Result<RootlessNetwork> start(const RootlessRequest& request, const StopToken& stop = {},
                                         std::optional<RootlessProgram> forced = std::nullopt);

    RootlessNetwork(RootlessNetwork&&) noexcept = default;
    RootlessNetwork& operator=(RootlessNetwork&& other) noexcept;
    RootlessNetwork(const RootlessNetwork&) = delete;
    RootlessNetwork& operator=(const RootlessNetwork&) = delete;
    ~RootlessNetwork() { end(); }

    RootlessProgram program() const noexcept { return program_; }
    pid_t pid() const noexcept { return pid_; }

  private:
    RootlessNetwork(RootlessProgram program, pid_t pid, UniqueFd process) noexcept
        : program_(program), pid_(pid), process_(std::move(process)) {}
    static Result<RootlessNetwork> start_pasta(const std::string& path, const RootlessRequest& request,
                                               const StopToken& stop);
    static Result<RootlessNetwork> start_slirp(const std::string& path, const RootlessRequest& request,
                                               const StopToken& stop);
    void end() noexcept;

    RootlessProgram program_;
    pid_t pid_;
    UniqueFd process_;                  ///< pidfd of pasta, which is nobody's child
    std::optional<ChildProcess> child_; ///< slirp4netns
    UniqueFd lifeline_;                 ///< slirp4netns ends when this is closed, also by our own death
};

/// Ends the pasta that a killed process left running for `folder`; success when there is none.
Result<void> end_leftover_rootless_network(const std::filesystem::path& folder);

} // namespace isolab
