// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/base/stop.h"
#include "engine/base/unique_fd.h"

namespace isolab {

/// Opens once and stays open; any thread may open it and any number may wait. Built on eventfd(2), so that waiting
/// can be stopped.
class Latch {
  public:
    Latch();
    void open() noexcept;
    bool is_open() const noexcept;
    /// An Error of kind cancelled or timeout, about `subject`, when it did not open.
    Result<void> wait(const StopToken& stop, std::optional<Nanoseconds> timeout, const std::string& subject) const;

  private:
    UniqueFd event_;
};

} // namespace isolab
