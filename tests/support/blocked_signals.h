// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <fstream>
#include <string>

#include <sys/types.h>

namespace isolab::test {

/// Whether a process keeps a signal back (SigBlk in proc_pid_status(5)), as one does that reads it from a descriptor.
inline bool blocks_signal(pid_t pid, int number) {
    std::ifstream lines("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("SigBlk:"))
            return ((std::stoull(line.substr(7), nullptr, 16) >> static_cast<unsigned>(number - 1)) & 1U) != 0;
    return false;
}

} // namespace isolab::test
