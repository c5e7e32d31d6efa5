// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "engine/containers/supervisor_client.h"

namespace isolab {

struct AttachOptions {
    bool terminal = false;    ///< the workload has one: ours becomes raw, its size follows ours
    bool input = false;       ///< pass standard input on
    bool pass_signals = true; ///< those that this program gets, without a terminal
};

/// Connects standard streams with a container until it ends, its exit code, or until the user detaches with Ctrl-P
/// Ctrl-Q: empty. The client must have said `attach` already.
Result<std::optional<int>> attach_terminal(SupervisorClient& client, const AttachOptions& options);

} // namespace isolab
