// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>

namespace isolab::probe {

/// How something went that was tried in a process of its own.
struct Outcome {
    int error = 0;      ///< the errno that it returned, 0 when it worked
    int signal = 0;     ///< that ended the process before it returned
    bool hangs = false; ///< it had not returned after a second, and was killed

    bool works() const noexcept { return error == 0 && signal == 0 && !hangs; }
};

/// Calls `action`, which returns 0 or an errno, in a forked process with a process group of its own, and waits up to a
/// second. Nothing that the process does to itself is left. EAGAIN and the like when it cannot be forked.
Outcome attempt(const std::function<int()>& action);

/// {"works": …, "error": …} as JSON.
std::string describe(const Outcome& outcome);

} // namespace isolab::probe
