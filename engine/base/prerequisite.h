// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace isolab {

/// One thing that Isolab needs on this machine, and whether it is there. Plain data for `isolab check`.
struct Prerequisite {
    enum class State { found, missing, unusable };
    std::string id;    ///< stable, "cgroup-memory"
    std::string title; ///< "cgroup memory limits"
    State state = State::found;
    std::string detail;   ///< what was found ("v1 at /sys/fs/cgroup/memory"), or the one cause
    std::string remedy;   ///< what to do; empty when found
    bool required = true; ///< false: Isolab works without it, less well
};

} // namespace isolab
