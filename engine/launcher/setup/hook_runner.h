// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "engine/base/error.h"
#include "engine/runtime/hooks.h"

namespace isolab::launcher {

/// Runs the hooks of one point one after another, each with `state` (the state document) on standard input, in the
/// namespaces of this process. The first that fails, or that takes longer than its timeout and is then killed with
/// all its session, ends it with an Error that names the hook and the end of what it printed.
Result<void> run_hooks(const Hooks& hooks, HookPoint point, const std::string& state);

} // namespace isolab::launcher
