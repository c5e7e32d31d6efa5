// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include <sys/types.h>

#include "engine/base/error.h"

namespace isolab {

/// Memory of one process or, added up, of several, in bytes; from /proc/PID/smaps_rollup (proc(5)).
struct ProcessMemory {
    std::uint64_t rss = 0;
    std::uint64_t pss = 0;       ///< shared pages divided by the number of processes that map them
    std::uint64_t pss_anon = 0;  ///< of pss: anonymous
    std::uint64_t pss_file = 0;  ///< of pss: file pages
    std::uint64_t pss_shmem = 0; ///< of pss: shared memory
    std::uint64_t uss = 0;       ///< private pages: what would be freed if the process ended
    std::uint64_t swap = 0;      ///< proportional share of swap (SwapPss)

    ProcessMemory& operator+=(const ProcessMemory& other) noexcept;
};

/// Reads one process. not_found when it is gone, permission_denied when it is another user's.
Result<ProcessMemory> read_process_memory(pid_t pid);

/// Peak resident set of one process so far, bytes (VmHWM of /proc/PID/status).
Result<std::uint64_t> read_peak_rss(pid_t pid);

/// `root` and all its descendants that exist now, `root` first (by /proc/PID/task/*/children); empty for 0 and less.
std::vector<pid_t> process_tree(pid_t root);

} // namespace isolab
