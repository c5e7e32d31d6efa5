// SPDX-License-Identifier: GPL-3.0-or-later
//
// Who the workload is and what it may do: the last steps before it is executed.
#pragma once

#include <optional>

#include "engine/base/error.h"
#include "engine/launcher/setup/warnings.h"
#include "engine/runtime/runtime_process.h"

namespace isolab::launcher {

/// Sets limits of setrlimit(2). An unknown or repeated type is an error, and so is a limit that the kernel refuses.
Result<void> apply_rlimits(const std::vector<ResourceLimit>& limits);

/// Cuts the bounding set, becomes the user and its groups, sets the capability sets. Capabilities that this machine
/// does not have are left out with a warning, as the specification asks.
///
/// `until_execution` stays permitted besides, though not effective, where the process has it: execve(2) computes the
/// sets anew and takes it away (capabilities(7), "Transformation of capabilities during execve()").
Result<void> become_user(const RuntimeProcess& process, std::optional<unsigned> until_execution, const Warn& warn);

} // namespace isolab::launcher
