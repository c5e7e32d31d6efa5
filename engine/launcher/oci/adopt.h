// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/error.h"
#include "engine/launcher/command/events.h"
#include "engine/launcher/command/options.h"

namespace isolab::launcher {

/// `isolab-runtime adopt`: gives everything in the bundle's folder "snapshot" that a container's other users own back
/// to the caller, in a user namespace with the container's ids (config.json), and opens its directories for him.
/// Without that an ordinary user can neither measure nor remove what belongs to his subordinate ids. The container must
/// have ended. Nothing to do for containers that had no ids but the caller's.
Result<void> adopt_files(const Options& options, Events& events);

} // namespace isolab::launcher
