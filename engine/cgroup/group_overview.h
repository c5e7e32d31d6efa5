// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/clock.h"
#include "engine/cgroup/cgroup_statistics.h"

namespace isolab {

/// What is watched of many groups at once: a few files of each, where CgroupStatistics takes some forty. Zero where the
/// kernel does not count.
struct GroupOverview {
    Nanoseconds cpu{0};
    std::uint64_t memory_bytes = 0; ///< charged now, caches included
    std::uint64_t cache_bytes = 0;  ///< of it: page cache, without shared memory
    std::uint64_t memory_limit = no_limit;
    std::uint64_t processes = 0; ///< and threads
    std::uint64_t bytes_read = 0;
    std::uint64_t bytes_written = 0;
};

GroupOverview read_v1_overview(const DirectoryOf& directory_of);
GroupOverview read_v2_overview(const std::string& directory);

} // namespace isolab
