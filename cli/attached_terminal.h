// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>

#include "engine/runtime_client/supervisor_client.h"

namespace isolab {

struct AttachOptions {
    bool terminal = false;    ///< the workload has one: ours becomes raw, its size follows ours
    bool input = false;       ///< pass standard input on
    bool pass_signals = true; ///< those that this program gets; otherwise they end it, with code 128 and their number
    std::string detach_keys = "\x10\x11"; ///< Ctrl-P Ctrl-Q; empty: none
};

/// The characters of docker's notation: "ctrl-p,ctrl-q", "ctrl-@", "a". invalid_argument for anything else.
Result<std::string> parse_detach_keys(const std::string& text);

/// Connects standard streams with a container until it ends, its exit code, or until the user detaches by typing the
/// keys for that: empty. The client must have said `attach` already.
Result<std::optional<int>> attach_terminal(SupervisorClient& client, const AttachOptions& options);

} // namespace isolab
