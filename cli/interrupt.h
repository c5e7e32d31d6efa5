// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <csignal>

#include "engine/base/stop.h"

namespace isolab {

/// Turns SIGINT, SIGTERM and SIGHUP into a stop request for as long as it lives, except those that the caller of the
/// program wants ignored (nohup(1), a shell's background job). The second signal ends the program at once, as if there
/// were no handler. One object per process at a time.
class Interrupt {
  public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    StopToken token() const noexcept { return source_.token(); }

  private:
    static constexpr std::array watched_{SIGINT, SIGTERM, SIGHUP};

    StopSource source_;
    std::array<struct sigaction, watched_.size()> before_{}; ///< what was done with them
};

} // namespace isolab
