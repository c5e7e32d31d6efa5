// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "engine/base/clock.h"
#include "engine/base/error.h"
#include "engine/base/stop.h"
#include "engine/base/unique_fd.h"

namespace isolab {

enum class Waited { happened, stopped, timed_out };

/// Something that happens once and stays true: set by one thread, waited for by any number, here or with poll(2) next
/// to other descriptors. Built on eventfd(2), so that waiting can be stopped.
class Event {
  public:
    /// A process without a free descriptor gets one that never happens.
    Event();

    /// Async-signal-safe; setting it again changes nothing.
    void set() noexcept;
    bool is_set() const noexcept;

    /// Readable for good once set; not to be read from.
    int fd() const noexcept { return fd_.get(); }

    /// Waits for it, for a stop, or for the point in time `deadline` (monotonic_now()); it wins over the others.
    Waited wait(const StopToken& stop, std::optional<Nanoseconds> deadline) const noexcept;

    /// The same, as an Error of kind cancelled or timeout about `subject` when it did not happen.
    Result<void> expect(const StopToken& stop, std::optional<Nanoseconds> timeout, const std::string& subject) const;

  private:
    UniqueFd fd_;
};

} // namespace isolab
