// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/error.h"

namespace isolab::launcher {

/// Makes sure that this process does not run from a file that a container could write.
///
/// A process in a container can reach the launcher's file through /proc/PID/exe, also after the launcher was replaced
/// by the workload, and root there may be root here (CVE-2019-5736). So the program continues from a read-only detached
/// clone of its mount, or, where mounts cannot be cloned, from a sealed copy in memory; this call returns in that
/// process only. When it runs from one already (the engine starts it from a sealed copy), nothing happens.
Result<void> run_from_protected_executable(char** arguments);

} // namespace isolab::launcher
