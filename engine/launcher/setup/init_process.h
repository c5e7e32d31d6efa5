// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/base/error.h"

namespace isolab::launcher {

/// Makes this process, the first of a PID namespace, the init that many workloads are not: it reaps whatever loses its
/// parent, passes signals on to the workload, and ends as the workload does. Returns in a child, which is to become the
/// workload, with the terminal's foreground when there is one; the caller's process never returns from it.
Result<void> become_init(bool terminal);

} // namespace isolab::launcher
