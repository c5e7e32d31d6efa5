// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <poll.h>
#include <termios.h>

#include "engine/base/unique_fd.h"

namespace isolab::launcher {

/// Connects the caller's terminal, or whatever its standard streams are, with a workload's. A terminal is in raw mode
/// meanwhile: every key, Ctrl-C too, goes to the workload.
class TerminalRelay {
  public:
    explicit TerminalRelay(UniqueFd master);
    TerminalRelay(const TerminalRelay&) = delete;
    TerminalRelay& operator=(const TerminalRelay&) = delete;

    /// Gives the terminal back as it was.
    ~TerminalRelay();

    /// What poll(2) has to watch for it; serve() takes the same entries back.
    std::vector<pollfd> watched() const;
    void serve(const std::vector<pollfd>& ready);

    /// The caller's terminal has another size now.
    void resize() const;

    /// Copies what the workload has left, after its end.
    void drain();

  private:
    bool copy_output();
    void take_input();
    void pass_input();

    UniqueFd master_; ///< non-blocking
    std::optional<termios> before_;
    std::string pending_;    ///< for the workload
    bool input_open_ = true; ///< standard input
};

} // namespace isolab::launcher
