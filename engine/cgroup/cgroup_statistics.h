// SPDX-License-Identifier: GPL-3.0-or-later
//
// All that a control group counts, as values. What a kernel does not count stays empty or zero.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"
#include "engine/cgroup/cgroup_layout.h"

namespace isolab {

inline constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

/// Shares of time that processes waited for a resource (Documentation/accounting/psi.rst): `some` of them, or all.
struct PressureStatistics {
    struct Line {
        double average_10 = 0; ///< per cent, over 10 seconds
        double average_60 = 0;
        double average_300 = 0;
        std::chrono::microseconds total{0};
    };
    Line some;
    Line full;
};

struct CpuStatistics {
    Nanoseconds total{0};
    Nanoseconds user{0};
    Nanoseconds kernel{0};
    std::vector<Nanoseconds> total_by_cpu; ///< v1 only, as the two below
    std::vector<Nanoseconds> user_by_cpu;
    std::vector<Nanoseconds> kernel_by_cpu;
    std::uint64_t periods = 0; ///< of the quota
    std::uint64_t throttled_periods = 0;
    Nanoseconds throttled{0};
    std::optional<PressureStatistics> pressure;
};

struct MemoryCount {
    std::uint64_t usage = 0; ///< bytes, as the others
    std::uint64_t peak = 0;
    std::uint64_t limit = 0;    ///< no_limit, or with v1 some number near 2^63: not limited
    std::uint64_t failures = 0; ///< how often the limit was hit
};

struct MemoryStatistics {
    MemoryCount memory;
    MemoryCount with_swap; ///< memory and swap together
    MemoryCount kernel;
    MemoryCount kernel_tcp;
    std::uint64_t cache = 0;
    std::map<std::string, std::uint64_t> all;    ///< memory.stat
    std::map<std::string, std::uint64_t> events; ///< v2: memory.events
    std::optional<PressureStatistics> pressure;
};

/// One counter of one block device; `operation` is "Read", "Write", "Discard", "Total" and the like.
struct BlockIoCount {
    std::uint64_t major = 0;
    std::uint64_t minor = 0;
    std::string operation;
    std::uint64_t value = 0;

    bool operator==(const BlockIoCount&) const = default;
};

struct BlockIoStatistics {
    std::vector<BlockIoCount> bytes;
    std::vector<BlockIoCount> operations;
    std::optional<PressureStatistics> pressure;
};

struct HugepageCount {
    std::uint64_t usage = 0; ///< bytes
    std::uint64_t peak = 0;
    std::uint64_t failures = 0;
};

struct RdmaCount {
    std::uint64_t handles = 0;
    std::uint64_t objects = 0;

    bool operator==(const RdmaCount&) const = default;
};

struct CgroupStatistics {
    CpuStatistics cpu;
    std::vector<unsigned> cpus; ///< that may be used
    std::vector<unsigned> mems;
    MemoryStatistics memory;
    std::uint64_t pids = 0;
    std::uint64_t pids_limit = 0; ///< 0: none
    BlockIoStatistics block_io;
    std::map<std::string, HugepageCount> hugepages; ///< by size: "2MB"
    std::map<std::string, RdmaCount> rdma;          ///< by device
};

/// `directory_of` tells the directory of each controller; empty: there is none. With v2 it is always the same.
using DirectoryOf = std::function<std::string(CgroupController)>;
CgroupStatistics read_v1_statistics(const DirectoryOf& directory_of);
CgroupStatistics read_v2_statistics(const std::string& directory);

/// Adds the huge pages of a v2 directory: the group's own, or the one beside v1.
void read_v2_hugepages(const std::string& directory, CgroupStatistics& into);

// The formats of the files. Pure; what is not understood is left out.

/// Lines "key number".
std::map<std::string, std::uint64_t> parse_flat_keys(std::string_view text);
/// Lines "8:0 Read 4096" of v1.
std::vector<BlockIoCount> parse_v1_block_io(std::string_view text);
/// Lines "8:0 rbytes=4096 wbytes=0 rios=1 ..." of v2.
BlockIoStatistics parse_v2_block_io(std::string_view text);
std::optional<PressureStatistics> parse_pressure(std::string_view text);
/// "0-2,7".
std::vector<unsigned> parse_number_list(std::string_view text);
/// Lines "mlx5_0 hca_handle=2 hca_object=2000".
std::map<std::string, RdmaCount> parse_rdma(std::string_view text);

} // namespace isolab
