// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/launcher/launch/launch.h"
#include "engine/launcher/launch/stream_relay.h"

namespace isolab::launcher {

/// Blocks the signals that the monitor takes through a descriptor; call before anything is started, so that none is
/// lost. The descriptor becomes readable when one arrives.
Result<UniqueFd> open_signals();

/// Sends a signal to the container's first process; nothing happens when it has ended.
void signal_container(const RunningContainer& container, int number);

/// Reaps the first process, which has ended, and tells what it and all that belonged to it used; `counted`: with the
/// figures of its control group, which means reading some small files.
ExitRecord reap(const RunningContainer& container, bool counted);

/// Ends what is left in the control group of a container whose first process was reaped, and removes the group.
Result<void> remove_group(const RunningContainer& container);

/// Watches a container until nothing of it is left: passes signals and requests on, runs the probe, kills it when the
/// caller is gone, reaps it, removes its control group. Sends ExitRecord and GoneRecord. Returns the exit code to end
/// with.
///
/// With a relay it serves that too, and passes changes of the terminal's size to it.
int watch(const RunningContainer& container, const Options& options, const UniqueFd& signals, Events& events,
          StreamRelay* relay = nullptr);

} // namespace isolab::launcher
