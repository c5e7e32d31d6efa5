// SPDX-License-Identifier: GPL-3.0-or-later
//
// The workload's terminal: a pair of the container's own devpts (pty(7)), whose master end goes to whoever talks to
// the workload.
#pragma once

#include <string>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"
#include "engine/runtime/runtime_process.h"

namespace isolab::launcher {

class Terminal {
  public:
    /// Opens a new pair of the devpts that is mounted at /dev/pts below `root`, with the process's console size and its
    /// user as owner. Nothing but a real devpts is accepted there, and the other end is opened by descriptor
    /// (TIOCGPTPEER), so that nothing in the image can stand in for it (CVE-2025-52565).
    static Result<Terminal> open(const UniqueFd& root, const RuntimeProcess& process);

    /// Hands the master end over: one descriptor in SCM_RIGHTS with the name "/dev/ptmx" as data, as containerd's
    /// console package and conmon expect it. This process keeps no copy.
    Result<void> send_master(int socket);

    /// Makes the other end the controlling terminal and the standard streams of this process, a session leader.
    Result<void> become_standard_streams() const;

    const UniqueFd& other_end() const noexcept { return other_end_; }

  private:
    Terminal(UniqueFd master, UniqueFd other_end) : master_(std::move(master)), other_end_(std::move(other_end)) {}

    UniqueFd master_;
    UniqueFd other_end_;
};

/// Connects to the AF_UNIX socket of --console-socket; its path may be longer than sockaddr_un has room for.
Result<UniqueFd> connect_console(const std::string& path);

/// Takes the master end that send_master() sent.
Result<UniqueFd> receive_master(int socket);

} // namespace isolab::launcher
