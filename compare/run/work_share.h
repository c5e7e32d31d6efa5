// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/clock.h"

namespace isolab {

/// Keeps work that grows and is repeated to a tenth of the time: after each piece it rests ten times as long.
class WorkShare {
  public:
    bool is_due(Nanoseconds now) const noexcept { return now >= next_; }
    void done(Nanoseconds begin, Nanoseconds end) noexcept { next_ = end + 10 * (end - begin); }

  private:
    Nanoseconds next_{0};
};

} // namespace isolab
