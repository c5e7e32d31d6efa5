// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <poll.h>
#include <termios.h>

#include "engine/base/unique_fd.h"
#include "engine/launcher/launch/stream_relay.h"

namespace isolab::launcher {

/// Connects the caller's terminal, or whatever its standard streams are, with a workload's. A terminal is in raw mode
/// meanwhile: every key, Ctrl-C too, goes to the workload.
class TerminalRelay final : public StreamRelay {
  public:
    explicit TerminalRelay(UniqueFd master);
    /// Gives the terminal back as it was.
    ~TerminalRelay() override;

    std::vector<pollfd> watched() const override;
    void serve(const std::vector<pollfd>& ready) override;
    void resize() const override;
    void drain() override;

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
