// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "engine/base/error.h"
#include "engine/base/unique_fd.h"
#include "engine/launcher/launch/terminal_relay.h"

namespace isolab::launcher {

/// The console of a workload that runs in the foreground: the launcher itself receives the terminal's master end.
class LocalConsole {
  public:
    /// None when the workload has no terminal, or somebody else receives it: everything below then does nothing.
    static Result<LocalConsole> open(bool wanted);

    /// The end for the workload's process, once.
    UniqueFd take_sender() noexcept { return std::move(sender_); }

    /// After the workload was executed: the terminal's master end, once. None without a console.
    Result<UniqueFd> take_master() const;

    /// The same, and begins to relay it. Null without a console.
    Result<std::unique_ptr<TerminalRelay>> start_relay() const;

  private:
    UniqueFd sender_;
    UniqueFd receiver_;
};

} // namespace isolab::launcher
