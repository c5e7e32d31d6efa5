// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/error.h"
#include "engine/base/json_fwd.h"
#include "engine/launcher/command/events.h"

namespace isolab::launcher {

/// What this runtime can do, on any machine (OCI runtime specification, features.md).
Json features();

/// Prints it.
Result<void> print_features(const Options& options, Events& events);

/// Writes a specification to begin with to options.bundle/config.json; already_exists when there is one.
Result<void> write_example_spec(const Options& options, Events& events);

} // namespace isolab::launcher
