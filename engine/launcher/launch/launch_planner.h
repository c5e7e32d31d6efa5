// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "engine/launcher/command/events.h"
#include "engine/launcher/command/options.h"
#include "engine/launcher/setup/launch_plan.h"

namespace isolab::launcher {

/// Reads the bundle, plans its mounts, compiles its filter, finds its control group, opens what it joins. Changes
/// nothing but caches below options.root.
Result<LaunchPlan> make_launch_plan(const Options& options, Events& events);

/// The compiled filter of a specification, through the cache below options.root; its warnings are passed on.
Result<std::optional<SeccompProgram>> compile_filter(const RuntimeSpec& spec, const Options& options,
                                                     const std::string& subject, Events& events);

/// Whether all descriptors of --preserve-fds are open.
Result<void> check_preserved(const Options& options);

} // namespace isolab::launcher
