// SPDX-License-Identifier: GPL-3.0-or-later
//
// `linux.resources` of the OCI runtime specification 1.3 (config-linux.md, "Control groups") as values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/cgroup/device_rules.h"

namespace isolab {

/// Weights and rates of block devices. A weight of 0 is unset, a rate of 0 is unlimited.
struct BlockIoResources {
    struct DeviceWeight {
        std::uint32_t major = 0;
        std::uint32_t minor = 0;
        std::optional<std::uint16_t> weight;
        std::optional<std::uint16_t> leaf_weight;
        bool operator==(const DeviceWeight&) const = default;
    };
    struct DeviceRate {
        std::uint32_t major = 0;
        std::uint32_t minor = 0;
        std::uint64_t rate = 0; ///< bytes or operations per second
        bool operator==(const DeviceRate&) const = default;
    };
    std::optional<std::uint16_t> weight; ///< 10 to 1000
    std::optional<std::uint16_t> leaf_weight;
    std::vector<DeviceWeight> device_weights;
    std::vector<DeviceRate> read_bytes;
    std::vector<DeviceRate> write_bytes;
    std::vector<DeviceRate> read_operations;
    std::vector<DeviceRate> write_operations;

    bool operator==(const BlockIoResources&) const = default;
};

struct HugepageLimit {
    std::string page_size;   ///< "2MB", as in the names of the files
    std::uint64_t limit = 0; ///< bytes
    bool operator==(const HugepageLimit&) const = default;
};

struct RdmaLimit {
    std::optional<std::uint32_t> handles;
    std::optional<std::uint32_t> objects;
    bool operator==(const RdmaLimit&) const = default;
};

/// What a container may use. Unset: not limited (when it is made) or left as it is (update). As in other runtimes, 0 is
/// unset too for memory, shares, quota, periods and weights, but not for `pids_limit`.
struct CgroupResources {
    std::optional<std::int64_t> memory_limit;       ///< bytes; -1: explicitly unlimited
    std::optional<std::int64_t> memory_swap;        ///< memory and swap together, bytes; -1: unlimited
    std::optional<std::int64_t> memory_reservation; ///< bytes that are kept when memory is short
    std::optional<std::int64_t> memory_kernel;      ///< bytes; kernels since 5.16 ignore it
    std::optional<std::int64_t> memory_kernel_tcp;  ///< bytes of socket buffers; v1 only
    std::optional<std::uint64_t> memory_swappiness; ///< 0 to 100; v1 only
    std::optional<bool> disable_oom_killer;         ///< v1 only
    std::optional<bool> use_hierarchy;              ///< kernels since 5.11 always do
    std::optional<bool> check_before_update;        ///< refuse a limit below the present usage with v2 too

    std::optional<std::uint64_t> cpu_shares; ///< v1 weight, 2 to 262144
    std::optional<std::int64_t> cpu_quota;   ///< microseconds of CPU time per period; negative: unlimited
    std::optional<std::uint64_t> cpu_burst;  ///< microseconds that may be saved up
    std::optional<std::uint64_t> cpu_period; ///< microseconds; 100000 when unset
    std::optional<std::int64_t> cpu_realtime_runtime;
    std::optional<std::uint64_t> cpu_realtime_period;
    std::string cpus;                     ///< "0-3,7"; empty: those of the parent
    std::string mems;                     ///< memory nodes, as `cpus`
    std::optional<std::int64_t> cpu_idle; ///< 1: runs only when nothing else wants to, and `cpu_shares` has no effect

    std::optional<std::int64_t> pids_limit; ///< processes and threads; negative: unlimited

    std::optional<BlockIoResources> block_io;
    std::vector<HugepageLimit> hugepage_limits;
    std::optional<std::uint32_t> network_class;              ///< v1 only
    std::map<std::string, std::uint32_t> network_priorities; ///< by interface; v1 only
    std::map<std::string, RdmaLimit> rdma;                   ///< by device
    std::map<std::string, std::string> unified;              ///< files of cgroup2 and what to write, after all else
    std::vector<DeviceRule> devices;                         ///< in order; empty: as the parent

    bool operator==(const CgroupResources&) const = default;
    bool empty() const { return *this == CgroupResources{}; }
};

} // namespace isolab
