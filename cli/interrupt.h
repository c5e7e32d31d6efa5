// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/stop.h"

namespace isolab {

/// Turns SIGINT, SIGTERM and SIGHUP into a stop request for as long as it lives. The second signal ends the program at
/// once, as if there were no handler. One object per process at a time.
class Interrupt {
  public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    StopToken token() const noexcept { return source_.token(); }

  private:
    StopSource source_;
};

} // namespace isolab
