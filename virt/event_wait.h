// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "engine/base/clock.h"
#include "engine/base/stop.h"
#include "virt/event.h"

namespace isolab {

enum class Waited { happened, stopped, timed_out };

/// Waits for an event, a stop, or the point in time `deadline` (monotonic_now()); the event wins over the others.
Waited wait_event(const Event& event, const StopToken& stop, std::optional<Nanoseconds> deadline) noexcept;

} // namespace isolab
